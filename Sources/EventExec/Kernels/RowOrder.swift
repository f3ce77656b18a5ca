import EventBase
import EventColumns

/// How one column sorts.
struct SortDirection: Sendable {
    var descending = false
    var nullsFirst = false
}

/// An order of rows by several columns: every value becomes a 64-bit rank, so that comparing rows compares integers.
struct RowOrder {
    private struct Key {
        let ranks: [UInt64]
        let validity: [Bool]?
        let nullsFirst: Bool
    }

    private let keys: [Key]
    private let count: Int
    private let context: QueryContext

    /// - Parameter context: may end the ordering, here or later.
    init(
        _ columns: [Vector], directions: [SortDirection], count: Int, _ context: QueryContext
    ) throws(EventSQLError) {
        self.count = count
        self.context = context
        var keys: [Key] = []
        for (column, direction) in zip(columns, directions) {
            let ranks = try Ranks.of(column, context)
            keys.append(
                Key(
                    ranks: direction.descending ? try mapValues(ranks, context) { ~$0 } : ranks,
                    validity: column.validity, nullsFirst: direction.nullsFirst))
        }
        self.keys = keys
    }

    /// Whether row `a` comes before row `b`, the earlier row where all columns are equal.
    @inline(__always)
    func precedes(_ a: Int, _ b: Int) -> Bool {
        for key in keys {
            if let validity = key.validity, !validity[a] || !validity[b] {
                if validity[a] == validity[b] { continue }
                return validity[b] == key.nullsFirst
            }
            if key.ranks[a] != key.ranks[b] { return key.ranks[a] < key.ranks[b] }
        }
        return a < b
    }

    /// Whether two rows agree in all columns; NULL agrees with NULL.
    @inline(__always)
    func isTie(_ a: Int, _ b: Int) -> Bool {
        for key in keys {
            if let validity = key.validity, !validity[a] || !validity[b] {
                if validity[a] != validity[b] { return false }
            } else if key.ranks[a] != key.ranks[b] {
                return false
            }
        }
        return true
    }

    /// The order by some of the columns alone.
    func byColumns(_ range: Range<Int>) -> RowOrder { RowOrder(keys: Array(keys[range]), count: count, context) }

    private init(keys: [Key], count: Int, _ context: QueryContext) {
        self.keys = keys
        self.count = count
        self.context = context
    }

    /// All rows in order.
    /// - Complexity: O(rows) for each 11 bits by which keys differ, or to merge few runs that are in order; keys that fit 64 bits
    ///   together count as one.
    func sorted() throws(EventSQLError) -> [Int] {
        let all = [UInt32](indexes: count)
        if let packed = try packed() {
            return try mapValues(try RadixOrder.sort(all, keys: packed, check: context.check), context) { Int($0) }
        }
        if count < Self.radixCountMin { return Array(0..<count).sorted(by: precedes) }
        return try mapValues(try radixSorted(all), context) { Int($0) }
    }

    /// Some rows, which ascend, in order.
    func sorted(_ rows: [Int]) throws(EventSQLError) -> [Int] {
        if rows.count < Self.radixCountMin { return rows.sorted(by: precedes) }
        return try mapValues(try radixSorted(mapValues(rows) { UInt32($0) }), context) { Int($0) }
    }

    /// Fewer rows are sooner compared with one another.
    private static let radixCountMin = 1 << 13

    /// By each column, from the last one to the first; NULLs move to their end of the equals.
    private func radixSorted(_ rows: [UInt32]) throws(EventSQLError) -> [UInt32] {
        var order = rows
        for key in keys.reversed() {
            guard let validity = key.validity else {
                let ranks = try mapValues(order, context) { key.ranks[Int($0)] }
                order = try RadixOrder.sort(order, keys: ranks, check: context.check)
                continue
            }
            let (present, absent) = (order.filter { validity[Int($0)] }, order.filter { !validity[Int($0)] })
            let own = try mapValues(present, context) { key.ranks[Int($0)] }
            let sorted = try RadixOrder.sort(present, keys: own, check: context.check)
            order = key.nullsFirst ? absent + sorted : sorted + absent
        }
        return order
    }

    /// The columns of each row as one number: their distances from the smallest, the first column's in the highest bits; nil where
    /// 64 bits do not hold them.
    private func packed() throws(EventSQLError) -> [UInt64]? {
        guard let first = keys.first, count > 0 else { return nil }
        if keys.count == 1, first.validity == nil { return first.ranks }
        var fields: [(least: UInt64, greatest: UInt64, bits: Int)] = []
        for key in keys {
            try context.check()
            let (least, greatest) = Self.bounds(key.ranks.span, key.validity)
            // One more on each side for NULL.
            let (range, overflow) = (greatest - least).addingReportingOverflow(2)
            if overflow { return nil }
            fields.append((least, greatest, 64 - range.leadingZeroBitCount))
        }
        if fields.reduce(0, { $0 + $1.bits }) > 64 { return nil }
        var packed = [UInt64](repeating: 0, count: count)
        for (key, field) in zip(keys, fields) {
            try context.check()
            let none = key.nullsFirst ? 0 : field.greatest - field.least + 2
            Self.append(key.ranks.span, key.validity, field.least, none, bits: UInt64(field.bits), to: &packed)
        }
        return packed
    }

