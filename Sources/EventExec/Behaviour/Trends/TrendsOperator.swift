import EventBase
import EventColumns
import EventPlan

/// Runs a TRENDS: gather the rows of all series, add them up person by person, one line for every period (SPEC 3.9).
extension TrendsPlan: ActivityPlan {
    private struct Worker: Sendable {
        var fold: TrendFold
        var weights: [UInt32: Int] = [:]
        var persons = PersonRows()
        var scratch = PersonGather.Scratch()
    }

    /// What reads a row's columns other than time, user and name.
    private struct Readers: Sendable {
        var numbers: [(any RowValues)?]
        var session: (any RowValues)?
        let sessions = KeyInterner()
    }

    /// The number under which the values beyond TOP are counted.
    private static let other = RowKey.none - 1

    func run(_ snapshot: any EventSnapshot, context: QueryContext) throws(EventSQLError) -> [[Value]] {
        let rowReaders = RowReaders(layout: layout, snapshot: snapshot)
        let calendars = try PersonCalendars(every, calendar, rowReaders, context)
        guard let span = try PeriodSpan(calendars, snapshot, in: filter.timeRange) else { return [] }
        var readers = Readers(numbers: [], session: nil)
        for series in series {
            readers.numbers.append(
                try series.operand.map { operand throws(EventSQLError) in try rowReaders.values(operand) })
        }
        if let session { readers.session = try rowReaders.values(session) }
        let gather = try rowReaders.source(try request(rowReaders, span, readers), by: key, context)
        var shown: Set<UInt32>?
        if let top {
            let weights = try weights(gather, span, context)
            let order = BreakdownOrder(weights: weights, values: gather.keys?.groups.values ?? [], top: top)
            shown = Set(order.shown.compactMap { $0 })
        }
        let tallies = try tallies(gather, span, calendars, readers, shown, snapshot, context)
        return try rows(tallies, span, gather.keys?.groups.values ?? [])
    }

    private func request(
        _ rowReaders: RowReaders, _ span: PeriodSpan, _ readers: Readers
    ) throws(EventSQLError) -> GatherRequest {
        var conditions: [GatherRequest.Condition] = []
        for series in series { conditions.append(try rowReaders.condition(series.selector)) }
        var request = GatherRequest(conditions: conditions)
        request.filter = try rowReaders.predicate(filter.predicate)
        request.timeRange = filter.timeRange
        if let over = series.compactMap(\.overMicros).max() {
            let (start, isBeyond) = span.secondStartMicros.subtractingReportingOverflow(over)
            request.timeRange = min(isBeyond ? .min : start, filter.timeRange.lowerBound)...filter.timeRange.upperBound
        }
        if let breakdown { request.group = try rowReaders.values(breakdown) }
        request.includesAddresses = readers.session != nil || readers.numbers.contains { $0 != nil }
        return request
    }

    /// Events of the first series by value of the breakdown.
    private func weights(
        _ gather: PersonSource, _ span: PeriodSpan, _ context: QueryContext
    ) throws(EventSQLError) -> [UInt32: Int] {
        let fold = TrendFold(series, span)
        let workers = try RangeWorkers.run(count: gather.wholeRangeCount, context: context) {
            Worker(fold: fold)
        } body: { (worker: inout Worker, index: Int) throws(EventSQLError) in
            try gather.readAll(index, into: &worker.persons, scratch: &worker.scratch)
            let rows = worker.persons.rows
            for row in 0..<rows.count {
                let isCounted = rows.masks[row] & 1 != 0 && rows.times[row] >= span.timeRange.lowerBound
                worker.weights[RowKey(raw: rows.keys[row]).group, default: 0] += isCounted ? 1 : 0
            }
        }
        var weights: [UInt32: Int] = [:]
        for worker in workers { weights.merge(worker.weights) { $0 + $1 } }
        return weights
    }

