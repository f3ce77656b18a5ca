import EventBase
import EventColumns

/// Gathers the rows that conditions select by the values of an expression instead of by person: sessions, organisations
/// (S17). Rows without a value are left out; rows without a person count.
///
/// Rows of one key lie anywhere in the table, so all selected rows are held at once, 40 bytes each.
/// - Threads: immutable after `init`.
struct KeyedGather: Sendable {
    /// Rows of a range.
    private static let rowsPerRange = 64 << 10

    private let rows: SelectedRows
    /// Key `i` has rows `starts[i] ..< starts[i + 1]`.
    private let starts: [Int]
    private let ranges: [Range<Int>]
    /// The keys by number.
    let values: [Value]
    let keys: RowKeyReader?

    var rangeCount: Int { ranges.count }

    /// - Parameter request: must include addresses.
    init(
        _ snapshot: any EventSnapshot, _ request: GatherRequest, by key: any RowValues, context: QueryContext
    ) throws(EventSQLError) {
        let keys = RowKeyReader(request)
        self.keys = keys
        let interner = KeyInterner()
        var all = SelectedRows()
        var ids: [UInt32] = []
        var scratch = GroupGather.Scratch()
        for (index, group) in snapshot.rowGroups.enumerated() {
            try context.check()
            let gather = try GroupGather(group: group, index: index, request: request, keys: keys)
            let start = all.count
            try gather.append(users: group.userRange, to: &all, scratch: &scratch)
            ids += try Self.read(key, of: group, all.addresses[start...], interner)
        }
        try context.reserve(bytes: all.count * 40, for: "the rows of BY")
        defer { context.release(bytes: all.count * 40) }
        values = interner.values
        (rows, starts) = Self.sort(all, ids, keyCount: values.count)
        ranges = Self.cut(starts)
    }

    /// The number of each row's key; `RowKey.none` for NULL.
    private static func read(
        _ key: any RowValues, of group: any RowGroup, _ addresses: ArraySlice<UInt64>, _ interner: KeyInterner
    ) throws(EventSQLError) -> [UInt32] {
        var ids: [UInt32] = []
        var next = addresses.startIndex
        while next < addresses.endIndex {
            let granule = RowAddress(raw: addresses[next]).granule
            var picked: [UInt16] = []
            while next < addresses.endIndex, RowAddress(raw: addresses[next]).granule == granule {
                picked.append(UInt16(RowAddress(raw: addresses[next]).rowInGranule))
                next += 1
            }
            ids += interner.ids(of: try key.values(picked, granule: granule, of: group))
        }
        return ids
    }

    /// Rows by (key, time); those of one instant keep the order of the table.
    private static func sort(_ all: SelectedRows, _ ids: [UInt32], keyCount: Int) -> (SelectedRows, [Int]) {
        var starts = [Int](repeating: 0, count: keyCount + 1)
        for id in ids where id != RowKey.none { starts[Int(id) + 1] += 1 }
        for key in 0..<keyCount { starts[key + 1] += starts[key] }
        var cursors = starts
        var order = [Int](repeating: 0, count: starts[keyCount])
        for (row, id) in ids.enumerated() where id != RowKey.none {
            order[cursors[Int(id)]] = row
            cursors[Int(id)] += 1
        }
        for key in 0..<keyCount {
            order[starts[key]..<starts[key + 1]].sort { (all.times[$0], $0) < (all.times[$1], $1) }
        }
        return (all.gathered(order), starts)
    }

    private static func cut(_ starts: [Int]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var first = 0
        for key in 0..<max(0, starts.count - 1)
        where starts[key + 1] - starts[first] >= rowsPerRange || key == starts.count - 2 {
            ranges.append(first..<(key + 1))
            first = key + 1
        }
        return ranges
    }

    /// The keys of a range with their rows; replaces what `output` held.
    func read(_ index: Int, into output: inout PersonRows) {
        let range = ranges[index]
        output.persons = range.map { UInt32($0) }
        output.starts = (range.lowerBound...range.upperBound).map { starts[$0] - starts[range.lowerBound] }
        output.rows.removeAll()
        output.rows.append(contentsOf: rows, starts[range.lowerBound]..<starts[range.upperBound])
        output.rows.users = []
    }
}

/// Whose rows a behaviour operator follows: persons, or the values of an expression.
enum PersonSource: Sendable {
    case persons(PersonGather, ids: any StringPool)
    case keys(KeyedGather)

    init(
        _ snapshot: any EventSnapshot, _ request: GatherRequest, by key: (any RowValues)?, context: QueryContext
    ) throws(EventSQLError) {
        if let key {
            self = .keys(try KeyedGather(snapshot, request, by: key, context: context))
        } else {
            self = .persons(try PersonGather(snapshot, request), ids: snapshot.users)
        }
    }

    var rangeCount: Int {
        switch self {
        case .persons(let gather, _): gather.rangeCount
        case .keys(let gather): gather.rangeCount
        }
    }

    /// Persons whose rows can be looked at group by group.
    var orderedRuns: PersonGather? {
        if case .persons(let gather, _) = self, gather.hasOrderedRuns { return gather }
        return nil
    }

    /// What the keys that rows carry stand for; nil when none were asked for.
    var keys: RowKeyReader? {
        switch self {
        case .persons(let gather, _): gather.keys
        case .keys(let gather): gather.keys
        }
    }

    func read(
        _ index: Int, into output: inout PersonRows, scratch: inout PersonGather.Scratch
    ) throws(EventSQLError) {
        switch self {
        case .persons(let gather, _): try gather.read(index, into: &output, scratch: &scratch)
        case .keys(let gather): gather.read(index, into: &output)
        }
    }

    /// What `readAll` can read.
    var wholeRangeCount: Int {
        switch self {
        case .persons(let gather, _): gather.rangeCount + gather.groupCount
        case .keys(let gather): gather.rangeCount
        }
    }

    /// The persons or keys of range `index`, numbered from 1; with persons, behind their ranges, the rows without a user of one
    /// row group, as person 0.
    func readAll(
        _ index: Int, into output: inout PersonRows, scratch: inout PersonGather.Scratch
    ) throws(EventSQLError) {
        switch self {
        case .persons(let gather, _): try gather.readAll(index, into: &output, scratch: &scratch)
        case .keys(let gather):
            gather.read(index, into: &output)
            for place in output.persons.indices { output.persons[place] += 1 }
        }
    }

    /// How a person or key of `PersonRows.persons` is shown.
    func name(of person: UInt32) -> String {
        switch self {
        case .persons(_, let ids): ids.string(at: person)
        case .keys(let gather): gather.values[Int(person)].breakdownText
        }
    }
}
