import EventColumns

/// GROUP BY date_trunc('day', t): groups by the date, a small number that needs no hashing, and makes instants of the groups' dates.
enum DayKeyRule {
    static func apply(_ plan: LogicalPlan) -> LogicalPlan {
        let plan = plan.mapInputs(apply)
        guard case .aggregate(var node) = plan else { return plan }
        let outputs = node.columns
        var changed: Set<Int> = []
        for (index, key) in node.keys.enumerated() {
            guard case .call(let call) = key, let time = instant(truncatedToDayBy: call) else { continue }
            node.keys[index] = .cast(time, to: .date, isTry: false, call.place)
            changed.insert(index)
        }
        if changed.isEmpty { return plan }
        let expressions = outputs.enumerated().map { index, column -> BoundExpression in
            let isDate = changed.contains(index)
            let value = BoundExpression.column(index, isDate ? .date : column.type, Place())
            return isDate ? .cast(value, to: .timestamp, isTry: false, Place()) : value
        }
        return .project(ProjectNode(input: .aggregate(node), expressions: expressions, names: outputs.map(\.name)))
    }

    private static func instant(truncatedToDayBy call: BoundCall) -> BoundExpression? {
        guard call.function == "date_trunc", call.arguments.count == 2, call.type == .timestamp,
            call.arguments[1].type == .timestamp, case .string(let unit) = call.arguments[0].constantValue,
            unit.lowercased() == "day"
        else { return nil }
        return call.arguments[1]
    }
}
