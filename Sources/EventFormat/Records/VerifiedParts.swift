internal import Synchronization

/// Which parts of a file have had their checksum verified: each is verified on first touch and then trusted.
///
/// - Threads: any. Two threads may verify one part at the same time, which is harmless.
final class VerifiedParts: Sendable {
    private let words: Mutex<[UInt64]>

    init(count: Int) { words = Mutex(Array(repeating: 0, count: (count + 63) / 64)) }

    func contains(_ index: Int) -> Bool {
        words.withLock { $0[index >> 6] >> UInt64(index & 63) & 1 != 0 }
    }

    func insert(_ index: Int) {
        words.withLock { $0[index >> 6] |= 1 << UInt64(index & 63) }
    }
}
