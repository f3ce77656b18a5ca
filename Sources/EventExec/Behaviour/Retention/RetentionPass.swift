import EventBase
import EventColumns
import EventPlan
import EventSyntax

/// One walk over everybody's rows of a retention.
struct RetentionPass: Sendable {
    private let plan: RetentionPlan
    private let empty: RetentionTable
    private let fold: RetentionFold
    private let calendars: PersonCalendars
    private let source: PersonSource
    private let snapshot: any EventSnapshot
    /// The number of VALUE.
    private let number: (any RowValues)?

    private struct Worker: Sendable {
        var fold: RetentionFold
        var persons = PersonRows()
        var scratch = PersonGather.Scratch()
        /// One table for each breakdown value, by its number.
        var tables: [UInt32: RetentionTable] = [:]
        var listed: [Listed] = []
        var choice: PersonValue?
    }

    /// A person in a period of a cohort.
    private struct Listed: Sendable {
        var person: UInt32
        var cohort: Int
        var column: Int
        var count: Int
    }

    init(
        _ plan: RetentionPlan, _ calendars: PersonCalendars, _ empty: RetentionTable, _ snapshot: any EventSnapshot,
        _ context: QueryContext
    ) throws(EventSQLError) {
        self.plan = plan
        self.empty = empty
        self.calendars = calendars
        fold = RetentionFold(plan: plan, buckets: calendars.common)
        let readers = RowReaders(layout: plan.layout, snapshot: snapshot)
        var request = GatherRequest(
            conditions: [try readers.condition(plan.start), try readers.condition(plan.returning)])
        if plan.occurrence == .firstEver { request.conditions.append(.init(names: plan.start.names)) }
        request.filter = try readers.predicate(plan.filter.predicate)
        if plan.occurrence == .recurring { request.timeRange = plan.filter.timeRange }
        if let breakdown = plan.breakdown {
            request.group = try readers.values(breakdown.expression)
            request.groupBits = breakdown.attribution == .entry ? 1 : breakdown.attribution == .all ? .max : 3
        }
        request.includesAddresses = plan.key != nil || plan.value != nil
        self.snapshot = snapshot
        number = try plan.value.map { (value) throws(EventSQLError) in try readers.values(value.expression) }
        let key = try plan.key.map { (key) throws(EventSQLError) in try readers.values(key) }
        source = try PersonSource(snapshot, request, by: key, context: context)
    }

    /// The tables by breakdown value, the largest cohorts first, rare ones together under `(other)` (S48).
    func tables(_ context: QueryContext) throws(EventSQLError) -> [(label: Value, table: RetentionTable)] {
        let workers = try walk(context) { worker, person, entry, group in
            var table = worker.tables.removeValue(forKey: group) ?? empty
            table.add(entry.bucket, worker.fold.columns)
            worker.tables[group] = table
        }
        var tables: [UInt32: RetentionTable] = [:]
        for worker in workers {
            for (group, table) in worker.tables { tables[group, default: empty].merge(table) }
        }
        if plan.breakdown == nil { return [(.null, tables[RowKey.none] ?? empty)] }
        let names = source.keys?.groups.values ?? []
        let sizes = tables.mapValues { $0.sizes.reduce(0, +) }
        let ordered = tables.keys.sorted { a, b in
            if sizes[a] != sizes[b] { return sizes[a, default: 0] > sizes[b, default: 0] }
            if a == RowKey.none || b == RowKey.none { return b == RowKey.none }
            return names[Int(a)].precedes(names[Int(b)])
        }
        let shown = ordered.prefix(plan.breakdown?.top ?? ordered.count)
        var result: [(label: Value, table: RetentionTable)] = shown.map { group in
            (group == RowKey.none ? .null : .string(names[Int(group)].breakdownText), tables[group] ?? empty)
        }
        if shown.count < ordered.count {
            var rest = empty
            for group in ordered.dropFirst(shown.count) { rest.merge(tables[group] ?? empty) }
            result.append((.string("(other)"), rest))
        }
        return result
    }

    /// Everybody in each cohort with the periods of their returns; ascending by person, cohort and period.
    func list(_ context: QueryContext) throws(EventSQLError) -> [[Value]] {
        let workers = try walk(context) { worker, person, entry, _ in
            for column in empty.columns.indices where column == 0 || worker.fold.columns.hits[column] {
                let count = worker.fold.columns.counts[column]
                worker.listed.append(Listed(person: person, cohort: entry.bucket, column: column, count: count))
            }
        }
        let listed = workers.flatMap(\.listed).sorted {
            ($0.person, $0.cohort, $0.column) < ($1.person, $1.cohort, $1.column)
        }
        try context.reserve(bytes: listed.count * 160, for: "a list of users")
        defer { context.release(bytes: listed.count * 160) }
        return listed.map { entry in
            [
                .string(source.name(of: entry.person)), empty.buckets.label(entry.cohort),
                .int64(Int64(empty.columns[entry.column].lowerBound)), .int64(Int64(entry.count)),
            ]
        }
    }

