package import EventSyntax

/// A cohort's definition with its names resolved (SPEC 3.4).
package struct CohortPlan: Sendable {
    /// What is asked about a person's rows of a kind, in all time or in a period.
    package struct Condition: Sendable {
        /// What is measured and compared with the threshold.
        package enum Measure: Sendable {
            case count
            /// Calendar periods (UTC) with a row.
            case periods(CalendarUnit)
            /// Different values, NULLs left out.
            case distinct(BoundExpression)
            /// Of DOUBLE values; NULLs are left out.
            case sum(BoundExpression), average(BoundExpression), minimum(BoundExpression), maximum(BoundExpression)
            /// 1 where the first or last row of all time lies in the period.
            case first, last
            /// How many of the selector and `later` come in this order, the last no later than `within` microseconds
            /// after the first.
            case sequence(later: [SelectorPlan], within: Int64?)
        }

        package var selector: SelectorPlan
        package var measure: Measure
        package var comparison: PerformedCondition.Comparison
        package var threshold: Double
        /// Microseconds before the cohort's end; nil: `timeRange` says when.
        package var lastMicros: Int64?
        /// Instants that rows must lie in, inclusive.
        package var timeRange: ClosedRange<Int64> = Int64.min...Int64.max
        /// As written, for explaining.
        package var text = ""

        package init(
            selector: SelectorPlan, measure: Measure = .count,
            comparison: PerformedCondition.Comparison = .greaterOrEqual, threshold: Double = 1
        ) {
            self.selector = selector
            self.measure = measure
            self.comparison = comparison
            self.threshold = threshold
        }

        /// Whether a person with this measure meets it; nil: there is nothing to compare.
        package func holds(_ found: Double?) -> Bool {
            guard let found else { return false }
            return switch comparison {
            case .equal: found == threshold
            case .notEqual: found != threshold
            case .less: found < threshold
            case .lessOrEqual: found <= threshold
            case .greater: found > threshold
            case .greaterOrEqual: found >= threshold
            }
        }

        /// Whether somebody without any such row meets it: nothing counts and sums up to 0 and has no mean and no extremes.
        package var holdsForStrangers: Bool {
            switch measure {
            case .count, .periods, .distinct, .sum: holds(0)
            default: false
            }
        }

        package var countsRows: Bool { if case .count = measure { true } else { false } }
        package var isAllTime: Bool { lastMicros == nil && timeRange == Int64.min...Int64.max }

        /// Whether all that matters is having a row or none.
        package var asksOnlyForPresence: Bool {
            guard countsRows else { return false }
            return switch comparison {
            case .equal, .notEqual, .lessOrEqual, .greater: threshold == 0
            case .less, .greaterOrEqual: threshold == 1
            }
        }

        /// The selectors in order: more than one for a sequence.
        package var selectors: [SelectorPlan] {
            if case .sequence(let later, _) = measure { [selector] + later } else { [selector] }
        }

        /// What is summed or compared, if values are.
        package var value: BoundExpression? {
            switch measure {
            case .sum(let value), .average(let value), .minimum(let value), .maximum(let value), .distinct(let value):
                value
            default: nil
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
