internal import EventColumns
package import EventSyntax

/// A FUNNEL whose names are resolved and whose defaults are filled in (SPEC 3.2).
package struct FunnelPlan: BehaviourPlan {
    package struct Step: Sendable {
        package var name: String
        package var selector: SelectorPlan
        package var isOptional: Bool
        package var isAnchored = false
        package var occurrence = FunnelStatement.Step.Occurrence.any
        /// At most this long after the step before; nil: only the window counts.
        package var gapMicros: Int64?

        package init(name: String, selector: SelectorPlan, isOptional: Bool = false) {
            self.name = name
            self.selector = selector
            self.isOptional = isOptional
        }
    }

    package struct Exclusion: Sendable {
        package var selector: SelectorPlan
        /// Indexes into `steps`.
        package var after: Int
        package var before: Int
        package var dropsPerson: Bool
    }

    /// Which row's value a person is counted under (S19).
    package enum Attribution: Sendable, Equatable {
        case entry, first, last, all
        /// Index into `steps`.
        case step(Int)
    }

    package struct Breakdown: Sendable {
        package var expression: BoundExpression
        package var attribution: Attribution
        package var top: Int?
    }

    /// The only row of step 1 that opens an attempt of a person.
    package enum OnlyEntry: Sendable { case first, last }

    /// What is counted (S15).
    package enum Counting: Sendable, Equatable {
        /// A person once, by the best attempt.
        case persons
        /// A session once.
        case sessions
        /// Every row of step 1.
        case entries
        /// Attempts one after the other: the next begins behind the last.
        case totals
    }

    /// What a session is.
    package enum Sessions: Sendable {
        /// Rows with one value; rows without it are left out.
        case column(BoundExpression)
        /// Rows of a person that follow each other within this many microseconds.
        case gap(Int64)
    }

    /// What the rows are.
    package enum Output: Sendable, Equatable {
        case steps
        /// People whose deepest required step (counted from 1) lies in the range.
        case users(ClosedRange<Int>)
        /// Conversions with the instant of each step.
        case times
        case histogram(bins: Int?)
    }

    package var table: String
    package var layout: ScanLayout
    package var steps: [Step]
    /// One or more; each yields its own rows.
    package var windows: [Duration]
    package var order: FunnelStatement.Order = .ordered
    package var ties: FunnelStatement.Ties = .any
    /// Rows in one slot of this length, cut from 1970, are at one instant.
    package var tieMicros: Int64?
    /// The only row of step 1 that opens an attempt; nil: every one does.
    package var entersAt: OnlyEntry?
    package var exclusions: [Exclusion] = []
    package var hold: [BoundExpression] = []
    package var breakdown: Breakdown?
    package var every: CalendarUnit?
    package var calendar = PeriodCalendar()
    package var counting = Counting.persons
    /// Attempts stay inside a session.
    package var sessions: Sessions?
    /// Who is counted instead of persons; rows where it is NULL are left out (S17).
    package var key: BoundExpression?
    /// Of the intervals of all rates.
    package var confidence = 0.95
    package var filter = RowFilterPlan()
    package var output = Output.steps
    /// Whether anybody asks how long steps took; the columns that tell are NULL otherwise.
    package var needsTimes = true
    package var notes: [String] = []

    /// 30 minutes, as most of the field: ends a session where the table has no session column.
    package static let sessionGapMicros: Int64 = 30 * 60_000_000
    /// Longer than any distance of two instants: WITHIN SESSION alone.
    package static let noWindow = Duration(micros: 1 << 60, text: "SESSION")

    /// 14 days, as PostHog: used where the statement has no WITHIN, and then echoed.
    package static let defaultWindow = Duration(micros: 14 * 86_400_000_000, text: "14 DAYS")

    package init(table: String, layout: ScanLayout, steps: [Step], windows: [Duration]) {
        self.table = table
        self.layout = layout
        self.steps = steps
        self.windows = windows
    }

    package var columns: [OutputColumn] {
        var columns: [OutputColumn] = []
        if windows.count > 1 { columns.append(OutputColumn("window", .string)) }
        let value = breakdown == nil ? [] : [OutputColumn("breakdown", .string)]
        switch output {
        case .users:
            return columns + [OutputColumn(whoColumn, .string)] + value + [
                OutputColumn("step", .int64), OutputColumn("name", .string),
                OutputColumn("entered_at", .timestamp), OutputColumn("reached_at", .timestamp),
            ]
        case .times:
            return columns + [OutputColumn(whoColumn, .string)] + value
                + steps.map { OutputColumn("\($0.name)_at", .timestamp) }
        case .histogram:
            return columns + [
                OutputColumn("bin", .int64), OutputColumn("from_seconds", .double),
                OutputColumn("to_seconds", .double), OutputColumn(countColumn, .int64),
            ]
        case .steps: break
        }
        columns += value
        if let every { columns.append(OutputColumn("period", every == .hour ? .timestamp : .date)) }
        columns += [
            OutputColumn("step", .int64), OutputColumn("name", .string), OutputColumn(countColumn, .int64),
            OutputColumn("step_rate", .double), OutputColumn("total_rate", .double),
            OutputColumn("median_seconds", .double), OutputColumn("mean_seconds", .double),
            OutputColumn("p90_seconds", .double), OutputColumn("median_total_seconds", .double),
            OutputColumn("step_low", .double),
            OutputColumn("step_high", .double), OutputColumn("total_low", .double), OutputColumn("total_high", .double),
        ]
        if every != nil { columns.append(OutputColumn("complete", .bool)) }
        if comparesBreakdown { columns.append(OutputColumn("p_value", .double)) }
        return columns
    }

    /// Whether each breakdown value is tested against the rest.
    package var comparesBreakdown: Bool { breakdown != nil && every == nil && breakdown?.attribution != .all }

    private var whoColumn: String { key == nil ? "user_id" : "key" }

    private var countColumn: String {
        switch counting {
        case .persons: key == nil ? "users" : "keys"
        case .sessions: "sessions"
        case .entries, .totals: "attempts"
        }
    }

    private static let timeColumns: Set = ["median_seconds", "mean_seconds", "p90_seconds", "median_total_seconds"]

    package func narrowed(to columns: [Int]) -> FunnelPlan {
        guard output == .steps else { return self }
        let all = self.columns
        var plan = self
        plan.needsTimes = columns.contains { Self.timeColumns.contains(all[$0].name) }
        return plan
    }

    package var explainLines: [String] {
        ["Funnel of \(steps.count) steps from \(table)"] + steps.map { "  \($0.name)" } + notes.map { "  \($0)" }
            + (needsTimes ? [] : ["  nobody asks for times"])
    }
}
