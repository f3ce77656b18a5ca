import EventBase
import EventColumns

/// Paths one by one, with who took them.
struct PathListing: Sendable {
    struct Path: Sendable {
        var person: UInt32
        /// The breakdown's value by number.
        var value: UInt32
        var start: Int64
        var end: Int64
        fileprivate var nodes: Range<Int>
    }

    private(set) var paths: [Path] = []
    /// Of all paths, end to end.
    private var nodes: [UInt32] = []

    var sizeBytes: Int { paths.count * MemoryLayout<Path>.stride + nodes.count * 4 }

    mutating func add(_ path: [UInt32], _ times: [Int64], _ person: UInt32, value: UInt32) {
        let first = nodes.count
        nodes += path
        paths.append(
            Path(
                person: person, value: value, start: times[0], end: times[times.count - 1], nodes: first..<nodes.count))
    }

    func nodes(of path: Path) -> ArraySlice<UInt32> { nodes[path.nodes] }
}

extension PathsOperator {
    /// Of one row of the answer, at a guess.
    private static let rowSizeBytes = 250

    /// One row a path, ascending by user ordinal and start.
    func list(
        _ source: PersonSource, _ breakdown: RowBreakdownReader?, _ context: QueryContext
    ) throws(EventSQLError) -> [[Value]] {
        let listings = try walk(source, breakdown, shown: nil, context).map(\.listing)
        let count = listings.reduce(0) { $0 + $1.paths.count }
        let bytes = listings.reduce(0) { $0 + $1.sizeBytes }
        defer { context.release(bytes: bytes + count * Self.rowSizeBytes) }
        try context.reserve(bytes: count * Self.rowSizeBytes, for: "a list of paths")
        let table = PathTable(plan: plan, names: source.keys?.groups.values.map(\.breakdownText) ?? [])
        let values = breakdown?.values.values ?? []
        let ranks = BreakdownOrder.ranks(values)
        let rows = listings.flatMap { listing in listing.paths.map { (path: $0, nodes: listing.nodes(of: $0)) } }
        let sorted = rows.sorted { a, b in
            if a.path.person != b.path.person { return a.path.person < b.path.person }
            if a.path.start != b.path.start { return a.path.start < b.path.start }
            if a.path.end != b.path.end { return a.path.end < b.path.end }
            let (own, other) = (a.nodes.map(table.rank), b.nodes.map(table.rank))
            if own != other { return own.lexicographicallyPrecedes(other) }
            func rank(_ value: UInt32) -> Int { value == RowKey.none ? -1 : ranks[Int(value)] }
            return rank(a.path.value) < rank(b.path.value)
        }
        return sorted.map { path, nodes in
            [.string(source.name(of: path.person))]
                + (breakdown == nil ? [] : [BreakdownOrder.label(path.value, values)])
                + [
                    .string(nodes.map(table.name).joined(separator: " > ")), .int64(Int64(nodes.count)),
                    .timestamp(path.start),
                    .double(Double(path.end - path.start) / Double(CalendarMath.microsPerSecond)),
                ]
        }
    }
}
