/// An aggregate that reads the rows of a group in order of time: ClickHouse's `windowFunnel` and its kin.
///
/// The arguments of the call are the time (but for `retention`), then what the function needs, then the conditions.
package enum StreamFunction: Sendable, Equatable {
    /// Arguments: time, conditions.
    case windowFunnel(WindowFunnelRules)
    /// Arguments: conditions.
    case retention
    /// Arguments: time, conditions.
    case sequence(SequencePattern, SequenceAnswer)
    /// Arguments: time, value, whether the row may be the base, conditions.
    case nextNode(NextNodeRules)

    /// Arguments before the first condition.
    package var leadCount: Int {
        switch self {
        case .retention: 0
        case .windowFunnel, .sequence: 1
        case .nextNode: 3
        }
    }

    /// Conditions are bits of one word, whose last bit marks base rows.
    package static let conditionCountMax = 63
}

/// What `window_funnel` demands beside the order of steps. All off: ClickHouse's default mode.
package struct WindowFunnelRules: Sendable, Equatable {
    /// The longest time from the first step to any other, in units of the time argument, the end included.
    package var window: Int64
    /// A repeated step ends everything.
    package var refusesRepeats = false
    /// A row without a condition, or a step too early, ends everything.
    package var isStrictlyOrdered = false
    /// With `isStrictlyOrdered`: a step too early is passed over.
    package var passesEarlySteps = false
    /// Each step at a later time than the one before.
    package var isIncreasing = false
    /// A row serves one step.
    package var usesRowsOnce = false

    package init(window: Int64) { self.window = window }
}

package enum SequenceAnswer: Sendable, Equatable { case matches, count, times }

/// Which row `sequence_next_node` starts from, and where it goes.
package struct NextNodeRules: Sendable, Equatable {
    package enum Base: String, Sendable { case head, tail, firstMatch = "first_match", lastMatch = "last_match" }
    package var isForward: Bool
    package var base: Base
}

/// The names that mean stream functions; names are in lower case, so ClickHouse's spelling is among them.
package enum StreamTable {
    package enum Family: Sendable { case windowFunnel, retention, sequence(SequenceAnswer), nextNode }

    package static let byName: [String: Family] = [
        "window_funnel": .windowFunnel, "windowfunnel": .windowFunnel, "retention": .retention,
        "sequence_match": .sequence(.matches), "sequencematch": .sequence(.matches),
        "sequence_count": .sequence(.count), "sequencecount": .sequence(.count),
        "sequence_match_events": .sequence(.times), "sequencematchevents": .sequence(.times),
        "sequence_next_node": .nextNode, "sequencenextnode": .nextNode,
    ]
}
