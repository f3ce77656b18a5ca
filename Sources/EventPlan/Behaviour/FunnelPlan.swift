internal import EventColumns
package import EventSyntax

/// A FUNNEL whose names are resolved and whose defaults are filled in (SPEC 3.2).
package struct FunnelPlan: Sendable {
    package struct Step: Sendable {
        package var name: String
        package var selector: SelectorPlan

        package init(name: String, selector: SelectorPlan) {
            self.name = name
            self.selector = selector
        }
    }

    package var table: String
    package var steps: [Step]
    package var windowMicros: Int64
    package var order: FunnelStatement.Order = .ordered
    package var ties: FunnelStatement.Ties = .any
    /// What was assumed, one sentence each; shown with the result.
    package var notes: [String] = []

    /// 14 days, as PostHog: used where the statement has no WITHIN, and then echoed.
    package static let defaultWindow = Duration(micros: 14 * 86_400_000_000, text: "14 DAYS")

    package init(table: String, steps: [Step], windowMicros: Int64) {
        self.table = table
        self.steps = steps
        self.windowMicros = windowMicros
    }

    package var columns: [ResultColumn] {
        [
            ResultColumn("step", .int64), ResultColumn("name", .string), ResultColumn("users", .int64),
            ResultColumn("step_rate", .double), ResultColumn("total_rate", .double),
            ResultColumn("median_seconds", .double), ResultColumn("mean_seconds", .double),
            ResultColumn("median_total_seconds", .double), ResultColumn("step_low", .double),
            ResultColumn("step_high", .double), ResultColumn("total_low", .double), ResultColumn("total_high", .double),
        ]
    }
}
