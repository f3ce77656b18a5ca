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

    /// Whether the id of `hash` may be stored already; it counts as stored from now on.
    mutating func insert(_ hash: UInt64, into partition: Partition) -> Bool {
        guard let seen = filters[partition]?.insert(hash) else { preconditionFailure("BUG: no filter for a partition") }
        return seen
    }

    mutating func forgetAll() {
        filters = [:]
        generation += 1
    }
}
