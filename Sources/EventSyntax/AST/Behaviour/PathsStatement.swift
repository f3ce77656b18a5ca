package import EventBase

/// `PATHS FROM table ...`: what people do one after another, as edges of a Sankey diagram. SPEC 3.
package struct PathsStatement: Sendable, Equatable {
    package enum Output: String, Sendable { case edges = "EDGES", paths = "PATHS", users = "USERS" }
    /// REPLACE 'regex' WITH 'text' on node names.
    package struct Replacement: Sendable, Equatable {
        package var pattern: String
        package var text: String

        package init(pattern: String, text: String) {
            self.pattern = pattern
            self.text = text
        }
    }

    package var table: String
    package var key: Expression?
    /// AFTER: paths start at such an event.
    package var after: EventSelector?
    /// BEFORE: paths end at such an event.
    package var before: EventSelector?
    /// Nodes of a path (S56).
    package var depth = 5
    /// A longer gap ends a path.
    package var within: Duration?
    package var withinSession = false
    package var exclusions: [EventSelector] = []
    /// ONLY: other events are invisible.
    package var only: [EventSelector] = []
    /// The node's name; nil: the event's name.
    package var node: Expression?
    package var replacements: [Replacement] = []
    /// KEEP REPEATS: the same node twice in a row stays twice.
    package var keepsRepeats = false
    package var count: CountUnit = .users
    /// Edges shown, largest first; the rest is one row (S57).
    package var top: Int?
    package var minimum: Int?
    package var maximum: Int?
    package var output: Output = .edges
    package var breakdown: Breakdown?
    package var filter: Expression?
    package var position: SourcePosition

    package init(table: String, position: SourcePosition) {
        self.table = table
        self.position = position
    }
}
