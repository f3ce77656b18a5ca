internal import EventColumns
import EventSyntax

/// A SESSIONS whose names are resolved and whose defaults are filled in (SPEC 3.11).
package struct SessionsPlan: BehaviourPlan {
    package var table: String
    package var layout: ScanLayout
    /// What has sessions instead of people.
    package var key: BoundExpression?
    /// A longer pause ends a session; nil: no pause does.
    package var gapMicros: Int64?
    /// The session's own id; rows without one belong to no session.
    package var identifier: BoundExpression?
    /// Only such a row opens a session; nil: any row does.
    package var start: SelectorPlan?
    /// Such a row is its session's last.
    package var end: SelectorPlan?
    /// A row later than this after its session's first opens another.
    package var maximumMicros: Int64?
    /// `.entry` is a session's first row.
    package var breakdown: RowBreakdown?
    package var filter = RowFilterPlan()
    package var notes: [String] = []

    package init(table: String, layout: ScanLayout) {
        self.table = table
        self.layout = layout
    }

    package var columns: [OutputColumn] {
        [OutputColumn(key == nil ? "user_id" : "key", .string), OutputColumn("session", .int64)]
            + (identifier == nil ? [] : [OutputColumn("session_id", .string)])
            + [
                OutputColumn("started_at", .timestamp), OutputColumn("ended_at", .timestamp),
                OutputColumn("seconds", .double), OutputColumn("events", .int64),
                OutputColumn("first_event", .string), OutputColumn("last_event", .string),
            ] + (breakdown == nil ? [] : [OutputColumn("breakdown", .string)])
    }

    package var explainLines: [String] { ["Sessions from \(table)"] + notes.map { "  \($0)" } }
}

/// A TIMELINE whose names are resolved (SPEC 3.11).
package struct TimelinePlan: BehaviourPlan {
    package var table: String
    package var layout: ScanLayout
    /// An id of the person; their other ids count too.
    package var user: String
    package var filter = RowFilterPlan()
    package var notes: [String] = []

    package init(table: String, layout: ScanLayout, user: String) {
        self.table = table
        self.layout = layout
        self.user = user
    }

    package var columns: [OutputColumn] {
        [
            OutputColumn("timestamp", .timestamp), OutputColumn("event_name", .string),
            OutputColumn("seconds_since_previous", .double), OutputColumn("user_id", .string),
            OutputColumn("properties", .json),
        ]
    }

    package var explainLines: [String] { ["Timeline of \(user) from \(table)"] + notes.map { "  \($0)" } }
}
