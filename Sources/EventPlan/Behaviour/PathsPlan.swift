internal import EventColumns
package import EventSyntax

/// What paths and sessions are broken down by: the value on one row of each.
package struct RowBreakdown: Sendable {
    package var expression: BoundExpression
    /// Which row's value it is; never `.all`.
    package var attribution: PersonBreakdown.Attribution
    /// The values of the most; the rest is one.
    package var top: Int?
}

/// A PATHS whose names are resolved and whose defaults are filled in (SPEC 3.8).
package struct PathsPlan: BehaviourPlan {
    package var table: String
    package var layout: ScanLayout
    /// What has paths instead of people.
    package var key: BoundExpression?
    package var after: SelectorPlan?
    package var before: SelectorPlan?
    /// Nodes of a path, at most.
    package var depth: Int
    /// A longer pause between two rows ends a session; nil: the session column says.
    package var gapMicros: Int64?
    /// The session column, for WITHIN SESSION.
    package var session: BoundExpression?
    package var exclusions: [SelectorPlan] = []
    /// Empty: every event is visible.
    package var only: [SelectorPlan] = []
    /// The node's name; rows where it is NULL are not seen.
    package var node: BoundExpression
    package var keepsRepeats = false
    package var count = CountUnit.users
    /// What is shown, the largest first; the rest becomes one row.
    package var top: Int?
    package var minimum: Int?
    package var maximum: Int?
    package var output = PathsStatement.Output.edges
    /// `.entry` is the row that a path is anchored at.
    package var breakdown: RowBreakdown?
    package var filter = RowFilterPlan()
    package var notes: [String] = []

    /// Where the statement has no WITHIN, as in PostHog; echoed then.
    package static let defaultGap = Duration(micros: 30 * 60_000_000, text: "30 MINUTES")

    package init(table: String, layout: ScanLayout, depth: Int, node: BoundExpression) {
        self.table = table
        self.layout = layout
        self.depth = depth
        self.node = node
    }

    package var columns: [OutputColumn] {
        let front = breakdown == nil ? [] : [OutputColumn("breakdown", .string)]
        if output == .users {
            return [OutputColumn(key == nil ? "user_id" : "key", .string)] + front + [
                OutputColumn("path", .string), OutputColumn("length", .int64), OutputColumn("started_at", .timestamp),
                OutputColumn("seconds", .double),
            ]
        }
        let numbers = [
            OutputColumn(key == nil ? "users" : "keys", .int64), OutputColumn("count", .int64),
            OutputColumn("share", .double),
            OutputColumn("median_seconds", .double),
        ]
        if output == .paths {
            return front + [OutputColumn("path", .string), OutputColumn("length", .int64)] + numbers
        }
        return front + [OutputColumn("step", .int64), OutputColumn("source", .string), OutputColumn("target", .string)]
            + numbers
    }

    package var explainLines: [String] { ["Paths from \(table)"] + notes.map { "  \($0)" } }
}
