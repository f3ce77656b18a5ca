internal import EventColumns
package import EventSyntax

/// A RETENTION whose names are resolved and whose defaults are filled in (SPEC 3.3).
package struct RetentionPlan: BehaviourPlan {
    package var table: String
    package var layout: ScanLayout
    package var start: SelectorPlan
    package var returning: SelectorPlan
    package var every: CalendarUnit
    /// Periods after period 0; nil: as many as the data has, up to `defaultPeriodMax`.
    package var periods: Int?
    package var occurrence: RetentionStatement.Occurrence = .firstTime
    package var criterion: RetentionStatement.Criterion = .on
    /// Last period of each bracket, ascending; empty: every period by itself.
    package var brackets: [Int] = []
    /// Rows with a return that a period must have.
    package var minimum = 1
    /// Who is counted instead of persons; rows where it is NULL are left out.
    package var key: BoundExpression?
    package var clock: RetentionStatement.Clock = .calendar
    package var calendar = PeriodCalendar()
    /// A number of the return rows that each cell adds up or averages.
    package var value: Value?
    /// One table for each value: `.entry` is that of the row which starts a cohort.
    package var breakdown: PersonBreakdown?
    /// Of the intervals of all rates.
    package var confidence = 0.95
    /// Rows are people and periods instead of counts.
    package var listsUsers = false
    /// Its time range bounds cohorts and returns. The first start ever is looked for outside it too (S38).
    package var filter = RowFilterPlan()
    package var notes: [String] = []

    package enum Value: Sendable {
        case sum(BoundExpression)
        case average(BoundExpression)

        package var expression: BoundExpression {
            switch self {
            case .sum(let expression), .average(let expression): expression
            }
        }
    }

    package init(table: String, layout: ScanLayout, start: SelectorPlan, returning: SelectorPlan, every: CalendarUnit) {
        self.table = table
        self.layout = layout
        self.start = start
        self.returning = returning
        self.every = every
    }

    /// A triangle that still fits a screen.
    package static func defaultPeriodMax(_ unit: CalendarUnit) -> Int {
        switch unit {
        case .hour: 48
        case .day: 30
        case .week: 26
        case .month: 24
        case .quarter: 12
        case .year: 10
        }
    }

    package var columns: [OutputColumn] {
        let cohort = OutputColumn("cohort", every == .hour ? .timestamp : .date)
        if listsUsers {
            return [
                OutputColumn(key == nil ? "user_id" : "key", .string), cohort, OutputColumn("period", .int64),
                OutputColumn("returns", .int64),
            ]
        }
        var columns = breakdown == nil ? [] : [OutputColumn("breakdown", .string)]
        columns += [
            cohort, OutputColumn("size", .int64), OutputColumn("period", .int64),
            OutputColumn(key == nil ? "users" : "keys", .int64), OutputColumn("rate", .double),
            OutputColumn("returned", .int64), OutputColumn("complete", .bool), OutputColumn("low", .double),
            OutputColumn("high", .double), OutputColumn("p_value", .double), OutputColumn("weighted_rate", .double),
            OutputColumn("mean_rate", .double), OutputColumn("mean_size", .int64),
        ]
        if value != nil { columns.append(OutputColumn("value", .double)) }
        return columns
    }

    package var explainLines: [String] { ["Retention from \(table)"] + notes.map { "  \($0)" } }
}
