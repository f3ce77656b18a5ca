import EventBase
import EventColumns
import EventSyntax

extension Binder {
    func bindQuery(_ query: Query, _ context: BindContext) throws(EventSQLError) -> LogicalPlan {
        throw EventSQLError(.internal, "queries are bound elsewhere")
    }
}
