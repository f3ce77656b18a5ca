import EventColumns

/// A cell for each combination of some keys: the codes of one dictionary each, or whole numbers of a short range.
struct KeyGrid {
    private enum Axis {
        /// The last place is for NULL.
        case codes(any StringPool, type: ScalarType)
        /// Whole numbers from `base` on, none of them NULL; the axis has a power of two of places.
        case integers(base: Int64, type: ScalarType)
    }

    /// Room on both sides of the first numbers that are seen, as a multiple of their range.
    private static let integerRoom = 2
    private static let integerSizeMin = 64

    private var axes: [Axis] = []
    private var sizes: [Int] = []
    /// A group's number + 1 by cell; 0: not asked for yet.
    private var numbers: [UInt32] = []
    /// Rows by cell.
    private var counts: [Int64] = []
    private var cellCount = 1

    /// nil where the keys are of other kinds, or too many for `cellCountMax`.
    init?(_ keys: [Vector], cellCountMax: Int) {
        for key in keys {
            guard let (axis, size) = Self.axis(key) else { return nil }
            axes.append(axis)
            sizes.append(size)
            let (product, overflow) = cellCount.multipliedReportingOverflow(by: size)
            guard !overflow, product <= cellCountMax else { return nil }
            cellCount = product
        }
    }

    private static func axis(_ key: Vector) -> (Axis, size: Int)? {
        switch key.values {
        case .string(_, let pool) where pool.isDistinct: return (.codes(pool, type: key.type), pool.count + 1)
        case .int64(let values) where key.validity == nil:
            guard let low = values.min(), let high = values.max() else { return nil }
            let (range, overflow) = high.subtractingReportingOverflow(low)
            guard !overflow, range < 1 << 14 else { return nil }
            var size = integerSizeMin
            while size < (Int(range) + 1) * integerRoom { size *= 2 }
            return (.integers(base: low &- Int64(size - Int(range) - 1) / 2, type: key.type), size)
        default: return nil
        }
    }

    var sizeBytes: Int { numbers.count * 4 + counts.count * 8 }

    /// Whether the keys have the grid's dictionaries. Numbers may still lie outside.
    func fits(_ keys: [Vector]) -> Bool {
        zip(axes, keys).enumerated().allSatisfy { place, pair in
            switch (pair.0, pair.1.values) {
            case (.codes(let own, let type), .string(_, let pool)): own === pool && pair.1.type == type
            case (.integers(let base, let type), .int64(let values)):
                pair.1.type == type && pair.1.validity == nil && Self.lie(values.span, from: base, sizes[place])
            default: false
            }
        }
    }

    /// Whether all values lie in `base ..< base + size`, a power of two.
    private static func lie(_ values: Span<Int64>, from base: Int64, _ size: Int) -> Bool {
        var bits: UInt64 = 0
        for index in values.indices { bits |= UInt64(bitPattern: values[index] &- base) }
        return bits < UInt64(size)
    }

    /// The cell of each row.
    func cells(_ keys: [Vector], count: Int) -> [UInt32]? {
        var cells: [UInt32] = []
        for (place, key) in keys.enumerated() {
            let own: [UInt32]
            switch (axes[place], key.values) {
            case (.codes(let pool, _), .string(let codes, _)):
                let none = UInt32(pool.count)
                own =
                    key.validity.map {
                        mapPairs(codes, $0, aIsConstant: false, bIsConstant: false) { $1 ? $0 : none }
                    } ?? codes
            case (.integers(let base, _), .int64(let values)):
                own = mapValues(values) { UInt32(truncatingIfNeeded: $0 &- base) }
            default: return nil
            }
            if place == 0 {
                cells = own
            } else {
                let size = UInt32(sizes[place])
                cells = mapPairs(cells, own, aIsConstant: false, bIsConstant: false) { $0 &* size &+ $1 }
            }
        }
        return cells
    }

    /// The groups of cells that are known; answers the rows of those that are not.
    mutating func look(_ cells: [UInt32], into numbers: inout [UInt32]) -> [Int] {
        if self.numbers.isEmpty { self.numbers = [UInt32](repeating: 0, count: cellCount) }
        return KeyColumn.look(cells.span, self.numbers.span, &numbers)
    }

    /// Keeps the groups that unknown rows turned out to have.
    mutating func note(_ found: [UInt32], of rows: [Int], _ cells: [UInt32], into numbers: inout [UInt32]) {
        for (index, row) in rows.enumerated() {
            self.numbers[Int(cells[row])] = found[index] + 1
            numbers[row] = found[index]
        }
    }

    /// Counts a row for each cell.
    mutating func add(_ cells: [UInt32]) {
        if counts.isEmpty { counts = [Int64](repeating: 0, count: cellCount) }
        Self.add(cells.span, &counts)
    }

    private static func add(_ cells: Span<UInt32>, _ counts: inout [Int64]) {
        var target = counts.mutableSpan
        for row in cells.indices { target[Int(cells[row])] &+= 1 }
    }

    /// The keys of the cells with rows and how many they have; and forgets those.
    mutating func takeCounts() -> (keys: [Vector], counts: [Int64]) {
        let cells = counts.indices.filter { counts[$0] > 0 }
        let found = cells.map { counts[$0] }
        counts = []
        var rest = cells
        var keys: [Vector] = []
        for (axis, size) in zip(axes, sizes).reversed() {
            keys.append(Self.vector(axis, rest.map { $0 % size }))
            rest = rest.map { $0 / size }
        }
        return (keys.reversed(), found)
    }

    private static func vector(_ axis: Axis, _ places: [Int]) -> Vector {
        switch axis {
        case .integers(let base, let type):
            return Vector(type: type, values: .int64(places.map { base &+ Int64($0) }))
        case .codes(let pool, let type):
            return Vector(
                type: type, values: .string(codes: places.map { UInt32($0) }, pool: pool),
                validity: compacted(places.map { $0 < pool.count }))
        }
    }
}
