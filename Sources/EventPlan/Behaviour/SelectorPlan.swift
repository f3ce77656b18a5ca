import EventBase
import EventColumns
import EventSyntax

/// Which rows a step, a start or a condition means, with its names resolved.
package struct SelectorPlan: Sendable {
    /// Empty: any event.
    package var names: [String]
    /// Over the columns of the table's `ScanLayout`.
    package var predicate: BoundExpression?

    package init(names: [String], predicate: BoundExpression? = nil) {
        self.names = names
        self.predicate = predicate
    }
}

/// WHERE of a behaviour statement: what it says about time as a range, the rest as a condition.
package struct RowFilterPlan: Sendable {
    /// Inclusive; whole where nothing is said.
    package var timeRange: ClosedRange<Int64> = Int64.min...Int64.max
    package var predicate: BoundExpression?

    package init() {}

    /// Takes comparisons of the time column with constants out of a condition. An empty range becomes a condition
    /// that is never true.
    package init(_ condition: BoundExpression, layout: ScanLayout) {
        let time = layout.index(role: .time)
        var low = Int64.min
        var high = Int64.max
        var rest: [BoundExpression] = []
        for part in condition.conjuncts {
            guard let (comparison, instant) = Self.timeComparison(part, time) else {
                rest.append(part)
                continue
            }
            switch comparison {
            case .equal:
                low = max(low, instant)
                high = min(high, instant)
            case .less: high = min(high, instant == .min ? .min : instant - 1)
            case .lessOrEqual: high = min(high, instant)
            case .greater: low = max(low, instant == .max ? .max : instant + 1)
            case .greaterOrEqual: low = max(low, instant)
            case .notEqual: rest.append(part)
            }
        }
        if low > high {
            rest.append(.constant(.bool(false), .bool))
        } else {
            timeRange = low...high
        }
        predicate = BoundExpression.all(rest)
    }

    private static func timeComparison(_ part: BoundExpression, _ time: Int?) -> (Comparison, Int64)? {
        guard case .compare(let comparison, let a, let b) = part else { return nil }
        if case .column(let index, _, _) = a, index == time, case .timestamp(let instant) = b.constantValue {
            return (comparison, instant)
        }
        if case .column(let index, _, _) = b, index == time, case .timestamp(let instant) = a.constantValue {
            return (comparison.mirrored, instant)
        }
        return nil
    }
}

/// The table of a behaviour statement, and what binding its clauses needs.
struct BehaviourScope {
    let binder: Binder
    let schema: TableSchema
    let layout: ScanLayout

    init(table: String, position: SourcePosition, binder: Binder) throws(EventSQLError) {
        guard let schema = try binder.catalog.schema(ofTable: table) else {
            throw EventSQLError(
                .binding, "there is no table \(table)",
                hint: "tables: \(binder.catalog.tableNames.sorted().joined(separator: ", "))", position: position)
        }
        guard schema.column(role: .user) != nil, schema.column(role: .time) != nil else {
            throw EventSQLError(
                .binding, "\(table) is no event table: it has no user and time column", position: position)
        }
        self.binder = binder
        self.schema = schema
        layout = ScanLayout(schema)
    }

    /// The rows that a selector means; names of virtual events but for `opened` are replaced.
    func selector(_ selector: EventSelector, opened: [String] = []) throws(EventSQLError) -> SelectorPlan {
        let events = VirtualEvents(catalog: binder.catalog, schema: schema)
        guard let expanded = try events.expanded(selector, opened: opened) else {
            return SelectorPlan(names: selector.names, predicate: try selector.filter.map(condition))
        }
        do throws(EventSQLError) {
            return SelectorPlan(names: expanded.names, predicate: try expanded.filter.map(condition))
        } catch {
            // The fault may lie in the text of a definition, which this statement's text does not hold.
            let names = selector.names.map { "'\($0)'" }.joined(separator: " OR ")
            throw EventSQLError(
                error.kind, "the virtual event in \(names): \(error.message)", hint: error.hint,
                position: selector.position)
        }
    }

    func condition(_ expression: Expression) throws(EventSQLError) -> BoundExpression {
        try Self.withoutQueries(try binder.bindPredicate(expression, schema: schema))
    }

