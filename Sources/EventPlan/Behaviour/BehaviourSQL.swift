package import EventBase
package import EventSyntax
import EventColumns

/// `AS SQL`: a behaviour statement as plain SQL over `window_funnel` and joins, which answers the same numbers (SPEC 3.7).
///
/// - Errors: `.binding` that names the clause SQL cannot say, and whatever binding the statement itself would find.
package enum BehaviourSQL {
    package static func text(_ statement: BehaviourStatement, with binder: Binder) throws(EventSQLError) -> String {
        _ = try BehaviourBinder().bind(statement, with: binder)
        switch statement {
        case .funnel(let funnel):
            let scope = try BehaviourScope(table: funnel.table, position: funnel.position, binder: binder)
            return try FunnelSQL(funnel, scope).text()
        case .retention(let retention):
            let scope = try BehaviourScope(table: retention.table, position: retention.position, binder: binder)
            return try RetentionSQL(retention, scope).text()
        default:
            throw EventSQLError(.binding, "AS SQL is for FUNNEL and RETENTION")
        }
    }

    static func refuse(_ clauses: [(String, Bool)], at position: SourcePosition) throws(EventSQLError) {
        if let clause = clauses.first(where: \.1)?.0 {
            throw EventSQLError(.binding, "AS SQL cannot say \(clause)", position: position)
        }
    }
}

extension BehaviourScope {
    /// The rows a selector means, as a condition in SQL.
    func sql(_ written: EventSelector) throws(EventSQLError) -> String {
        let selector = try VirtualEvents(catalog: binder.catalog, schema: schema).expanded(written) ?? written
        var parts: [String] = []
        let names = selector.names.map { Printer.string($0) }
        if names.count == 1 { parts.append("event_name = \(names[0])") }
        if names.count > 1 { parts.append("event_name IN (\(names.joined(separator: ", ")))") }
        if let filter = selector.filter { parts.append("(\(Printer.print(filter)))") }
        return parts.isEmpty ? "TRUE" : parts.joined(separator: " AND ")
    }
}

/// A FUNNEL in its default order: `window_funnel` with `strict_once` keeps every attempt and uses each row once.
private struct FunnelSQL {
    let funnel: FunnelStatement
    let scope: BehaviourScope

    init(_ funnel: FunnelStatement, _ scope: BehaviourScope) throws(EventSQLError) {
        self.funnel = funnel
        self.scope = scope
        let steps = funnel.steps
        try BehaviourSQL.refuse(
            [
                ("\(funnel.order.rawValue)", funnel.order != .ordered), ("WITHIN SESSION", funnel.withinSession),
                ("several windows", funnel.windows.count > 1), ("ENTRY FIRST", funnel.entry == .first),
                ("ENTRY EVERY", funnel.entry == .every), ("EXCLUDE", !funnel.exclusions.isEmpty),
                ("BREAKDOWN", funnel.breakdown != nil), ("EVERY", funnel.every != nil),
                ("COUNT \(funnel.count.rawValue)", funnel.count != .users),
                ("WITH CONFIDENCE", funnel.confidence != nil), ("LIST", funnel.output != .steps),
                ("OPTIONAL", steps.contains(where: \.isOptional)), ("ANCHORED", steps.contains(where: \.isAnchored)),
                ("FIRST TIME and FIRST EVER", steps.contains { $0.occurrence != .any }),
                ("WITHIN ... OF PREVIOUS", steps.contains { $0.gap != nil }),
                ("more than \(StreamFunction.conditionCountMax) steps", steps.count > StreamFunction.conditionCountMax),
            ], at: funnel.position)
    }

    func text() throws(EventSQLError) -> String {
        var conditions: [String] = []
        for step in funnel.steps { conditions.append(try scope.sql(step.selector)) }
        let modes = funnel.ties == .strict ? "'strict_once', 'strict_increase'" : "'strict_once'"
        let counted = try scope.key(funnel.key) == nil ? "users" : "keys"
        let key = funnel.key.map { "(\(Printer.print($0)))" } ?? "user_id"
        let holds = funnel.hold.map { "(\(Printer.print($0)))" }
        var wanted = ([key] + holds).map { "\($0) IS NOT NULL" }
        if let filter = funnel.filter { wanted.append("(\(Printer.print(filter)))") }
        let level =
            "window_funnel(\(Self.interval(funnel.window ?? FunnelPlan.defaultWindow)), \(modes))(timestamp,\n    "
            + conditions.joined(separator: ",\n    ") + ")"
        let attempts = """
            SELECT \(key) AS person, \(level) AS level
              FROM \(Printer.dotted(funnel.table))
              WHERE \(wanted.joined(separator: " AND "))
              GROUP BY \(([key] + holds).joined(separator: ", "))
            """
        let levels =
            holds.isEmpty
            ? attempts : "SELECT person, max(level) AS level FROM (\n  \(attempts)\n  ) AS attempts GROUP BY person"
        let counts = funnel.steps.enumerated().map { index, step in
            "SELECT \(index + 1) AS step, \(Printer.string(step.name)) AS name, count_if(level >= \(index + 1)) AS \(counted) FROM levels"
        }
        return """
            WITH levels AS (
              \(levels)
            ), steps AS (
              \(counts.joined(separator: "\n  UNION ALL "))
            )
            SELECT step, name, \(counted),
              coalesce(\(counted)::DOUBLE / nullif(lag(\(counted), 1, \(counted)) OVER (ORDER BY step), 0), 0) AS step_rate,
              coalesce(\(counted)::DOUBLE / nullif(first_value(\(counted)) OVER (ORDER BY step), 0), 0) AS total_rate
            FROM steps ORDER BY step
            """
    }

