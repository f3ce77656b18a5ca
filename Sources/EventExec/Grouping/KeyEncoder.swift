import EventBase
import EventColumns

/// Numbers the distinct combinations of several key columns: groups of GROUP BY, keys of a join, rows of DISTINCT.
struct KeyEncoder {
    private(set) var columns: [KeyColumn]
    /// `pairs[i]` joins the number of columns 0...i with the number of column i + 1.
    private var pairs: [PairTable]

    init(types: [ScalarType], hashesCollide: Bool = false) {
        columns = types.map { KeyColumn(type: $0, hashesCollide: hashesCollide) }
        pairs = Array(repeating: PairTable(hashesCollide: hashesCollide), count: max(0, types.count - 1))
    }

    /// How many combinations have been seen.
    var count: Int { columns.count == 1 ? columns[0].count : pairs.last?.count ?? 1 }

    var sizeBytes: Int { columns.reduce(0) { $0 + $1.sizeBytes } + pairs.reduce(0) { $0 + $1.sizeBytes } }

    /// The number of each row's combination, new ones given as needed.
    mutating func encode(_ vectors: [Vector], count rows: Int) -> [UInt32] {
        guard !columns.isEmpty else { return [UInt32](repeating: 0, count: rows) }
        var numbers = columns[0].encode(vectors[0], count: rows)
        for index in pairs.indices {
            let firstCount = index == 0 ? columns[0].count : pairs[index - 1].count
            let others = columns[index + 1].encode(vectors[index + 1], count: rows)
            numbers = pairs[index].encode(
                numbers, firstCount: firstCount, others, secondCount: columns[index + 1].count)
        }
        return numbers
    }

    /// As `encode`, for as many rows as an operator has; throws between pieces when the statement should stop.
    mutating func encode(
        _ vectors: [Vector], count rows: Int, _ context: QueryContext
    ) throws(EventSQLError) -> [UInt32] {
        if rows <= Pieces.rowCount { return encode(vectors, count: rows) }
        var numbers: [UInt32] = []
        numbers.reserveCapacity(rows)
        try context.pieces(of: 0..<rows) { piece in
            numbers += encode(vectors.map { $0.slice(piece) }, count: piece.count)
        }
        return numbers
    }

    /// Makes the combinations seen so far findable.
    mutating func prepareSearch() { for index in columns.indices { columns[index].prepareSearch() } }

    /// The number of each row's combination, `.max` where it was never seen, and where it holds a NULL unless they match.
    func find(_ vectors: [Vector], count rows: Int, nullsMatch: Bool = false) -> [UInt32] {
        guard !columns.isEmpty else { return [UInt32](repeating: 0, count: rows) }
        var numbers = columns[0].find(vectors[0], count: rows, nullsMatch: nullsMatch)
        for index in pairs.indices {
            let others = columns[index + 1].find(vectors[index + 1], count: rows, nullsMatch: nullsMatch)
            for row in 0..<rows where numbers[row] != .max {
                numbers[row] = others[row] == .max ? .max : pairs[index].find(numbers[row], others[row]) ?? .max
            }
        }
        return numbers
    }

    /// The key columns of combinations `numbers`.
    func vectors(of numbers: [UInt32]) -> [Vector] {
        guard !columns.isEmpty else { return [] }
        var result: [Vector] = []
        var current = numbers
        for index in pairs.indices.reversed() {
            result.append(columns[index + 1].vector(of: current.map { pairs[index].seconds[Int($0)] }))
            current = current.map { pairs[index].firsts[Int($0)] }
        }
        result.append(columns[0].vector(of: current))
        return result.reversed()
    }

    /// The key columns of all combinations, by number.
    func allVectors() -> [Vector] { vectors(of: [UInt32](indexes: count)) }
}