    func value(_ expression: Expression) throws(EventSQLError) -> BoundExpression {
        try Self.withoutQueries(try binder.bindExpression(expression, schema: schema))
    }

    /// Refuses queries inside an expression: rows are read one granule at a time, and nothing is joined to them.
    static func withoutQueries(_ expression: BoundExpression) throws(EventSQLError) -> BoundExpression {
        var position: SourcePosition?
        let hasQuery = expression.contains { part in
            if case .subquery(let query) = part { position = query.position }
            return position != nil
        }
        if !hasQuery { return expression }
        throw EventSQLError(
            .binding, "a query cannot stand inside a behaviour statement's expression",
            hint: "CREATE COHORT c AS SELECT user_id ..., then WHERE user_id IN COHORT c", position: position)
    }

    func filter(_ expression: Expression?) throws(EventSQLError) -> RowFilterPlan {
        guard let expression else { return RowFilterPlan() }
        return RowFilterPlan(try condition(expression), layout: layout)
    }

    /// BY: what is counted instead of people; nil for the user column itself.
    func key(_ key: Expression?) throws(EventSQLError) -> BoundExpression? {
        guard let key else { return nil }
        let bound = try value(key)
        if case .column(let index, _, _) = bound, layout.columns[index].role == .user { return nil }
        return bound
    }

    /// An expression as a DOUBLE; anything but a number is refused.
    func number(_ expression: Expression) throws(EventSQLError) -> BoundExpression {
        let bound = try value(expression)
        switch bound.type {
        case .double: return bound
        case .int64, .null: return .cast(bound, to: .double, isTry: false, Place(expression.position))
        default:
            throw EventSQLError(
                .binding, "a number is needed here, but this is \(bound.type.name)", position: expression.position)
        }
    }

    func confidence(_ confidence: Double, _ position: SourcePosition) throws(EventSQLError) -> Double {
        guard confidence > 0, confidence < 1 else {
            throw EventSQLError(
                .invalidInput, "a confidence lies between 0 and 1, such as 0.95", position: position)
        }
        return confidence
    }

    /// The table's session column; nil where it has none.
    var sessionColumn: BoundExpression? {
        // Session ids come in under this name; only a table that says so has the role.
        let named = layout.columns.firstIndex { $0.path == "session_id" && !$0.isTypeName }
        return (layout.index(role: .session) ?? named).map { .column($0, layout.columns[$0].type, Place()) }
    }

    private func personalZone(
        _ expression: Expression, hasElse: Bool
    ) throws(EventSQLError) -> PeriodCalendar.Personal {
        let bound = try value(expression)
        guard bound.type == .string || bound.type == .null else {
            throw EventSQLError(
                .binding, "a zone is a name, VARCHAR, but this is \(bound.type.name)", position: expression.position)
        }
        return PeriodCalendar.Personal(expression: bound, hasElse: hasElse)
    }

    /// Refuses a zone of each person where it has no meaning.
    func check(
        _ options: CalendarOptions, every: CalendarUnit, key: BoundExpression?
    ) throws(EventSQLError) {
        guard let personal = options.personalZone else { return }
        if every == .hour {
            throw EventSQLError(
                .binding, "hours are the same everywhere; a zone of each person goes with days and longer periods",
                hint: "leave ZONE out", position: personal.position)
        }
        if key != nil {
            throw EventSQLError(
                .binding, "a zone of each person goes with people, not with BY", hint: "write ZONE '...'",
                position: personal.position)
        }
    }

    /// How the statement's periods are cut: in its zone, else in the session's.
    func calendar(_ options: CalendarOptions, at position: SourcePosition) throws(EventSQLError) -> PeriodCalendar {
        var calendar = PeriodCalendar()
        calendar.weekStart = options.weekStart
        calendar.zone = binder.zone
        if let personal = options.personalZone {
            calendar.personal = try personalZone(personal, hasElse: options.zone != nil)
        }
        guard let name = options.zone else { return calendar }
        do throws(EventSQLError) {
            calendar.zone =
                NamedZone.isUTC(name)
                ? nil : NamedZone(name: name, rules: try binder.catalog.timeZone(named: name))
        } catch {
            throw error.at(position)
        }
        return calendar
    }
}