    private static func interval(_ duration: Duration) -> String {
        duration.micros % 1_000_000 == 0
            ? "INTERVAL '\(duration.micros / 1_000_000) seconds'" : "INTERVAL '\(duration.micros) microseconds'"
    }
}

/// A RETENTION over calendar periods: cohorts, returns and the grid of cells, joined.
private struct RetentionSQL {
    let retention: RetentionStatement
    let scope: BehaviourScope

    init(_ retention: RetentionStatement, _ scope: BehaviourScope) throws(EventSQLError) {
        self.retention = retention
        self.scope = scope
        try BehaviourSQL.refuse(
            [
                ("WHERE of the statement", retention.filter != nil), ("BY", retention.key != nil),
                ("FIRST EVER", retention.occurrence == .firstEver),
                ("ON OR BEFORE", retention.criterion == .onOrBefore),
                ("STREAK", retention.criterion == .streak), ("CLOCK ROLLING", retention.clock == .rolling),
                ("WEEK STARTS SUNDAY", retention.calendar.weekStart != .monday),
                ("ZONE", retention.calendar.zone != nil || retention.calendar.personalZone != nil),
                ("BRACKETS", !retention.brackets.isEmpty),
                ("VALUE", retention.value != nil), ("MINIMUM", retention.minimum > 1),
                ("BREAKDOWN", retention.breakdown != nil), ("WITH CONFIDENCE", retention.confidence != nil),
                ("LIST USERS", retention.listsUsers),
            ], at: retention.position)
    }

    func text() throws(EventSQLError) -> String {
        let unit = retention.every.rawValue.lowercased()
        let type = retention.every == .hour ? "TIMESTAMP" : "DATE"
        let table = Printer.dotted(retention.table)
        let start = "user_id IS NOT NULL AND \(try scope.sql(retention.start))"
        let cohorts =
            retention.occurrence == .recurring
            ? "SELECT DISTINCT user_id, date_trunc('\(unit)', timestamp)::\(type) AS cohort FROM \(table) WHERE \(start)"
            : "SELECT user_id, date_trunc('\(unit)', min(timestamp))::\(type) AS cohort FROM \(table) WHERE \(start) GROUP BY user_id"
        let last = retention.periods ?? RetentionPlan.defaultPeriodMax(retention.every)
        let later = retention.criterion == .onOrAfter ? ">=" : "="
        return """
            WITH cohorts AS (
              \(cohorts)
            ), sizes AS (
              SELECT cohort, count(*) AS size FROM cohorts GROUP BY cohort
            ), returns AS (
              SELECT DISTINCT user_id, date_trunc('\(unit)', timestamp)::\(type) AS bucket FROM \(table)
              WHERE user_id IS NOT NULL AND \(try scope.sql(retention.returning))
            ), returned AS (
              SELECT c.cohort, c.user_id, date_diff('\(unit)', c.cohort, r.bucket) AS period
              FROM cohorts AS c JOIN returns AS r ON c.user_id = r.user_id AND r.bucket >= c.cohort
            ), cells AS (
              SELECT cohort, size, period FROM sizes CROSS JOIN generate_series(0, \(last)) AS p(period)
              WHERE cohort + period * INTERVAL '1 \(unit)' <= (SELECT max(timestamp) FROM \(table))
            )
            SELECT x.cohort, x.size, x.period, CASE WHEN x.period = 0 THEN x.size ELSE count(DISTINCT r.user_id) END AS users,
              CASE WHEN x.period = 0 THEN 1 ELSE count(DISTINCT r.user_id)::DOUBLE / x.size END AS rate
            FROM cells AS x LEFT JOIN returned AS r ON x.cohort = r.cohort AND r.period \(later) x.period
            GROUP BY x.cohort, x.size, x.period ORDER BY x.cohort, x.period
            """
    }
}
