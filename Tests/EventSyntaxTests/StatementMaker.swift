import EventBase

/// Makes statement texts at random: valid by construction, with useless parentheses and odd names among them.
struct StatementMaker {
    private var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    private mutating func pick(_ choices: [String]) -> String {
        choices[Int.random(in: 0..<choices.count, using: &random)]
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private mutating func many(_ limit: Int, _ make: (inout StatementMaker) -> String) -> String {
        (0..<Int.random(in: 1...limit, using: &random)).map { _ in make(&self) }.joined(separator: ", ")
    }

    mutating func statement() -> String {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: funnel()
        case 1: retention()
        case 2: "CREATE COHORT c AS USERS WHERE " + condition(3) + (chance(30) ? " AS OF TIMESTAMP '2024-01-01'" : "")
        case 3: "INSERT INTO t (a, b.c) VALUES (\(many(3) { $0.expression(2) }))"
        case 4:
            chance(50)
                ? "DELETE FROM t WHERE " + expression(4) : "UPDATE t SET a.b = \(expression(3)), c = \(expression(1))"
        default: query(3)
        }
    }

    private mutating func name() -> String {
        pick([
            "a", "b", "Plan", "day", "user", "\"order\"", "\"we\"\"ird x\"", "properties.plan_type", "t.x", "timestamp",
            "first", "größe",
            "\"array\"", "rows", "steps", "context.select",
        ])
    }

    private mutating func event() -> String { pick(["'a'", "'b' OR 'c'", "IN ('d', 'e''f')", "ANY EVENT", "'paid'"]) }

    private mutating func time() -> String { pick(["7 DAYS", "1 HOUR", "90 seconds", "1.5 days"]) }

    private mutating func literal() -> String {
        pick([
            "1", "0.5", "1e30", "'it''s'", "NULL", "TRUE", "FALSE", "DATE '2024-01-01'",
            "TIMESTAMP '2024-01-01 10:00:00'",
            "INTERVAL 7 DAY", "INTERVAL '1 month -2 days'", "$1", ":name", "E'\\n'", "9223372036854775808",
            "-9223372036854775808",
        ])
    }

    mutating func expression(_ depth: Int) -> String {
        guard depth > 0 else { return chance(50) ? name() : literal() }
        let text = compound(depth - 1)
        return chance(50) ? "(\(text))" : text
    }

    /// Operands in parentheses, so that only the printer decides where they stay.
    private mutating func operand(_ depth: Int) -> String {
        let text = expression(depth)
        return "(\(text))"
    }

    private mutating func compound(_ depth: Int) -> String {
        switch Int.random(in: 0..<16, using: &random) {
        case 0...3:
            let sign = pick([
                "+", "-", "*", "/", "//", "%", "^", "||", "->", "->>", "&", "|", "<<", "~", "!~*", "SIMILAR TO",
            ])
            return "\(operand(depth)) \(sign) \(operand(depth))"
        case 4:
            let sign = pick(["=", "<>", "<", ">=", "!="])
            if chance(30) { return "\(operand(depth)) \(sign) \(pick(["ANY", "ALL", "SOME"])) (\(query(1)))" }
            return "\(operand(depth)) \(sign) \(operand(depth))"
        case 5:
            return "\(operand(depth)) \(pick(["AND", "OR"])) \(operand(depth)) \(pick(["AND", "OR"])) \(operand(depth))"
        case 6: return "\(pick(["NOT", "-", "+", "~"])) \(operand(depth))"
        case 7: return "\(operand(depth)) \(pick(["BETWEEN", "NOT BETWEEN"])) \(operand(depth)) AND \(operand(depth))"
        case 8: return "\(operand(depth)) \(pick(["IN", "NOT IN"])) (\(many(3) { $0.expression(depth) }))"
        case 9:
            let tests = ["IS NULL", "IS NOT NULL", "IS TRUE", "IS NOT FALSE", "IS DISTINCT FROM 1", "IN COHORT power"]
            return "\(operand(depth)) \(pick(tests))"
        case 10:
            return
                "\(operand(depth)) \(pick(["LIKE", "NOT ILIKE"])) \(operand(depth))\(chance(30) ? " ESCAPE '!'" : "")"
        case 11:
            return
                "CASE \(chance(50) ? operand(depth) : "") WHEN \(expression(depth)) THEN \(expression(depth)) ELSE \(expression(depth)) END"
        case 12: return "\(operand(depth))\(pick(["::int", "::double precision", "[1]", " AT TIME ZONE 'UTC'"]))"
        case 13: return call(depth)
        case 14: return chance(50) ? "(\(query(1)))" : "EXISTS (\(query(1)))"
        default:
            return pick([
                "[\(expression(depth))]", "(\(expression(depth)), 2)", "EXTRACT(hour FROM \(expression(depth)))",
            ])
        }
    }

    private mutating func call(_ depth: Int) -> String {
        let arguments = many(3) { $0.expression(depth) }
        var text =
            pick(["f", "count", "left", "substring", "date_trunc", "s.g", "\"cast\""])
            + "(\(chance(20) ? "DISTINCT " : "")\(arguments))"
        if text.hasPrefix("substring(DISTINCT") { text = "f(\(arguments))" }
        if chance(20) { text += " FILTER (WHERE \(expression(1)))" }
        if chance(20) {
            text +=
                " OVER (PARTITION BY \(name()) ORDER BY \(expression(1)) DESC ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)"
        }
        return text
    }