    private static func bounds(_ ranks: Span<UInt64>, _ validity: [Bool]?) -> (least: UInt64, greatest: UInt64) {
        var (least, greatest) = (UInt64.max, UInt64.min)
        for row in ranks.indices where validity?[row] ?? true {
            least = min(least, ranks[row])
            greatest = max(greatest, ranks[row])
        }
        return least > greatest ? (0, 0) : (least, greatest)
    }

    private static func append(
        _ ranks: Span<UInt64>, _ validity: [Bool]?, _ least: UInt64, _ none: UInt64, bits: UInt64,
        to packed: inout [UInt64]
    ) {
        var target = packed.mutableSpan
        if let validity {
            for row in ranks.indices {
                target[row] = target[row] &<< bits | (validity[row] ? ranks[row] &- least &+ 1 : none)
            }
        } else {
            for row in ranks.indices { target[row] = target[row] &<< bits | (ranks[row] &- least &+ 1) }
        }
    }
}

/// Values as integers that sort as the values do. Ranks of strings hold within one vector only.
enum Ranks {
    static func of(_ vector: Vector, _ context: QueryContext) throws(EventSQLError) -> [UInt64] {
        switch vector.values {
        case .int64(let values): try mapValues(values, context) { UInt64(bitPattern: $0) ^ (1 << 63) }
        case .double(let values): try mapValues(values, context, rank)
        case .bool(let values): try mapValues(values, context) { $0 ? 1 : 0 }
        case .interval(let values): try mapValues(values, context) { rank($0.comparable) }
        case .string(let codes, let pool): try strings(codes, pool, vector.validity, context)
        }
    }

    @inline(__always)
    private static func rank(_ value: Double) -> UInt64 {
        if value.isNaN { return .max }
        let bits = (value == 0 ? 0 : value).bitPattern
        return bits >> 63 == 1 ? ~bits : bits | 1 << 63
    }

    private static func strings(
        _ codes: [UInt32], _ pool: any StringPool, _ validity: [Bool]?, _ context: QueryContext
    ) throws(EventSQLError) -> [UInt64] {
        if pool.isSorted { return try mapValues(codes, context) { UInt64($0) } }
        if pool.count > 4 * codes.count { return try sparse(codes, pool, validity, context) }
        var isUsed = [Bool](repeating: false, count: pool.count)
        for row in codes.indices where validity?[row] ?? true { isUsed[Int(codes[row])] = true }
        var rankOfCode = [UInt64](repeating: 0, count: pool.count)
        let used = isUsed.indices.lazy.filter { isUsed[$0] }.map { UInt32($0) }
        for (code, rank) in try ranked(Array(used), pool, context) { rankOfCode[Int(code)] = rank }
        var ranks: [UInt64] = []
        ranks.reserveCapacity(codes.count)
        for row in codes.indices {
            try context.check(at: row)
            ranks.append(validity?[row] ?? true ? rankOfCode[Int(codes[row])] : 0)
        }
        return ranks
    }

    /// For a few rows of a large pool.
    private static func sparse(
        _ codes: [UInt32], _ pool: any StringPool, _ validity: [Bool]?, _ context: QueryContext
    ) throws(EventSQLError) -> [UInt64] {
        var used = Set<UInt32>()
        for row in codes.indices where validity?[row] ?? true {
            try context.check(at: row)
            used.insert(codes[row])
        }
        let rankOfCode = Dictionary(uniqueKeysWithValues: try ranked(Array(used), pool, context))
        return codes.indices.map { validity?[$0] ?? true ? rankOfCode[codes[$0]]! : 0 }
    }

    /// Distinct codes with the rank of their bytes; equal bytes share one.
    private static func ranked(
        _ codes: [UInt32], _ pool: any StringPool, _ context: QueryContext
    ) throws(EventSQLError) -> [(UInt32, UInt64)] {
        let order = try codes.sorted(context) { ByteOrder.precedes(pool.bytes(at: $0), pool.bytes(at: $1)) }
        var rank: UInt64 = 0
        var result: [(UInt32, UInt64)] = []
        result.reserveCapacity(order.count)
        for (index, code) in order.enumerated() {
            try context.check(at: index)
            if index > 0, !ByteOrder.equal(pool.bytes(at: order[index - 1]), pool.bytes(at: code)) { rank += 1 }
            result.append((code, rank))
        }
        return result
    }

    /// A column that has equal values where `vector` has, but need not sort like it: codes instead of strings where no two
    /// codes stand for the same string.
    static func identities(_ vector: Vector) -> Vector {
        guard case .string(let codes, let pool) = vector.values, pool.isDistinct else { return vector }
        return Vector(type: .int64, values: .int64(codes.map { Int64($0) }), validity: vector.validity)
    }
}