    private func tallies(
        _ gather: PersonSource, _ span: PeriodSpan, _ calendars: PersonCalendars, _ readers: Readers,
        _ shown: Set<UInt32>?,
        _ snapshot: any EventSnapshot, _ context: QueryContext
    ) throws(EventSQLError) -> [UInt32: TrendTally] {
        let empty = TrendFold(series, span)
        let tallySizeBytes = TrendTally.sizeBytes(series, periodCount: span.periods.count)
        let series = series
        let workers = try RangeWorkers.run(count: gather.wholeRangeCount, context: context) {
            Worker(fold: empty)
        } body: { (worker: inout Worker, index: Int) throws(EventSQLError) in
            try gather.readAll(index, into: &worker.persons, scratch: &worker.scratch)
            let persons = worker.persons
            let rows = persons.rows
            var groups = rows.keys.map { RowKey(raw: $0).group }
            if let shown {
                for row in groups.indices where !shown.contains(groups[row]) { groups[row] = Self.other }
            }
            let (numbers, ids) = try Self.columns(rows, series, readers, snapshot)
            let before = worker.fold.tallies.count
            for (position, person) in persons.persons.enumerated() {
                try context.check()
                if calendar.personal != nil { worker.fold.follow(try calendars.buckets(of: person)) }
                worker.fold.add(
                    person, rows, persons.starts[position]..<persons.starts[position + 1], groups: groups,
                    numbers: numbers, ids: ids)
            }
            try context.reserve(bytes: (worker.fold.tallies.count - before) * tallySizeBytes, for: "TRENDS")
        }
        context.release(bytes: workers.reduce(0) { $0 + $1.fold.tallies.count } * tallySizeBytes)
        var tallies: [UInt32: TrendTally] = [:]
        for fold in workers.map(\.fold) {
            for (group, slot) in fold.slots {
                let none = TrendTally(series, periodCount: span.periods.count)
                tallies[group, default: none].merge(fold.tallies[slot], series)
            }
        }
        return tallies
    }

    /// Numbers by series, and sessions, of all rows of a range.
    private static func columns(
        _ rows: SelectedRows, _ series: [TrendsPlan.Series], _ readers: Readers, _ snapshot: any EventSnapshot
    ) throws(EventSQLError) -> (numbers: [[Double]], ids: [UInt32]) {
        var numbers = [[Double]](repeating: [], count: series.count)
        var ids: [UInt32] = []
        for (index, reader) in readers.numbers.enumerated() {
            guard let reader else { continue }
            numbers[index] = [Double](repeating: .nan, count: rows.count)
            let positions = (0..<rows.count).filter { rows.masks[$0] & (1 << UInt64(index)) != 0 }
            try AddressedValues(rows.addresses, positions: positions, snapshot).read(reader, into: &numbers[index])
        }
        if let session = readers.session {
            var bits: UInt64 = 0
            for index in series.indices where series[index].measure == .sessions { bits |= 1 << UInt64(index) }
            ids = [UInt32](repeating: RowKey.none, count: rows.count)
            let positions = (0..<rows.count).filter { rows.masks[$0] & bits != 0 }
            try AddressedValues(rows.addresses, positions: positions, snapshot).read(
                session, readers.sessions, into: &ids)
        }
        return (numbers, ids)
    }

    // MARK: Rows

    private func rows(
        _ tallies: [UInt32: TrendTally], _ span: PeriodSpan, _ values: [Value]
    ) throws(EventSQLError) -> [[Value]] {
        let own = tallies.filter { $0.key != Self.other }.mapValues(\.weight)
        let order = BreakdownOrder(weights: own, values: values, top: nil)
        var lines = order.shown.compactMap { $0 }.map { (group: $0, label: order.label($0)) }
        if tallies[Self.other] != nil { lines.append((Self.other, order.label(nil))) }
        if breakdown == nil { lines = [(RowKey.none, .null)] }
        let empty = TrendTally(series, periodCount: span.periods.count)
        let formulas = formulas.map { ExpressionEvaluator($0.expression) }
        var rows: [[Value]] = []
        for (group, label) in lines {
            let tally = tallies[group] ?? empty
            for (index, period) in span.periods.enumerated() {
                let numbers = series.indices.map { tally.number($0, series[$0].measure, index) }
                var row: [Value] = breakdown == nil ? [] : [label]
                row.append(span.buckets.label(period))
                for (series, number) in zip(series, numbers) {
                    row.append(number.map { series.isCount ? .int64(Int64($0)) : .double($0) } ?? .null)
                }
                for formula in formulas { row.append(try Self.answer(formula, numbers)) }
                row.append(.bool(span.isComplete(period)))
                rows.append(row)
            }
        }
        return rows
    }

    private static func answer(
        _ formula: ExpressionEvaluator, _ numbers: [Double?]
    ) throws(EventSQLError) -> Value {
        let columns = numbers.map { number in
            Vector(type: .double, values: .double([number ?? 0]), validity: number == nil ? [false] : nil)
        }
        do throws(EventSQLError) {
            let answer = try formula.evaluate(columns, count: 1).value(at: 0)
            if case .double(let number) = answer, number.isFinite { return answer }
            return .null
        } catch  where error.kind == .invalidInput {
            // A division by zero: this period has no answer, others may.
            return .null
        }
    }
}
