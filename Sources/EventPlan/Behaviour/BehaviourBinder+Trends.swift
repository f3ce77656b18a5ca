import EventBase
import EventColumns
import EventSyntax

extension BehaviourBinder {
    func bind(_ statement: TrendsStatement, _ binder: Binder) throws(EventSQLError) -> TrendsPlan {
        let scope = try BehaviourScope(table: statement.table, position: statement.position, binder: binder)
        if statement.series.count > Limits.funnelStepCountMax {
            throw EventSQLError(
                .limit, "TRENDS has at most \(Limits.funnelStepCountMax) series", position: statement.position)
        }
        var plan = TrendsPlan(table: statement.table, layout: scope.layout, every: statement.every)
        plan.key = try scope.key(statement.key)
        plan.calendar = try scope.calendar(statement.calendar, at: statement.position)
        try scope.check(statement.calendar, every: plan.every, key: plan.key)
        for series in statement.series { plan.series.append(try bind(series, scope)) }
        if plan.series.contains(where: { $0.measure == .sessions }) {
            guard let session = scope.sessionColumn else {
                throw EventSQLError(
                    .binding, "SESSIONS OF needs a session_id column, and \(statement.table) has none",
                    hint: "count the rows of (SESSIONS FROM \(statement.table) GAP 30 MINUTES)",
                    position: statement.position)
            }
            plan.session = session
        }
        plan.formulas = try bind(statement.formulas, plan.series, binder)
        if let breakdown = statement.breakdown {
            if breakdown.attribution != .entry {
                throw EventSQLError(
                    .binding, "ATTRIBUTE has no meaning here: every event counts under its own value",
                    position: breakdown.expression.position)
            }
            plan.breakdown = try scope.value(breakdown.expression)
            plan.top = breakdown.top
        }
        plan.filter = try scope.filter(statement.filter)
        plan.notes = notes(plan)
        return plan
    }

    private func bind(
        _ series: TrendsStatement.Series, _ scope: BehaviourScope
    ) throws(EventSQLError) -> TrendsPlan.Series {
        var measure = TrendsPlan.Measure.count
        var operand: Expression?
        switch series.measure {
        case .count: break
        case .users: measure = .users
        case .sessions: measure = .sessions
        case .sum(let expression): (measure, operand) = (.sum, expression)
        case .average(let expression): (measure, operand) = (.average, expression)
        case .minimum(let expression): (measure, operand) = (.minimum, expression)
        case .maximum(let expression): (measure, operand) = (.maximum, expression)
        case .quantile(let expression, let share): (measure, operand) = (.quantile(share), expression)
        }
        var bound: BoundExpression?
        if let operand { bound = try scope.number(operand) }
        return TrendsPlan.Series(
            name: series.name, measure: measure, operand: bound, selector: try scope.selector(series.selector),
            overMicros: series.over?.micros)
    }

    /// Formulas see the series as a table of one row a period.
    private func bind(
        _ formulas: [TrendsStatement.Formula], _ series: [TrendsPlan.Series], _ binder: Binder
    ) throws(EventSQLError) -> [TrendsPlan.Formula] {
        let columns = series.map { ColumnSchema(path: $0.name, role: .property, storedTypes: .double) }
        let schema = TableSchema(name: "series", columns: columns)
        var bound: [TrendsPlan.Formula] = []
        for formula in formulas {
            let expression = try BehaviourScope.withoutQueries(
                try binder.bindExpression(formula.expression, schema: schema))
            switch expression.type {
            case .double: bound.append(TrendsPlan.Formula(name: formula.name, expression: expression))
            case .int64, .null:
                let place = Place(formula.expression.position)
                bound.append(
                    TrendsPlan.Formula(
                        name: formula.name, expression: .cast(expression, to: .double, isTry: false, place)))
            default:
                throw EventSQLError(
                    .binding, "a formula answers a number, but this is \(expression.type.name)",
                    position: formula.expression.position)
            }
        }
        return bound
    }

    private func notes(_ plan: TrendsPlan) -> [String] {
        var notes = [
            Self.periodNote(plan.every, plan.calendar) + "; those without an event are shown too",
            "counted: events may lack a user, different users and sessions may not",
            "complete: false where the period was not over at the last event, or WHERE cuts its start off",
        ]
        if plan.series.contains(where: { $0.overMicros != nil }) {
            notes.append("OVER: a window that ends with the period; it looks back before a time range in WHERE")
        }
        if plan.series.contains(where: { if case .quantile = $0.measure { true } else { false } }) {
            notes.append("quantiles: linear between neighbours")
        }
        if plan.breakdown != nil {
            notes.append(
                "breakdown: each event's own value; most events of the first series first" + Self.text(top: plan.top))
        }
        notes.append(Self.peopleNote(key: plan.key))
        if !plan.formulas.isEmpty { notes.append("formula: NULL where it has no answer, as behind a division by zero") }
        return notes
    }
}
