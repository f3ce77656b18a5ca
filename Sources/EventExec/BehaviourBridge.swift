import EventBase
import EventColumns
import EventPlan

/// The one place where SQL execution meets behaviour statements.
enum BehaviourBridge {
    static func run(
        _ plan: any BehaviourPlan, snapshot: any EventSnapshot, context: QueryContext, nowMicros: Int64
    ) throws(EventSQLError) -> BehaviourResult {
        try BehaviourExecutor.run(plan, snapshot: snapshot, context: context)
    }
}