    private func walk(
        _ context: QueryContext,
        _ visit: @Sendable (inout Worker, UInt32, RetentionFold.Entry, _ group: UInt32) -> Void
    ) throws(EventSQLError) -> [Worker] {
        try RangeWorkers.run(count: source.rangeCount, context: context) {
            Worker(fold: fold, choice: source.keys.map { PersonValue($0.groups) })
        } body: { (worker: inout Worker, index: Int) throws(EventSQLError) in
            try source.read(index, into: &worker.persons, scratch: &worker.scratch)
            let (persons, rows) = (worker.persons, worker.persons.rows)
            let values = try numbers(of: rows)
            for (place, person) in persons.persons.enumerated() {
                let range = persons.starts[place]..<persons.starts[place + 1]
                if plan.calendar.personal != nil { worker.fold.buckets = try calendars.buckets(of: person) }
                guard plan.breakdown?.attribution == .all else {
                    follow(person, rows, range, values, under: nil, &worker, visit)
                    continue
                }
                for (group, places) in Self.byValue(rows, range) {
                    let own = values.isEmpty ? [] : places.map { values[$0] }
                    follow(person, rows.gathered(places), 0..<places.count, own, under: group, &worker, visit)
                }
            }
        }
    }

    /// Visits each cohort that the rows of a person put the person into.
    ///
    /// - Parameter group: the value that all of them carry; nil: what the breakdown says of each.
    private func follow(
        _ person: UInt32, _ rows: SelectedRows, _ range: Range<Int>, _ values: [Double], under group: UInt32?,
        _ worker: inout Worker, _ visit: (inout Worker, UInt32, RetentionFold.Entry, UInt32) -> Void
    ) {
        worker.fold.enter(rows, range)
        if worker.fold.entries.isEmpty { return }
        if plan.clock == .calendar { worker.fold.noteReturns(rows, range, values: values) }
        let own = group ?? personValue(rows, range, &worker)
        for entry in worker.fold.entries {
            worker.fold.follow(entry, rows, range, values: values, in: empty)
            visit(&worker, person, entry, own ?? Self.group(of: entry, rows, source))
        }
    }

    /// The value of the person as a whole; nil where it is the start's.
    private func personValue(_ rows: SelectedRows, _ range: Range<Int>, _ worker: inout Worker) -> UInt32? {
        guard let attribution = plan.breakdown?.attribution else { return RowKey.none }
        if attribution == .entry { return nil }
        let visible = range.filter { plan.filter.timeRange.contains(rows.times[$0]) }
        guard let first = visible.first, let last = visible.last else { return RowKey.none }
        return worker.choice?.value(rows, first..<(last + 1), attribution)
    }

    /// The places of the rows by the value that they carry.
    private static func byValue(_ rows: SelectedRows, _ range: Range<Int>) -> [(group: UInt32, places: [Int])] {
        let groups = Dictionary(grouping: range) { RowKey(raw: rows.keys[$0]).group }
        return groups.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// The number of VALUE for each row, NaN where it is NULL; empty where none is asked for.
    private func numbers(of rows: SelectedRows) throws(EventSQLError) -> [Double] {
        guard let number else { return [] }
        var values = [Double](repeating: .nan, count: rows.count)
        try AddressedValues(rows.addresses, positions: Array(0..<rows.count), snapshot).read(number, into: &values)
        return values
    }

    /// The breakdown value of a start; the smallest where several rows of its instant are starts.
    private static func group(of entry: RetentionFold.Entry, _ rows: SelectedRows, _ source: PersonSource) -> UInt32 {
        let same = (entry.row..<rows.count).prefix { rows.times[$0] == entry.micros }
        let groups = Set(same.filter { rows.masks[$0] & 1 != 0 }.map { RowKey(raw: rows.keys[$0]).group })
            .subtracting([RowKey.none])
        guard groups.count > 1 else { return groups.first ?? RowKey.none }
        let names = source.keys?.groups.values ?? []
        return groups.min { names[Int($0)].precedes(names[Int($1)]) } ?? RowKey.none
    }
}