    mutating func query(_ depth: Int) -> String {
        var text =
            "SELECT \(chance(20) ? "DISTINCT " : "")\(many(3) { $0.item(depth) })"
        if chance(80) { text += " FROM " + reference(depth) }
        if chance(50) { text += " WHERE " + expression(depth) }
        if chance(30) {
            text += " GROUP BY " + pick(["ALL", "a, b", "ROLLUP (a, b)", "CUBE (a, (b, c))", expression(1)])
        }
        if chance(20) { text += " HAVING " + expression(1) }
        if depth > 0, chance(20) { text += " \(pick(["UNION", "EXCEPT ALL", "INTERSECT"])) (\(query(depth - 1)))" }
        if chance(30) { text += " ORDER BY \(chance(20) ? "ALL" : expression(1)) NULLS FIRST" }
        if chance(30) { text += " LIMIT 3 OFFSET 1" }
        return text
    }

    private mutating func item(_ depth: Int) -> String {
        guard chance(15) else { return expression(depth) + (chance(40) ? " AS x" : "") }
        var star = pick(["*", "t.*", "COLUMNS('a.*')", "COLUMNS(*)"])
        if star.hasPrefix("C") { return star }
        if chance(40) { star += " EXCLUDE (\(many(2) { $0.name() }))" }
        if chance(40) { star += " REPLACE (\(expression(1)) AS \(name()))" }
        if chance(40) { star += " RENAME (\(name()) AS \"b c\")" }
        return star
    }

    private mutating func reference(_ depth: Int) -> String {
        guard depth > 0 else {
            return pick([
                "t", "s.t AS u", "generate_series(1, 2) g(n)", "LATERAL unnest(t.a, b) WITH ORDINALITY AS u(x)",
            ])
        }
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return "(\(query(depth - 1))) AS q"
        case 1: return "(\(chance(50) ? funnel() : retention())) f"
        case 2: return "\(reference(0)) \(pick(["JOIN", "LEFT JOIN", "ANTI JOIN"])) (\(reference(depth - 1))) USING (a)"
        case 3: return "\(reference(0)), \(reference(0)) JOIN \(reference(0)) ON \(expression(1))"
        default: return reference(0)
        }
    }

    private mutating func filter() -> String { chance(40) ? " WHERE \(expression(2))" : "" }

    private mutating func funnel() -> String {
        let steps = (1...3).map { "s\($0): \(event())\(filter())" }.joined(separator: ", ")
        let clauses = [
            "WITHIN \(time()), \(time())", "ANY ORDER", "TIES STRICT", "ENTRY EVERY", "HOLD \(expression(1)), b",
            "COUNT TOTALS",
            "EXCLUDE 'x' WHERE (\(expression(2))) BETWEEN s1 AND s3 ON MATCH DROP, 'y'",
            "BREAKDOWN \(expression(1)) ATTRIBUTE STEP 2 TOP 3",
            "EVERY QUARTER", "ZONE 'Europe/Berlin' WHERE \(expression(2))", "LIST USERS AT s2", "WITH CONFIDENCE 0.9",
        ].shuffled(using: &random).prefix(Int.random(in: 0...12, using: &random))
        return "FUNNEL FROM events STEPS \(steps) " + clauses.joined(separator: " ")
    }

    private mutating func retention() -> String {
        let clauses = [
            "START \(event())\(filter())", "RETURN \(event())\(filter())", "EVERY WEEK", "PERIODS 9", "FIRST EVER",
            "ON OR BEFORE",
            "CLOCK ROLLING", "BRACKETS (1, 3)", "VALUE AVG(\(expression(1)))", "MINIMUM 2", "BREAKDOWN \(name()) TOP 5",
            "WEEK STARTS SUNDAY",
        ].shuffled(using: &random)
        return "RETENTION FROM events " + clauses.joined(separator: " ")
    }

    private mutating func condition(_ depth: Int) -> String {
        if depth > 0, chance(60) {
            let pair = "\(condition(depth - 1)) \(pick(["AND", "OR"])) \(condition(depth - 1))"
            return chance(50) ? "(\(pair))" : chance(30) ? "NOT (\(pair))" : pair
        }
        let filter = chance(40) ? " WHERE (\(expression(2)))" : ""
        let period = pick([
            "", " IN LAST 30 DAYS", " BETWEEN DATE '2024-01-01' AND DATE '2024-02-01'", " SINCE '2024-01-01'",
        ])
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return "DID NOT \(event())\(filter)\(period)"
        case 1: return "COUNT(\(event())\(filter)) >= 3\(period)"
        case 2: return "SUM(\(expression(1)) OF \(event())) < -1.5\(period)"
        case 3: return "IN COHORT power"
        case 4: return "DID 'a'\(filter) THEN 'b' WITHIN \(time())\(period)"
        default: return "FIRST DID \(event())\(filter)\(period)"
        }
    }
}
