import EventBase
import EventColumns
import Synchronization

/// Numbers by chance: each batch has a stream of its own, from the seed and the batch's number.
enum RandomKernels {
    static let kernels: [String: Kernel] = [
        "random": { input throws(EventSQLError) in
            var stream = next()
            let values = (0..<input.count).map { _ in Double.random(in: 0..<1, using: &stream) }
            return Vector(type: .double, values: .double(values))
        },
        "uuid": { input throws(EventSQLError) in
            var stream = next()
            return try input.buildStrings { _, builder in builder.append(uuid(stream.next(), stream.next())) }
        },
        "setseed": { input throws(EventSQLError) in
            if input.count > 0, !input.arguments[0].isNull(at: 0) {
                let seed = input.double(0, 0).bitPattern
                state.withLock { $0 = (seed, 0) }
            }
            return .nulls(type: .bool, count: input.count)
        },
    ]

    /// The seed, and how many streams came of it; of the whole process.
    private static let state = Mutex((seed: UInt64.random(in: .min ... .max), count: UInt64(0)))

    private static func next() -> Stream {
        state.withLock { state in
            state.count &+= 1
            return Stream(state: state.seed &+ state.count &* 0xD134_2543_DE82_EF95)
        }
    }

    /// SplitMix64.
    private struct Stream: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    /// Version 4: all bits by chance but for those that say so.
    private static func uuid(_ a: UInt64, _ b: UInt64) -> String {
        let high = a & ~0xF000 | 0x4000
        let low = b & ~(3 << 62) | 2 << 62
        func digits(_ word: UInt64, _ count: Int) -> String {
            let text = String(word, radix: 16)
            return String(repeating: "0", count: count - text.count) + text
        }
        return [
            digits(high >> 32, 8), digits(high >> 16 & 0xFFFF, 4), digits(high & 0xFFFF, 4), digits(low >> 48, 4),
            digits(low & 0xFFFF_FFFF_FFFF, 12),
        ].joined(separator: "-")
    }
}
