import EventBase
import EventColumns

/// Gathers the rows that conditions select, person by person, for ranges of user ordinals, so that memory does not grow with users.
///
/// ```
/// let gather = try PersonGather(snapshot, request)
/// for range in 0..<gather.rangeCount { try gather.read(range, into: &rows, scratch: &scratch) }
/// ```
/// Rows without a user are never seen. Persons whose identities were merged appear once, under their canonical ordinal.
/// - Threads: immutable after `init`; each worker brings its own `Scratch`.
struct PersonGather: Sendable {
    struct Scratch: Sendable {
        var group = GroupGather.Scratch()
        var runs: [SelectedRows] = []
    }

    /// Rows (of any name) that a range should span. A granule that two ranges share is looked at twice, so ranges are large: on a core
    /// with a second-level cache of 1 MiB four times as many rows took 5 to 12 % off every funnel. But all cores want some.
    private static func rowsPerRange(of rowCount: Int) -> Int {
        min(max(rowCount / rangeCountMin, 64 << 10), 512 << 10)
    }
    private static let rangeCountMin = 32

    private let groups: [GroupGather]
    /// Groups do not overlap in time, so their rows of a user follow each other.
    private let groupsAscend: Bool
    /// They do not even share an instant.
    private let runsAscend: Bool
    private let canonical: [UInt32]?
    /// Rows of users that belong to another ordinal's person, sorted by (person, time).
    private let movedRows: SelectedRows
    private let userCount: Int
    private let usersPerRange: Int
    let rangeCount: Int
    /// What the keys that rows carry stand for; nil when none were asked for.
    let keys: RowKeyReader?
    /// How many rows of a person are enough, where they come in order of time; nil: all.
    private let firstRows: Int?

    init(
        _ snapshot: any EventSnapshot, _ request: GatherRequest
    ) throws(EventSQLError) {
        precondition(request.conditions.count <= 64, "BUG: a mask has 64 bits")
        let keys = RowKeyReader(request)
        self.keys = keys
        var groups: [GroupGather] = []
        var rowCount = 0
        var userMax = snapshot.rowGroups.map(\.userRange.upperBound).max() ?? 0
        let wanted = try request.neededCondition.flatMap { (place) throws(EventSQLError) in
            try UserSet.persons(
                with: request.conditions[place].names, in: snapshot, timeRange: request.timeRange, userMax: userMax)
        }
        // Looking everybody up to leave few out costs more than it saves.
        let isWorthIt = wanted.map { $0.count * 8 < Int(userMax) * 7 } ?? false
        userMax = 0
        for (index, group) in snapshot.rowGroups.enumerated() {
            let gather = try GroupGather(
                group: group, index: index, request: request, keys: keys, wanted: isWorthIt ? wanted : nil)
            if gather.isEmpty { continue }
            groups.append(gather)
            rowCount += group.rowCount
            userMax = max(userMax, group.userRange.upperBound)
        }
        self.groups = groups
        groupsAscend = zip(groups, groups.dropFirst()).allSatisfy {
            $0.group.timeRange.upperBound <= $1.group.timeRange.lowerBound
        }
        runsAscend = zip(groups, groups.dropFirst()).allSatisfy {
            $0.group.timeRange.upperBound < $1.group.timeRange.lowerBound
        }
        canonical = snapshot.canonicalUsers
        firstRows = groupsAscend && canonical == nil ? request.firstRows : nil
        movedRows = try Self.movedRows(groups, canonical, userMax: userMax)
        // A moved person may have an ordinal above every row's own.
        userCount = max(Int(userMax), Int(movedRows.users.last ?? 0))
        let size = Self.rowsPerRange(of: rowCount)
        let ranges = max(1, min(userCount, (rowCount + size - 1) / size))
        usersPerRange = max(1, (userCount + ranges - 1) / ranges)
        rangeCount = userCount == 0 ? 0 : (userCount + usersPerRange - 1) / usersPerRange
    }

