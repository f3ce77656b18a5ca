/// Rows of one user range in columns, sorted by (user, time), with the mask of conditions each meets.
struct SelectedRows: Sendable {
    /// Left empty where `PersonRows` says whose rows they are.
    var users: [UInt32] = []
    var times: [Int64] = []
    var masks: [UInt64] = []
    /// `RowAddress.raw` of each row; empty unless asked for.
    var addresses: [UInt64] = []
    /// `RowKey.raw` of each row; empty unless asked for.
    var keys: [UInt64] = []

    var count: Int { times.count }

    mutating func removeAll() {
        users.removeAll(keepingCapacity: true)
        times.removeAll(keepingCapacity: true)
        masks.removeAll(keepingCapacity: true)
        addresses.removeAll(keepingCapacity: true)
        keys.removeAll(keepingCapacity: true)
    }

    mutating func append(contentsOf other: SelectedRows, _ range: Range<Int>) {
        if !other.users.isEmpty { users.append(contentsOf: other.users[range]) }
        times.append(contentsOf: other.times[range])
        masks.append(contentsOf: other.masks[range])
        if !other.addresses.isEmpty { addresses.append(contentsOf: other.addresses[range]) }
        if !other.keys.isEmpty { keys.append(contentsOf: other.keys[range]) }
    }

    /// The rows in the order of `permutation`.
    func gathered(_ permutation: [Int]) -> SelectedRows {
        SelectedRows(
            users: users.isEmpty ? [] : permutation.map { users[$0] }, times: permutation.map { times[$0] },
            masks: permutation.map { masks[$0] },
            addresses: addresses.isEmpty ? [] : permutation.map { addresses[$0] },
            keys: keys.isEmpty ? [] : permutation.map { keys[$0] })
    }
}

/// The rows of a user range by person: person `persons[i]` has rows `starts[i] ..< starts[i + 1]`, ascending by time.
struct PersonRows: Sendable {
    var persons: [UInt32] = []
    var starts: [Int] = [0]
    var rows = SelectedRows()
}
