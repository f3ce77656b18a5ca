/// Typed expressions: each function writes one of its type, `depth` levels deep at most.
extension QueryWriter {
    mutating func integer(_ reach: Reach, _ depth: Int) -> String {
        if depth == 0 { return pick(reach.integers + reach.integers + ["1", "2", "(-3)", "NULL", "0"]) }
        let (x, y) = (integer(reach, depth - 1), integer(reach, depth - 1))
        switch chance(12) {
        case 0: return "(\(x) + \(y))"
        case 1: return "(\(x) - \(y))"
        case 2: return "(\(x) * \(y))"
        case 3: return "abs(\(x))"
        case 4: return "coalesce(\(x), \(y), 0)"
        case 5: return "CASE WHEN \(condition(reach, depth - 1)) THEN \(x) ELSE \(y) END"
        case 6: return "length(\(text(reach, 0)))"
        case 7: return "nullif(\(x), \(y))"
        case 8: return "(\(x) / \(pick(["2", "-3", "7"])))"
        case 9: return "(\(x) % \(pick(["2", "-3", "7"])))"
        case 10: return "-(\(x))"
        default: return "instr(\(text(reach, 0)), \(pick(["'a'", "'b'", "''"])))"
        }
    }

    mutating func double(_ reach: Reach, _ depth: Int) -> String {
        if depth == 0 { return pick(reach.doubles + ["0.25", "-1.5", "0.0"]) }
        let (x, y) = (double(reach, depth - 1), double(reach, depth - 1))
        switch chance(6) {
        case 0: return "(\(x) + \(y))"
        case 1: return "(\(x) * \(y))"
        case 2: return "(\(x) - \(y))"
        case 3: return "abs(\(x))"
        case 4: return "CASE WHEN \(condition(reach, depth - 1)) THEN \(x) ELSE \(y) END"
        default: return "coalesce(\(x), \(y))"
        }
    }

    mutating func text(_ reach: Reach, _ depth: Int) -> String {
        let column = pick(reach.texts)
        if depth == 0 { return column }
        let inner = text(reach, depth - 1)
        switch chance(10) {
        case 0: return "replace(\(inner), 'a', 'bb')"
        case 1: return "(\(inner) || \(text(reach, depth - 1)))"
        case 2: return "substr(\(inner), 1, \(1 + chance(3)))"
        case 3: return "coalesce(\(inner), 'n')"
        case 4: return "trim(\(inner))"
        case 5: return "nullif(\(inner), 'a')"
        case 6: return "CASE WHEN \(condition(reach, 0)) THEN \(inner) ELSE 'e' END"
        case 7: return "CAST(\(pick(reach.integers)) AS TEXT)"
        case 8: return "replace(\(inner), 'b', '')"
        default: return inner
        }
    }

    mutating func condition(_ reach: Reach, _ depth: Int) -> String {
        let sign = pick(["=", "<>", "<", "<=", ">", ">="])
        let not = pick(["", "NOT "])
        let below = max(0, depth - 1)
        switch chance(depth > 0 ? 18 : 8) {
        case 0, 1: return "\(integer(reach, below)) \(sign) \(integer(reach, below))"
        case 2: return "\(text(reach, below)) \(sign) \(pick(["'a'", "'ab'", "''"] + reach.texts))"
        case 3: return "\(pick(reach.all)) IS \(not)NULL"
        case 4: return "\(pick(reach.texts)) \(not)IN ('a', 'zz', '日本')"
        case 5: return "\(pick(reach.integers)) \(not)BETWEEN -2 AND \(integer(reach, 0))"
        case 6: return "\(double(reach, below)) \(sign) \(double(reach, below))"
        case 7: return "\(pick(reach.texts)) \(not)LIKE \(pick(["'a%'", "'%b'", "'_'", "'%a_%'", "'a!%b' ESCAPE '!'"]))"
        case 8, 9: return "(\(condition(reach, depth - 1)) AND \(condition(reach, depth - 1)))"
        case 10: return "(\(condition(reach, depth - 1)) OR \(condition(reach, depth - 1)))"
        case 11: return "NOT (\(condition(reach, depth - 1)))"
        case 12: return "\(integer(reach, 0)) IS \(not)DISTINCT FROM \(integer(reach, 0))"
        case 13: return "\(pick(reach.integers)) \(not)IN (\(integer(reach, 0)), 3, \(integer(reach, 0)))"
        case 15: return "\(row(reach)) \(sign) \(row(reach))"
        case 16: return rowMembership(reach)
        case 14: return "(\(condition(reach, 0))) IS \(not)\(pick(["TRUE", "FALSE"]))"
        default: return subquery(reach)
        }
    }

    /// Queries inside conditions.
    private mutating func subquery(_ reach: Reach) -> String {
        let inner = table()
        let own = Reach(inner, alias: "z")
        let not = pick(["", "NOT "])
        switch chance(7) {
        case 3:
            return
                "\(not)EXISTS (SELECT z.id FROM \(inner.name) z WHERE \(equality(own, reach)) AND \(condition(own, 0)))"
        case 4:
            return
                "\(not)EXISTS (SELECT 1 FROM \(inner.name) z WHERE \(equality(own, reach)) AND \(condition(own + reach, 0)))"
        case 5:
            return
                "\(pick(reach.integers)) \(not)IN (SELECT \(pick(own.integers)) FROM \(inner.name) z WHERE \(equality(own, reach)))"
        case 6: return "\(pick(reach.integers)) >= \(correlated(reach))"
        case 0:
            return
                "\(pick(reach.integers)) \(not)IN (SELECT \(pick(own.integers)) FROM \(inner.name) z WHERE \(condition(own, 0)))"
        case 1: return "\(not)EXISTS (SELECT 1 FROM \(inner.name) z WHERE \(condition(own, 0)))"
        default:
            return
                "\(pick(reach.integers)) > (SELECT min(\(pick(own.integers))) FROM \(inner.name) z WHERE \(condition(own, 0)))"
        }
    }

