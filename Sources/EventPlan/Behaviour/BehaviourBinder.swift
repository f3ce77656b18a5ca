package import EventBase
package import EventSyntax

/// Resolves the names of FUNNEL, RETENTION and their kin, fills in defaults and says which it used.
package struct BehaviourBinder: BehaviourBinding {
    package init() {}

    package func bind(
        _ statement: BehaviourStatement, with binder: Binder
    ) throws(EventSQLError) -> any BehaviourPlan {
        switch statement {
        case .funnel(let statement): return try bind(statement, binder)
        case .retention(let statement): return try bind(statement, binder)
        case .stickiness(let statement): return try bind(statement, binder)
        case .lifecycle(let statement): return try bind(statement, binder)
        case .sessions(let statement): return try bind(statement, binder)
        case .paths(let statement): return try bind(statement, binder)
        case .timeline(let statement): return try bind(statement, binder)
        case .trends(let statement): return try bind(statement, binder)
        }
    }
}
