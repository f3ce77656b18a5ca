/// What a writer remembers of the event ids of the partitions it has written to: one filter each, made on first need.
///
/// Every row that enters the store while the index exists is inserted, so a filter that says "no" is right.
struct EventIDIndex: Sendable {
    struct Partition: Hashable, Sendable {
        var table: String
        /// First day of the UTC month.
        var month: Int32
    }

    private var filters: [Partition: EventIDFilter] = [:]
    /// Counts how often filters were forgotten: what was inserted before and is not committed yet is missing in later ones.
    private(set) var generation = 0

    func contains(_ partition: Partition) -> Bool { filters[partition] != nil }

    var sizeBytes: Int { filters.values.reduce(0) { $0 + $1.sizeBytes } }

    /// Takes a filter that holds every stored id of its partition.
    mutating func add(_ filter: EventIDFilter, for partition: Partition) { filters[partition] = filter }

    /// Places of the rows whose ids may be stored already; all count as stored from now on.
    mutating func insert(_ rows: [EventIDRows.Row], table: String) -> [Int] {
        // The filters of the rows' months, out of the dictionary: a look-up for each row would cost more than the filter.
        var open: [(month: Int32, filter: EventIDFilter)] = []
        var seen: [Int] = []
        var start = 0
        while start < rows.count {
            let month = rows[start].month
            var end = start + 1
            while end < rows.count, end - start < Self.stepRowCount, rows[end].month == month { end += 1 }
            let place = open.firstIndex { $0.month == month } ?? open.count
            if place == open.count {
                guard let filter = filters.removeValue(forKey: Partition(table: table, month: month)) else {
                    preconditionFailure("BUG: no filter for a partition")
                }
                open.append((month, filter))
            }
            Self.insert(rows, start..<end, into: &open[place].filter, &seen)
            start = end
        }
        for (month, filter) in open { filters[Partition(table: table, month: month)] = filter }
        return seen
    }

    /// Rows whose blocks are brought near together.
    private static let stepRowCount = 32

    private static func insert(
        _ rows: [EventIDRows.Row], _ range: Range<Int>, into filter: inout EventIDFilter, _ seen: inout [Int]
    ) {
        for place in range { filter.touch(rows[place].hash) }
        for place in range where filter.insert(rows[place].hash) { seen.append(place) }
    }

    mutating func forgetAll() {
        filters = [:]
        generation += 1
    }
}
