internal import EventColumns
package import EventSyntax

/// A FUNNEL whose names are resolved and whose defaults are filled in (SPEC 3.2).
package struct FunnelPlan: BehaviourPlan {
    package struct Step: Sendable {
        package var name: String
        package var selector: SelectorPlan
        package var isOptional: Bool

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

    /// What the rows are.
    package enum Output: Sendable, Equatable {
        case steps
        /// People whose deepest step (counted from 1) lies in the range.
        case users(ClosedRange<Int>)
        case histogram(bins: Int?)
    }

    package var table: String
    package var layout: ScanLayout
    package var steps: [Step]
    /// One or more; each yields its own rows.
    package var windows: [Duration]
    package var order: FunnelStatement.Order = .ordered
    package var ties: FunnelStatement.Ties = .any
    /// Only the person's first row of step 1 opens an attempt.
    package var entersOnce = false
    package var exclusions: [Exclusion] = []
    package var hold: [BoundExpression] = []
    package var breakdown: Breakdown?
    package var every: CalendarUnit?
    package var filter = RowFilterPlan()
    package var output = Output.steps
    package var notes: [String] = []

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
        switch output {
        case .users:
            return columns + [
                OutputColumn("user_id", .string), OutputColumn("step", .int64), OutputColumn("name", .string),
                OutputColumn("entered_at", .timestamp), OutputColumn("reached_at", .timestamp),
            ]
        case .histogram:
            return columns + [
                OutputColumn("bin", .int64), OutputColumn("from_seconds", .double),
                OutputColumn("to_seconds", .double), OutputColumn("users", .int64),
            ]
        case .steps: break
        }
        if breakdown != nil { columns.append(OutputColumn("breakdown", .string)) }
        if let every { columns.append(OutputColumn("period", every == .hour ? .timestamp : .date)) }
        columns += [
            OutputColumn("step", .int64), OutputColumn("name", .string), OutputColumn("users", .int64),
            OutputColumn("step_rate", .double), OutputColumn("total_rate", .double),
            OutputColumn("median_seconds", .double), OutputColumn("mean_seconds", .double),
            OutputColumn("median_total_seconds", .double), OutputColumn("step_low", .double),
            OutputColumn("step_high", .double), OutputColumn("total_low", .double), OutputColumn("total_high", .double),
        ]
        if every != nil { columns.append(OutputColumn("complete", .bool)) }
        return columns
    }

    package var explainLines: [String] {
        ["Funnel of \(steps.count) steps from \(table)"] + steps.map { "  \($0.name)" } + notes.map { "  \($0)" }
    }
}