    /// The persons of range `index` with their rows; replaces what `output` held.
    func read(_ index: Int, into output: inout PersonRows, scratch: inout Scratch) throws(EventSQLError) {
        let (first, last) = (users(ofRange: index).lowerBound, users(ofRange: index).upperBound)
        scratch.group.first = firstRows.map { FirstRows(limit: $0, users: first...last) }
        while scratch.runs.count < groups.count + 1 { scratch.runs.append(SelectedRows()) }
        for (number, group) in groups.enumerated() {
            scratch.runs[number].removeAll()
            try group.append(users: first...last, to: &scratch.runs[number], scratch: &scratch.group)
            if let canonical { dropMoved(canonical, &scratch.runs[number]) }
        }
        let moved = lowerBound(movedRows.users, first)..<lowerBound(movedRows.users, last &+ 1)
        scratch.runs[groups.count].removeAll()
        if !moved.isEmpty { scratch.runs[groups.count].append(contentsOf: movedRows, moved) }
        merge(scratch.runs[0...groups.count], first: first, last: last, into: &output, moved: !moved.isEmpty)
    }

    /// Whether rows can be looked at as they come from their groups: what a person did in one group is all before what it did
    /// in the next.
    var hasOrderedRuns: Bool { runsAscend && canonical == nil }

    /// Calls `body` with the rows of range `index` in each granule of one group, by (user, time), and with the address of the
    /// granule's first row.
    func eachGranule(
        _ index: Int, ofGroup group: Int, scratch: inout Scratch, _ body: (PickedRows, UInt64) -> Void
    ) throws(EventSQLError) {
        scratch.group.first = nil
        try groups[group].eachGranule(users: users(ofRange: index), scratch: &scratch.group, body)
    }

    func users(ofRange index: Int) -> ClosedRange<UInt32> {
        UInt32(1 + index * usersPerRange)...UInt32(min(userCount, (index + 1) * usersPerRange))
    }

    /// Row groups; each may hold rows without a user.
    var groupCount: Int { groups.count }

    /// The persons of range `index`; behind the last range, the rows without a user of one row group, as person 0.
    func readAll(_ index: Int, into output: inout PersonRows, scratch: inout Scratch) throws(EventSQLError) {
        if index < rangeCount {
            try read(index, into: &output, scratch: &scratch)
            return
        }
        output.rows.removeAll()
        scratch.group.first = nil
        try groups[index - rangeCount].append(users: 0...0, to: &output.rows, scratch: &scratch.group)
        output.persons = output.rows.count == 0 ? [] : [0]
        output.starts = output.rows.count == 0 ? [0] : [0, output.rows.count]
    }

    private func merge(
        _ runs: ArraySlice<SelectedRows>, first: UInt32, last: UInt32, into output: inout PersonRows, moved: Bool
    ) {
        let filled = runs.filter { $0.count > 0 }
        if filled.count <= 1 {
            output.rows = filled.first ?? SelectedRows()
            findPersons(&output)
            return
        }
        mergeRuns(filled, first: first, last: last, into: &output)
        if !groupsAscend || moved { sortPersons(&output) }
    }

    private func dropMoved(_ canonical: [UInt32], _ rows: inout SelectedRows) {
        if rows.users.allSatisfy({ canonical[Int($0)] == $0 }) { return }
        rows = rows.gathered(rows.users.indices.filter { canonical[Int(rows.users[$0])] == rows.users[$0] })
    }

    /// Rows of every user that is not its own person. Neighbouring ordinals are read together.
    private static func movedRows(
        _ groups: [GroupGather], _ canonical: [UInt32]?, userMax: UInt32
    ) throws(EventSQLError) -> SelectedRows {
        guard let canonical else { return SelectedRows() }
        var rows = SelectedRows()
        var scratch = GroupGather.Scratch()
        var user = 1
        let end = min(canonical.count, Int(userMax) + 1)
        while user < end {
            if canonical[user] == UInt32(user) {
                user += 1
                continue
            }
            var last = user
            while last + 1 < end, canonical[last + 1] != UInt32(last + 1) { last += 1 }
            for group in groups {
                try group.append(users: UInt32(user)...UInt32(last), to: &rows, scratch: &scratch)
            }
            user = last + 1
        }
        for index in rows.users.indices { rows.users[index] = canonical[Int(rows.users[index])] }
        let order = rows.users.indices.sorted {
            (rows.users[$0], rows.times[$0], $0) < (rows.users[$1], rows.times[$1], $1)
        }
        return rows.gathered(order)
    }
}
