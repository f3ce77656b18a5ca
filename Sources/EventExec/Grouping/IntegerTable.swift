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
    private func start(_ key: UInt64) -> Int { firstSlot(key, factor, mask) }

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

    /// The numbers of all keys, given now to those never seen; replaces as many of `numbers`.
    ///
    /// Room for new keys is made ahead, some at a time, so that the loop touches memory that lies still.
    mutating func insert(all keys: [UInt64], into numbers: inout [UInt32]) {
        var first = 0
        while first < keys.count {
            let rows = first..<min(keys.count, first + Self.keysAtOnce)
            let known = self.keys.count
            while (known + rows.count) * 2 > slots.count { grow() }
            self.keys.append(contentsOf: repeatElement(0, count: rows.count))
            let count = insertKeys(keys.span, rows, known, factor, &self.keys, &slots, &numbers)
            self.keys.removeLast(self.keys.count - count)
            first = rows.upperBound
        }
    }

    private static let keysAtOnce = 256

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

    /// The numbers of all keys, `.max` where never seen.
    func find(all keys: [UInt64]) -> [UInt32] {
        let (slots, known, mask) = (slots.span, self.keys.span, mask)
        return mapValues(keys) { key in
            var slot = firstSlot(key, factor, mask)
            var number = slots[slot]
            while number != 0, known[Int(number &- 1)] != key {
                slot = (slot &+ 1) & mask
                number = slots[slot]
            }
            return number &- 1
        }
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

/// Where the search for a key begins.
@inline(__always)
private func firstSlot(_ key: UInt64, _ factor: UInt64, _ mask: Int) -> Int {
    let product = key &* factor
    return Int(truncatingIfNeeded: product ^ (product >> 32)) & mask
}

/// Numbers the keys at `rows`, of which `known` of the table's are taken, and answers how many are taken then.
/// - Precondition: room for all of them in `table` and, half empty, in `slots`.
private func insertKeys(
    _ keys: Span<UInt64>, _ rows: Range<Int>, _ known: Int, _ factor: UInt64, _ table: inout [UInt64],
    _ slots: inout [UInt32], _ numbers: inout [UInt32]
) -> Int {
    var table = table.mutableSpan
    var slots = slots.mutableSpan
    var numbers = numbers.mutableSpan
    let mask = slots.count &- 1
    var count = known
    var row = rows.lowerBound
    while row < rows.upperBound {
        let key = keys[row]
        var slot = firstSlot(key, factor, mask)
        var number = slots[slot]
        while number != 0, table[Int(number &- 1)] != key {
            slot = (slot &+ 1) & mask
            number = slots[slot]
        }
        if number == 0 {
            table[count] = key
            count &+= 1
            number = UInt32(truncatingIfNeeded: count)
            slots[slot] = number
        }
        numbers[row] = number &- 1
        row &+= 1
    }
    return count
}
