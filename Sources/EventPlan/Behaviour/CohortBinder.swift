package import EventBase
package import EventSyntax
import EventColumns

/// Resolves the names of a cohort's definition.
package struct CohortBinder {
    private let scope: BehaviourScope
    private var conditions: [CohortPlan.Condition] = []

    /// The plan of `USERS [FROM table] WHERE condition [AS OF ...]`. A definition by query is the query binder's.
    package static func bind(
        table: String, condition: CohortCondition, asOf: String?, position: SourcePosition, with binder: Binder
    ) throws(EventSQLError) -> CohortPlan {
        var cohort = CohortBinder(scope: try BehaviourScope(table: table, position: position, binder: binder))
        let tree = try cohort.bind(condition)
        var plan = CohortPlan(table: table, layout: cohort.scope.layout, conditions: cohort.conditions, tree: tree)
        if let asOf {
            guard let instant = TimestampText.parse(asOf) else {
                throw EventSQLError(.binding, "AS OF '\(asOf)' is no instant", position: position)
            }
            plan.asOfMicros = instant
        }
        let end = asOf.map { "'\($0)'" } ?? "the latest event, but never later than now"
        plan.notes = [
            "members: people after identity merges; NOT and counts that allow zero range over everybody seen",
            "IN LAST n: the period that ends with, and includes, \(end)",
        ]
        if cohort.conditions.contains(where: { if case .periods = $0.measure { true } else { false } }) {
            plan.notes.append("DAYS, WEEKS, MONTHS: calendar periods in UTC, weeks from Monday")
        }
        return plan
    }

    private mutating func bind(_ condition: CohortCondition) throws(EventSQLError) -> CohortPlan.Tree {
        switch condition {
        case .and(let a, let b):
            let left = try bind(a)
            return .and(left, try bind(b))
        case .or(let a, let b):
            let left = try bind(a)
            return .or(left, try bind(b))
        case .not(let inner): return .not(try bind(inner))
        case .performed(let performed):
            conditions.append(try bind(performed, text: Printer.print(condition)))
            return .condition(conditions.count - 1)
        case .sequence(let sequence):
            conditions.append(try bind(sequence, text: Printer.print(condition)))
            return .condition(conditions.count - 1)
        case .inCohort(let name, let position):
            if !scope.binder.catalog.cohortNames.contains(name) {
                throw EventSQLError(
                    .binding, "there is no cohort \(name)",
                    hint: "cohorts: \(scope.binder.catalog.cohortNames.sorted().joined(separator: ", "))",
                    position: position)
            }
            return .cohort(name)
        }
    }

    private func bind(
        _ performed: PerformedCondition, text: String
    ) throws(EventSQLError) -> CohortPlan.Condition {
        var condition = CohortPlan.Condition(
            selector: try scope.selector(performed.selector), measure: try measure(performed),
            comparison: performed.comparison, threshold: performed.threshold)
        condition.text = text
        try add(performed.period, to: &condition, at: performed.position)
        return condition
    }

    private func measure(_ performed: PerformedCondition) throws(EventSQLError) -> CohortPlan.Condition.Measure {
        switch (performed.occurrence, performed.measure) {
        case (.first, _): return .first
        case (.last, _): return .last
        case (.any, .count): return .count
        case (.any, .periods(let unit)): return .periods(unit)
        case (.any, .distinct(let value)): return .distinct(try scope.value(value))
        case (.any, .sum(let value)): return .sum(try number(value))
        case (.any, .average(let value)): return .average(try number(value))
        case (.any, .minimum(let value)): return .minimum(try number(value))
        case (.any, .maximum(let value)): return .maximum(try number(value))
        }
    }

    /// DID a THEN b: all steps reached.
    private func bind(_ sequence: SequenceCondition, text: String) throws(EventSQLError) -> CohortPlan.Condition {
        var steps: [SelectorPlan] = []
        for step in sequence.steps { steps.append(try scope.selector(step)) }
        let later = Array(steps.dropFirst())
        var condition = CohortPlan.Condition(
            selector: steps[0], measure: .sequence(later: later, within: sequence.within?.micros),
            threshold: Double(steps.count))
        condition.text = text
        try add(sequence.period, to: &condition, at: sequence.position)
        return condition
    }

    private func number(_ expression: Expression) throws(EventSQLError) -> BoundExpression {
        try scope.binder.coerce(scope.value(expression), to: .double, at: expression.position)
    }

    private func add(
        _ period: CohortPeriod, to condition: inout CohortPlan.Condition, at position: SourcePosition
    ) throws(EventSQLError) {
        switch period {
        case .allTime: break
        case .last(let duration): condition.lastMicros = duration.micros
        case .between(let low, let high):
            let bounds = (try instant(low), try instant(high))
            if bounds.0 > bounds.1 {
                throw EventSQLError(.binding, "BETWEEN ends before it begins", position: position)
            }
            condition.timeRange = bounds.0...bounds.1
        case .since(let start): condition.timeRange = try instant(start)...Int64.max
        case .before(let end): condition.timeRange = Int64.min...(try instant(end) - 1)
        }
    }

    /// A constant of a date or an instant, in microseconds.
    private func instant(_ expression: Expression) throws(EventSQLError) -> Int64 {
        switch try scope.value(expression).constantValue {
        case .timestamp(let micros): return micros
        case .date(let day): return day * CalendarMath.microsPerDay
        case .string(let text):
            if let micros = TimestampText.parse(text) { return micros }
        default: break
        }
        throw EventSQLError(
            .binding, "a period is bounded by a constant date or instant", position: expression.position)
    }
}
