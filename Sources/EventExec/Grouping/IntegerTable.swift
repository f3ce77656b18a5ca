import EventBase

/// Gives every distinct 64-bit key a number, in order of first sight: open addressing with linear probing.
///
/// - Complexity: `insert` is O(1) on average; the table is at most half full.
struct IntegerTable {
    private(set) var keys: [UInt64] = []
    /// Number + 1, or 0 for an empty slot.
    private var slots: [UInt32]
    private var mask: Int
    /// Spreads keys over slots; 0 sends all to the first one.
    private let factor: UInt64

    init(capacity: Int = 64, hashesCollide: Bool = false) {
        factor = hashesCollide ? 0 : 0x9E37_79B9_7F4A_7C15
        var size = 128
        while size < capacity * 2 { size *= 2 }
        slots = [UInt32](repeating: 0, count: size)
        mask = size - 1
    }

    var count: Int { keys.count }
    var sizeBytes: Int { keys.count * 8 + slots.count * 4 }

    @inline(__always)
    private func start(_ key: UInt64) -> Int {
        let product = key &* factor
        return Int(truncatingIfNeeded: product ^ (product >> 32)) & mask
    }

    /// The key's number, given now if never seen.
    @inline(__always)
    mutating func insert(_ key: UInt64) -> UInt32 {
        var slot = start(key)
        while slots[slot] != 0 {
            let number = slots[slot] &- 1
            if keys[Int(number)] == key { return number }
            slot = (slot &+ 1) & mask
        }
        let number = UInt32(truncatingIfNeeded: keys.count)
        slots[slot] = number &+ 1
        keys.append(key)
        if keys.count &* 2 > slots.count { grow() }
        return number
    }

    /// The key's number, nil when never seen.
    @inline(__always)
    func find(_ key: UInt64) -> UInt32? {
        var slot = start(key)
        while slots[slot] != 0 {
            let number = slots[slot] &- 1
            if keys[Int(number)] == key { return number }
            slot = (slot &+ 1) & mask
        }
        return nil
    }

    @inline(never)
    private mutating func grow() {
        let size = slots.count * 4
        mask = size - 1
        slots = [UInt32](repeating: 0, count: size)
        for (number, key) in keys.enumerated() {
            var slot = start(key)
            while slots[slot] != 0 { slot = (slot &+ 1) & mask }
            slots[slot] = UInt32(number) + 1
        }
    }
}
