import EventBase

/// Statements about what people do over time, alone or inside `FROM (...)`.
extension Parser {
    /// FUNNEL, RETENTION and their kin are names unless FROM follows.
    func startsBehaviour(ahead: Int) -> Bool {
        switch peek(ahead).keyword {
        case .funnel, .retention: peek(ahead + 1).keyword == .from
        default: false
        }
    }

    mutating func behaviour() throws(EventSQLError) -> BehaviourStatement {
        throw unexpected("a query")
    }
}
