internal import EventBase

/// Gives every distinct byte string a code, in order of first sight: open addressing over one heap of bytes.
///
/// - Complexity: `intern` and `find` are O(length) on average and allocate only when a new string is stored.
package struct StringInterner: Sendable {
    package private(set) var heap: [UInt8] = []
    package private(set) var offsets: [UInt32] = [0]
    /// Upper half: the hash's upper half; lower half: code + 1. 0 is an empty slot; the count is a power of two, or 0 before
    /// the first string. The hash in the slot spares a look at the bytes of all others that fell on the same place.
    private var slots: [UInt64] = []
    /// Which bits of a hash count; 0 sends all strings to one slot.
    private let hashMask: UInt64

    /// Whether no two codes stand for equal strings.
    package private(set) var isDistinct = true

    private static let slotCountMin = 32

    package init(capacity: Int = 0, hashesCollide: Bool = false) {
        hashMask = hashesCollide ? 0 : .max
        if capacity > 0 { reserve(count: capacity, heapSizeBytes: 0) }
    }

    package var count: Int { offsets.count - 1 }
    /// Bytes held, for memory bounds.
    package var sizeBytes: Int { heap.count + offsets.count * 4 + slots.count * 8 }

    /// The code of `bytes`, stored now if never seen.
    package mutating func intern(_ bytes: RawSpan) -> UInt32 {
        if offsets.count * 2 > slots.count { grow() }
        return intern(bytes, hash: Hash64.hash(bytes) & hashMask)
    }

    /// There is room for one more.
    @inline(__always)
    private mutating func intern(_ bytes: RawSpan, hash: UInt64) -> UInt32 {
        let slot = self.slot(of: bytes, hash: hash)
        let entry = slots[slot]
        if entry != 0 { return UInt32(truncatingIfNeeded: entry) &- 1 }
        let code = UInt32(count)
        slots[slot] = Self.entry(hash, code)
        heap.append(bytes: bytes)
        offsets.append(UInt32(heap.count))
        return code
    }

    /// Of no use but that what was touched is really read.
    private var touched: UInt64 = 0

    /// Strings whose places are brought near together.
    private static let stepCount = 32

    /// The codes of all strings of another interner, by its codes. For more strings than the caches hold: the slots of some are
    /// read before the first of them is looked at.
    package mutating func intern(all strings: StringInterner) -> [UInt32] {
        var codes: [UInt32] = []
        codes.reserveCapacity(strings.count)
        var hashes = [UInt64](repeating: 0, count: Self.stepCount)
        for start in stride(from: 0, to: strings.count, by: Self.stepCount) {
            let end = min(start + Self.stepCount, strings.count)
            if (offsets.count + Self.stepCount) * 2 > slots.count { resize(toHold: count * 2 + Self.stepCount) }
            let mask = slots.count - 1
            for code in start..<end {
                let hash = Hash64.hash(strings.bytes(at: UInt32(code))) & hashMask
                hashes[code - start] = hash
                touched |= slots[Int(truncatingIfNeeded: hash) & mask]
            }
            for code in start..<end {
                codes.append(intern(strings.bytes(at: UInt32(code)), hash: hashes[code - start]))
            }
        }
        return codes
    }

    /// Stores `bytes` under a code of their own without looking whether they are known: for ids that hardly repeat. From
    /// then on equal strings may have several codes.
    package mutating func append(_ bytes: RawSpan) -> UInt32 {
        isDistinct = false
        slots = []
        let code = UInt32(count)
        heap.append(bytes: bytes)
        offsets.append(UInt32(heap.count))
        return code
    }

    /// As `append` of each text; their codes follow each other.
    /// - Returns: the first.
    mutating func append(_ texts: TextPlaces) -> UInt32 {
        isDistinct = false
        slots = []
        let first = UInt32(count)
        var end = UInt32(heap.count)
        heap.append(textsAt: texts.starts, counts: texts.counts, of: texts.bytes)
        let counts = texts.counts
        for index in counts.indices {
            end += counts[index]
            offsets.append(end)
        }
        return first
    }

    package mutating func intern(_ text: String) -> UInt32 {
        let utf8 = Array(text.utf8)
        return intern(utf8.rawBytes)
    }

    /// - Complexity: O(count) after `dropIndex`.
    package func find(_ bytes: RawSpan) -> UInt32? {
        if slots.isEmpty {
            for code in 0..<UInt32(count) where ByteOrder.equal(self.bytes(at: code), bytes) { return code }
            return nil
        }
        let entry = slots[slot(of: bytes, hash: Hash64.hash(bytes) & hashMask)]
        return entry == 0 ? nil : UInt32(truncatingIfNeeded: entry) &- 1
    }

    @_lifetime(borrow self)
    package func bytes(at code: UInt32) -> RawSpan {
        heap.rawBytes.extracting(Int(offsets[Int(code)])..<Int(offsets[Int(code) + 1]))
    }

    package func hash(at code: UInt32) -> UInt64 { Hash64.hash(bytes(at: code)) & hashMask }

    /// The strings so far as an immutable pool; codes stay the same.
    package func makePool() -> HeapStringPool {
        HeapStringPool(heap: heap, offsets: offsets, isDistinct: isDistinct, isSorted: false)
    }

    /// Makes room for strings to come.
    /// - Parameter isAppended: they will come through `append`.
    package mutating func reserve(count: Int, heapSizeBytes: Int, isAppended: Bool = false) {
        heap.reserveCapacity(heapSizeBytes)
        offsets.reserveCapacity(count + 1)
        if !isAppended, count * 2 > slots.count { resize(toHold: count) }
    }

    /// Forgets how to look strings up, which is most of the memory where strings are short. The next `intern` learns it again.
    package mutating func dropIndex() { slots = [] }

    @inline(__always)
    private static func entry(_ hash: UInt64, _ code: UInt32) -> UInt64 {
        hash & 0xffff_ffff_0000_0000 | UInt64(code + 1)
    }

    @inline(__always)
    private func slot(of bytes: RawSpan, hash: UInt64) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while true {
            let entry = slots[slot]
            if entry == 0 { return slot }
            if (entry ^ hash) >> 32 == 0, ByteOrder.equal(self.bytes(at: UInt32(truncatingIfNeeded: entry) &- 1), bytes)
            {
                return slot
            }
            slot = (slot + 1) & mask
        }
    }

    /// Makes room for one more string, and for as many again.
    private mutating func grow() { resize(toHold: max(count * 2, 1)) }

    private mutating func resize(toHold wanted: Int) {
        var slotCount = Self.slotCountMin
        while slotCount < (wanted + 1) * 2 { slotCount *= 2 }
        var wider = [UInt64](repeating: 0, count: slotCount)
        let mask = slotCount - 1
        for code in 0..<UInt32(count) {
            let hash = hash(at: code)
            var slot = Int(truncatingIfNeeded: hash) & mask
            while wider[slot] != 0 { slot = (slot + 1) & mask }
            wider[slot] = Self.entry(hash, code)
        }
        slots = wider
    }
}

extension StringInterner {
    /// A Swift string of one code; for output and slow paths only.
    package func makeString(at code: UInt32) -> String {
        String(utf8: bytes(at: code))
    }
}
