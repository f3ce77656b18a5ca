package import EventSyntax

/// A cohort's definition with its names resolved (SPEC 3.4).
package struct CohortPlan: Sendable {
    /// `DID`, `COUNT`: how often a person has rows of a kind, in all time or in a last period.
    package struct Condition: Sendable {
        package var selector: SelectorPlan
        package var comparison: PerformedCondition.Comparison
        package var count: Int
        /// Microseconds before the cohort's end; nil: `timeRange` says when.
        package var lastMicros: Int64?
        /// Instants that rows must lie in, inclusive.
        package var timeRange: ClosedRange<Int64> = Int64.min...Int64.max

        package init(
            selector: SelectorPlan, comparison: PerformedCondition.Comparison = .greaterOrEqual, count: Int = 1
        ) {
            self.selector = selector
            self.comparison = comparison
            self.count = count
        }

        /// Whether a person with `found` rows meets it.
        package func holds(_ found: Int) -> Bool {
            switch comparison {
            case .equal: found == count
            case .notEqual: found != count
            case .less: found < count
            case .lessOrEqual: found <= count
            case .greater: found > count
            case .greaterOrEqual: found >= count
            }
        }

        package var isAllTime: Bool { lastMicros == nil && timeRange == Int64.min...Int64.max }

        /// Whether all that matters is having a row or none.
        package var asksOnlyForPresence: Bool {
            switch comparison {
            case .equal, .notEqual, .lessOrEqual, .greater: count == 0
            case .less, .greaterOrEqual: count == 1
            }
        }
    }

    /// How conditions combine; a person is in or out, never unknown.
    package indirect enum Tree: Sendable {
        case and(Tree, Tree)
        case or(Tree, Tree)
        case not(Tree)
        /// Index into `conditions`.
        case condition(Int)
        case cohort(String)
    }

    package var table: String
    package var layout: ScanLayout
    package var conditions: [Condition]
    package var tree: Tree
    /// The end of every last period, inclusive; nil: the latest event, but never later than now.
    package var asOfMicros: Int64?
    package var notes: [String] = []

    package init(table: String, layout: ScanLayout, conditions: [Condition], tree: Tree) {
        self.table = table
        self.layout = layout
        self.conditions = conditions
        self.tree = tree
    }
}