    /// A whole number and a text.
    private mutating func row(_ reach: Reach) -> String {
        "(\(integer(reach, 0)), \(pick(reach.texts + reach.texts + ["'a'", "NULL"])))"
    }

    private mutating func rowMembership(_ reach: Reach) -> String {
        let inner = table()
        let own = Reach(inner, alias: "z")
        let not = pick(["", "NOT "])
        switch chance(4) {
        case 0:
            return
                "\(row(reach)) \(not)IN (VALUES (1, 'a'), (\(pick(["2", "NULL", "-3"])), 'b'), (0, \(pick(["''", "NULL"]))))"
        case 1:
            return
                "\(row(reach)) \(not)IN (SELECT \(pick(own.integers)), \(pick(own.texts)) FROM \(inner.name) z WHERE \(equality(own, reach)))"
        default:
            return
                "\(row(reach)) \(not)IN (SELECT \(pick(own.integers)), \(pick(own.texts)) FROM \(inner.name) z WHERE \(condition(own, 0)))"
        }
    }

    /// One number for each row outside.
    mutating func correlated(_ reach: Reach) -> String {
        let inner = table()
        let own = Reach(inner, alias: "z")
        let value = pick([
            "count(*)", "max(\(pick(own.integers)))", "sum(length(\(pick(own.texts)))) + 1",
            "coalesce(min(\(pick(own.integers))), 7)",
        ])
        return
            "(SELECT \(value) FROM \(inner.name) z WHERE \(condition(own, 0)) AND \(equality(own, reach)))"
    }

    mutating func aggregate(_ reach: Reach) -> String {
        let (a, d, s) = (pick(reach.integers), pick(reach.doubles), pick(reach.texts))
        let call = pick([
            "count(*)", "count(\(a))", "count(\(s))", "sum(\(a))", "sum(\(d))", "min(\(a))", "max(\(d))", "min(\(s))",
            "max(\(s))", "avg(\(d))", "count(DISTINCT \(a))", "count(DISTINCT \(s))", "sum(DISTINCT \(a))",
            "min(\(integer(reach, 1)))", "max(\(text(reach, 1)))", "sum(length(\(s)))",
        ])
        return chance(4) == 0 ? "\(call) FILTER (WHERE \(condition(reach, 1)))" : call
    }

    /// Window functions over an order without ties, or over whole runs of equals.
    mutating func window() -> String {
        let table = table()
        let reach = Reach(table, alias: "x")
        let partition = chance(3) == 0 ? "" : "PARTITION BY \(pick(reach.all)) "
        let nulls = pick(["FIRST", "LAST"])
        let strict = "\(partition)ORDER BY \(pick(reach.all))\(pick(["", " DESC"])) NULLS \(nulls), x.id"
        let loose = "\(partition)ORDER BY \(pick(reach.integers))\(pick(["", " DESC"])) NULLS \(nulls)"
        let (a, s) = (pick(reach.integers), pick(reach.texts))
        let value = pick(["sum(\(pick(reach.doubles)))", "count(\(a))", "min(\(s))", "max(\(a))", "count(*)"])
        let bounds = pick([
            "UNBOUNDED PRECEDING AND CURRENT ROW", "1 PRECEDING AND 1 FOLLOWING", "2 PRECEDING AND 1 PRECEDING",
            "CURRENT ROW AND UNBOUNDED FOLLOWING", "1 FOLLOWING AND 3 FOLLOWING",
        ])
        let call: String
        switch chance(10) {
        case 8, 9:
            let reaching = pick([
                "UNBOUNDED PRECEDING AND 1 PRECEDING", "2 PRECEDING AND 1 FOLLOWING", "1 FOLLOWING AND 3 FOLLOWING",
                "CURRENT ROW AND 2 FOLLOWING", "3 PRECEDING AND UNBOUNDED FOLLOWING",
            ])
            // At the ends of BIGINT SQLite reckons in floating point.
            let order = table.hasExtremes ? "\(partition)ORDER BY x.id" : loose
            call = "\(value) OVER (\(order) RANGE BETWEEN \(reaching))"
        case 0: call = "\(pick(["rank()", "dense_rank()", "cume_dist()", "percent_rank()"])) OVER (\(loose))"
        case 1: call = "\(pick(["row_number()", "ntile(3)"])) OVER (\(strict))"
        case 2: call = "\(pick(["lag", "lead"]))(\(a), \(chance(4)), 99) OVER (\(strict))"
        case 3: call = "\(pick(["first_value", "last_value"]))(\(s)) OVER (\(strict) ROWS BETWEEN \(bounds))"
        case 4: call = "nth_value(\(a), 2) OVER (\(strict))"
        case 5: call = "\(value) OVER (\(strict) ROWS BETWEEN \(bounds))"
        case 6: call = "\(value) OVER (\(loose) GROUPS BETWEEN \(bounds))"
        default: call = "\(value) OVER (\(loose))"
        }
        return "SELECT x.id, \(call) FROM \(table.name) x\(filter(reach))"
    }
}
