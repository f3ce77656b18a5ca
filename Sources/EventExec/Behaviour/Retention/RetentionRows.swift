import EventBase
import EventColumns
import EventPlan
import EventSyntax

/// Turns the tables of a retention into rows: one per cohort that has somebody and per column that has begun.
struct RetentionRows {
    /// One cell.
    private struct Cell {
        var cohort: Int
        var column: Int
        var size: Int
        var users: Int
        var isComplete: Bool
    }

    let plan: RetentionPlan
    /// Of labels.
    let buckets: CalendarBuckets
    /// Of everybody: a period has begun where it begins first, and is over where it ends last.
    let zones: [CalendarBuckets]
    /// The last instant that the data reaches.
    let lastInstant: Int64

    /// - Parameter tables: with their labels: one without BREAKDOWN.
    func make(_ tables: [(label: Value, table: RetentionTable)]) -> [[Value]] {
        let cells = tables.map { self.cells($0.table) }
        let pValues: [[Double?]] =
            switch plan.breakdown?.attribution {
            case nil: cells.map { compareCohorts($0) }
            // People are under several values, so these are no samples apart.
            case .all: cells.map { $0.map { _ in nil } }
            case .entry, .first, .last: compareValues(cells)
            }
        var rows: [[Value]] = []
        for (index, entry) in tables.enumerated() {
            let means = means(cells[index], columnCount: entry.table.columns.count)
            for (cell, pValue) in zip(cells[index], pValues[index]) {
                let row = row(cell, entry.table, means[cell.column], pValue)
                rows.append(plan.breakdown == nil ? row : [entry.label] + row)
            }
        }
        return rows
    }

    private func cells(_ table: RetentionTable) -> [Cell] {
        var cells: [Cell] = []
        for (index, cohort) in table.cohorts.enumerated() where table.sizes[index] > 0 {
            for (column, span) in table.columns.enumerated() {
                if start(cohort, span.lowerBound) > lastInstant { break }
                let returned = table.returned[index * table.columns.count + column]
                cells.append(
                    Cell(
                        cohort: cohort, column: column, size: table.sizes[index],
                        users: column == 0 ? table.sizes[index] : returned,
                        isComplete: end(cohort, span.upperBound) <= lastInstant))
            }
        }
        return cells
    }

    /// The first instant of a period, for whoever started first.
    private func start(_ cohort: Int, _ period: Int) -> Int64 {
        if plan.clock == .calendar { return zones.firstStart(cohort + period) }
        return zones.firstStart(cohort) + Int64(period) * RetentionFold.rollingMicros(plan.every)
    }

    /// The instant behind a period, for whoever started last.
    private func end(_ cohort: Int, _ period: Int) -> Int64 {
        if plan.clock == .calendar { return zones.lastStart(cohort + period + 1) }
        return zones.lastStart(cohort + 1) + Int64(period + 1) * RetentionFold.rollingMicros(plan.every)
    }

    /// Of each column over its complete cells: the rate of all people together, the mean of the rates, and how many people
    /// there are (S47).
    private func means(_ cells: [Cell], columnCount: Int) -> [(weighted: Double, mean: Double, size: Int)?] {
        var found = [(users: Int, size: Int, rates: Double, count: Int)](repeating: (0, 0, 0, 0), count: columnCount)
        for cell in cells where cell.isComplete {
            found[cell.column].users += cell.users
            found[cell.column].size += cell.size
            found[cell.column].rates += Double(cell.users) / Double(cell.size)
            found[cell.column].count += 1
        }
        return found.map { entry in
            entry.count == 0
                ? nil
                : (Double(entry.users) / Double(entry.size), entry.rates / Double(entry.count), entry.size)
        }
    }

    /// Each complete cell against the other cohorts of its column, corrected for their number.
    private func compareCohorts(_ cells: [Cell]) -> [Double?] {
        var result = [Double?](repeating: nil, count: cells.count)
        for (column, places) in Dictionary(grouping: cells.indices, by: { cells[$0].column }) where column > 0 {
            let complete = places.filter { cells[$0].isComplete }
            for (place, value) in zip(complete, compare(complete.map { (cells[$0].users, cells[$0].size) })) {
                result[place] = value
            }
        }
        return result
    }

    /// Each complete cell against the other breakdown values of its cohort and column.
    private func compareValues(_ cells: [[Cell]]) -> [[Double?]] {
        var result = cells.map { [Double?](repeating: nil, count: $0.count) }
        let places = cells.indices.flatMap { table in cells[table].indices.map { (table, $0) } }
        let complete = places.filter { cells[$0.0][$0.1].isComplete && cells[$0.0][$0.1].column > 0 }
        let groups = Dictionary(grouping: complete) { [cells[$0.0][$0.1].cohort, cells[$0.0][$0.1].column] }
        for group in groups.values {
            let values = compare(group.map { (cells[$0.0][$0.1].users, cells[$0.0][$0.1].size) })
            for (place, value) in zip(group, values) { result[place.0][place.1] = value }
        }
        return result
    }

    private func compare(_ cells: [(users: Int, size: Int)]) -> [Double?] {
        let users = cells.reduce(0) { $0 + $1.users }
        let size = cells.reduce(0) { $0 + $1.size }
        return RateComparison.holm(
            cells.map { RateComparison.pValue(($0.users, $0.size), (users - $0.users, size - $0.size)) })
    }

    private func row(
        _ cell: Cell, _ table: RetentionTable, _ mean: (weighted: Double, mean: Double, size: Int)?, _ pValue: Double?
    ) -> [Value] {
        let place = (cell.cohort - table.cohorts.lowerBound) * table.columns.count + cell.column
        let interval = WilsonInterval(successes: cell.users, of: cell.size, z: Normal.z(confidence: plan.confidence))
        var row: [Value] = [
            buckets.label(cell.cohort), .int64(Int64(cell.size)),
            .int64(Int64(table.columns[cell.column].lowerBound)), .int64(Int64(cell.users)),
            .double(Double(cell.users) / Double(cell.size)), .int64(Int64(table.returned[place])),
            .bool(cell.isComplete), optional(interval?.low), optional(interval?.high), optional(pValue),
            optional(mean?.weighted), optional(mean?.mean), mean.map { .int64(Int64($0.size)) } ?? .null,
        ]
        switch plan.value {
        case .sum: row.append(.double(table.sums.isEmpty ? 0 : table.sums[place]))
        case .average:
            let count = table.valueCounts.isEmpty ? 0 : table.valueCounts[place]
            row.append(count == 0 ? .null : .double(table.sums[place] / Double(count)))
        case nil: break
        }
        return row
    }

    private func optional(_ value: Double?) -> Value { value.map { .double($0) } ?? .null }
}
