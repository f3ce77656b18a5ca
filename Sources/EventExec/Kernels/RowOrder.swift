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

    init(_ columns: [Vector], directions: [SortDirection], count: Int) {
        self.count = count
        keys = zip(columns, directions).map { column, direction in
            let ranks = Ranks.of(column)
            return Key(
                ranks: direction.descending ? mapValues(ranks) { ~$0 } : ranks, validity: column.validity,
                nullsFirst: direction.nullsFirst)
        }
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
    func isTie(_ a: Int, _ b: Int) -> Bool {
        keys.allSatisfy { key in
            if let validity = key.validity, !validity[a] || !validity[b] { return validity[a] == validity[b] }
            return key.ranks[a] == key.ranks[b]
        }
    }

    /// All rows in order.
    func sorted() -> [Int] {
        if keys.count == 1, keys[0].validity == nil {
            var pairs = keys[0].ranks.indices.map { RankedRow(rank: keys[0].ranks[$0], row: UInt32($0)) }
            pairs.sort { $0.rank != $1.rank ? $0.rank < $1.rank : $0.row < $1.row }
            return pairs.map { Int($0.row) }
        }
        return sorted(Array(0..<count))
    }

    func sorted(_ rows: [Int]) -> [Int] { rows.sorted(by: precedes) }

    private struct RankedRow {
        let rank: UInt64
        let row: UInt32
    }
}

/// Values as integers that sort as the values do. Ranks of strings hold within one vector only.
enum Ranks {
    static func of(_ vector: Vector) -> [UInt64] {
        switch vector.values {
        case .int64(let values): mapValues(values) { UInt64(bitPattern: $0) ^ (1 << 63) }
        case .double(let values): mapValues(values, rank)
        case .bool(let values): mapValues(values) { $0 ? 1 : 0 }
        case .interval(let values): mapValues(values) { rank($0.comparable) }
        case .string(let codes, let pool): strings(codes, pool, vector.validity)
        }
    }

    @inline(__always)
    private static func rank(_ value: Double) -> UInt64 {
        if value.isNaN { return .max }
        let bits = (value == 0 ? 0 : value).bitPattern
        return bits >> 63 == 1 ? ~bits : bits | 1 << 63
    }

    private static func strings(_ codes: [UInt32], _ pool: any StringPool, _ validity: [Bool]?) -> [UInt64] {
        if pool.isSorted { return mapValues(codes) { UInt64($0) } }
        var used = Set<UInt32>()
        for row in codes.indices where validity?[row] ?? true { used.insert(codes[row]) }
        let order = used.sorted { ByteOrder.precedes(pool.bytes(at: $0), pool.bytes(at: $1)) }
        var rankByCode: [UInt32: UInt64] = [:]
        var rank: UInt64 = 0
        for (index, code) in order.enumerated() {
            if index > 0, !ByteOrder.equal(pool.bytes(at: order[index - 1]), pool.bytes(at: code)) { rank += 1 }
            rankByCode[code] = rank
        }
        return codes.indices.map { validity?[$0] ?? true ? rankByCode[codes[$0]]! : 0 }
    }
}
