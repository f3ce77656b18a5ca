/// Numbers pairs of numbers in order of first sight: a dense grid while both sides are few, a hash table beyond.
struct PairTable {
    private(set) var firsts: [UInt32] = []
    private(set) var seconds: [UInt32] = []
    /// Number + 1 by `first << secondBits | second`.
    private var grid: [UInt32] = []
    private var secondBits = 4
    private var table: IntegerTable?
    private let hashesCollide: Bool
    private let gridSizeMax: Int

    /// - Parameter hashesCollide: hash at once, and all pairs to one slot.
    init(hashesCollide: Bool = false) {
        self.hashesCollide = hashesCollide
        gridSizeMax = hashesCollide ? 0 : 1 << 20
    }

    var count: Int { firsts.count }
    var sizeBytes: Int { firsts.count * 8 + grid.count * 4 + (table?.sizeBytes ?? 0) }

    /// Numbers of all pairs; `firstCount` and `secondCount` bound what may come.
    mutating func encode(_ a: [UInt32], firstCount: Int, _ b: [UInt32], secondCount: Int) -> [UInt32] {
        prepare(firstCount, secondCount)
        var numbers = [UInt32](repeating: 0, count: a.count)
        if table != nil {
            insertHashed(
                mapPairs(a, b, aIsConstant: false, bIsConstant: false) { UInt64($0) << 32 | UInt64($1) }, &numbers)
            return numbers
        }
        for row in Self.look(a.span, b.span, secondBits, grid.span, &numbers) {
            let cell = Int(a[row]) << secondBits | Int(b[row])
            var number = grid[cell]
            if number == 0 {
                firsts.append(a[row])
                seconds.append(b[row])
                number = UInt32(firsts.count)
                grid[cell] = number
            }
            numbers[row] = number &- 1
        }
        return numbers
    }

    /// The numbers of pairs that are known; answers the rows of those that are not.
    private static func look(
        _ a: Span<UInt32>, _ b: Span<UInt32>, _ secondBits: Int, _ grid: Span<UInt32>, _ numbers: inout [UInt32]
    ) -> [Int] {
        var target = numbers.mutableSpan
        let shift = UInt64(secondBits)
        var unknown = 0
        for row in a.indices {
            let number = grid[Int(truncatingIfNeeded: UInt64(a[row]) &<< shift | UInt64(b[row]))]
            target[row] = number &- 1
            unknown &+= number == 0 ? 1 : 0
        }
        var rows: [Int] = []
        if unknown > 0 { for row in a.indices where target[row] == .max { rows.append(row) } }
        return rows
    }

    private mutating func insertHashed(_ pairs: [UInt64], _ numbers: inout [UInt32]) {
        table?.insert(all: pairs, into: &numbers)
        guard let keys = table?.keys else { return }
        for number in firsts.count..<keys.count {
            firsts.append(UInt32(truncatingIfNeeded: keys[number] >> 32))
            seconds.append(UInt32(truncatingIfNeeded: keys[number]))
        }
    }

    func find(_ a: UInt32, _ b: UInt32) -> UInt32? {
        if let table { return table.find(UInt64(a) << 32 | UInt64(b)) }
        guard Int(b) < 1 << secondBits else { return nil }
        let cell = Int(a) << secondBits | Int(b)
        guard cell < grid.count, grid[cell] != 0 else { return nil }
        return grid[cell] - 1
    }

    /// Makes room for pairs below the two counts, or moves to hashing.
    private mutating func prepare(_ firstCount: Int, _ secondCount: Int) {
        guard table == nil else { return }
        var bits = secondBits
        while 1 << bits < secondCount { bits += 1 }
        let size = max(firstCount, 1) << bits
        if size > gridSizeMax {
            var hashed = IntegerTable(capacity: firsts.count * 2, hashesCollide: hashesCollide)
            for index in firsts.indices { _ = hashed.insert(UInt64(firsts[index]) << 32 | UInt64(seconds[index])) }
            table = hashed
            grid = []
        } else if bits != secondBits || size > grid.count {
            secondBits = bits
            grid = [UInt32](repeating: 0, count: max(size, min(grid.count * 2, gridSizeMax)))
            for index in firsts.indices { grid[Int(firsts[index]) << bits | Int(seconds[index])] = UInt32(index) + 1 }
        }
    }
}
