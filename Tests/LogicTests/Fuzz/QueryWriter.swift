import EventBase

/// Writes queries that mean the same to EventSQL and to SQLite. What differs by choice (SPEC 2.2) is not written: DOUBLE
/// to BIGINT, division by what may be zero, text compared with numbers, NULL order left open.
struct QueryWriter {
    let tables: [RandomTable]
    var random: SeededRandom

    /// Columns in reach, as they are written.
    struct Reach {
        var integers: [String] = []
        var doubles: [String] = []
        var texts: [String] = []

        init(_ table: RandomTable, alias: String) {
            for column in table.columns {
                let name = "\(alias).\(column.name)"
                switch column.kind {
                case .integer: integers.append(name)
                case .double: doubles.append(name)
                case .text: texts.append(name)
                }
            }
        }

        static func + (a: Reach, b: Reach) -> Reach {
            var both = a
            both.integers += b.integers
            both.doubles += b.doubles
            both.texts += b.texts
            return both
        }

        var all: [String] { integers + doubles + texts }
    }

    mutating func pick(_ choices: [String]) -> String { choices.randomElement(using: &random)! }
    mutating func chance(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
    mutating func table() -> RandomTable { tables.randomElement(using: &random)! }

    mutating func makeQuery() -> String {
        switch chance(14) {
        case 0: return plain()
        case 1, 2: return grouped()
        case 3, 4: return joined()
        case 5, 6: return window()
        case 7: return setOperation()
        case 8: return top()
        case 9: return commonTable()
        case 10: return derived()
        case 11: return selected()
        case 12: return sharedTable()
        default: return aggregated()
        }
    }

    mutating func filter(_ reach: Reach) -> String { chance(2) == 0 ? "" : " WHERE \(condition(reach, 2))" }

    private mutating func plain() -> String {
        let table = table()
        let reach = Reach(table, alias: "x")
        let distinct = pick(["", "", "DISTINCT "])
        return
            "SELECT \(distinct)\(integer(reach, 2)), \(text(reach, 1)), \(double(reach, 1)) FROM \(table.name) x\(filter(reach))"
    }

    private mutating func aggregated() -> String {
        let table = table()
        let reach = Reach(table, alias: "x")
        return
            "SELECT \(aggregate(reach)), \(aggregate(reach)), \(aggregate(reach)) FROM \(table.name) x\(filter(reach))"
    }

    private mutating func grouped() -> String {
        let table = table()
        let reach = Reach(table, alias: "x")
        let keys = (0...chance(2)).map { _ in key(reach) }
        let having = pick(
            ["", "", " HAVING count(*) > 1", " HAVING \(aggregate(reach)) IS NOT NULL", " HAVING count(x.id) = 2"])
        let list = keys.joined(separator: ", ")
        return
            "SELECT \(list), \(aggregate(reach)), \(aggregate(reach)) FROM \(table.name) x\(filter(reach)) GROUP BY \(list)\(having)"
    }

    /// Each key is a column or an expression of one: both engines compare it as a whole.
    private mutating func key(_ reach: Reach) -> String {
        switch chance(6) {
        case 0: "\(pick(reach.integers)) > 0"
        case 1: "lower(\(pick(reach.texts)))"
        case 2: "coalesce(\(pick(reach.integers)), 7)"
        case 3: "\(pick(reach.texts)) IS NULL"
        default: pick(reach.all)
        }
    }

    private mutating func joined() -> String {
        let (left, right) = (table(), table())
        let (x, y) = (Reach(left, alias: "x"), Reach(right, alias: "y"))
        let kind = pick(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN"])
        let both = x + y
        var on = ""
        if kind != "CROSS JOIN" {
            on = " ON \(equality(x, y))"
            if chance(3) == 0 { on += " AND \(equality(x, y))" }
            // SQLite refuses some FULL JOINs whose ON has more than equalities.
            if chance(3) == 0, kind != "FULL JOIN" { on += " AND \(condition(both, 1))" }
        }
        let from = "\(left.name) x \(kind) \(right.name) y\(on)"
        if chance(3) == 0 {
            let key = pick(both.all)
            return "SELECT \(key), count(*), \(aggregate(both)) FROM \(from)\(filter(both)) GROUP BY \(key)"
        }
        return "SELECT \(pick(x.all)), \(pick(y.all)), \(integer(both, 1)) FROM \(from)\(filter(both))"
    }

    mutating func equality(_ x: Reach, _ y: Reach) -> String {
        chance(3) == 0 ? "\(pick(x.texts)) = \(pick(y.texts))" : "\(pick(x.integers)) = \(pick(y.integers))"
    }

    private mutating func setOperation() -> String {
        let kind = pick(["UNION", "UNION ALL", "INTERSECT", "EXCEPT"])
        func side(_ writer: inout QueryWriter) -> String {
            let table = writer.table()
            let reach = Reach(table, alias: "x")
            return
                "SELECT \(writer.pick(reach.integers)), \(writer.pick(reach.texts)) FROM \(table.name) x\(writer.filter(reach))"
        }
        let (left, right) = (side(&self), side(&self))
        return "\(left) \(kind) \(right)"
    }

    private mutating func top() -> String {
        let table = table()
        let reach = Reach(table, alias: "x")
        let way = pick(["", " DESC"])
        let nulls = pick(["FIRST", "LAST"])
        let key = pick(reach.all)
        return
            "SELECT x.id, \(key) FROM \(table.name) x\(filter(reach)) ORDER BY \(key)\(way) NULLS \(nulls), x.id LIMIT \(chance(9)) OFFSET \(chance(4))"
    }

    private mutating func commonTable() -> String {
        let table = table()
        let reach = Reach(table, alias: "x")
        let body = "SELECT \(pick(reach.integers)) AS k, \(aggregate(reach)) AS v FROM \(table.name) x GROUP BY 1"
        let other = self.table()
        let own = Reach(other, alias: "y")
        return
            "WITH c AS (\(body)) SELECT c.k, \(pick(own.all)), (SELECT count(*) FROM c) FROM c \(pick(["JOIN", "LEFT JOIN"])) \(other.name) y ON c.k = \(pick(own.integers))"
    }

    /// Queries that depend on the row outside, in the select list.
    private mutating func selected() -> String {
        let table = table()
        let reach = Reach(table, alias: "x")
        let inner = self.table()
        let own = Reach(inner, alias: "z")
        if chance(3) == 0 {
            let key = pick(reach.integers)
            return
                "SELECT \(key), count(*), (SELECT max(z.id) FROM \(inner.name) z WHERE z.id = \(key)) FROM \(table.name) x GROUP BY \(key)"
        }
        return
            "SELECT x.id, \(correlated(reach)), CASE WHEN EXISTS (SELECT 1 FROM \(inner.name) z WHERE \(equality(own, reach))) THEN 1 ELSE 0 END FROM \(table.name) x\(filter(reach))"
    }

    /// A WITH query that is read twice.
    private mutating func sharedTable() -> String {
        let table = table()
        let reach = Reach(table, alias: "x")
        return
            "WITH c AS (SELECT \(pick(reach.integers)) AS k, \(text(reach, 1)) AS v FROM \(table.name) x\(filter(reach))) SELECT p.k, q.v FROM c p \(pick(["JOIN", "LEFT JOIN"])) c q ON p.k = q.k WHERE p.v IS NOT NULL OR q.k > (SELECT count(*) FROM c) - 5"
    }

    private mutating func derived() -> String {
        let table = table()
        let reach = Reach(table, alias: "x")
        return
            "SELECT q.p, count(*), max(q.r) FROM (SELECT \(integer(reach, 1)) AS p, \(text(reach, 1)) AS r FROM \(table.name) x\(filter(reach))) q WHERE q.p IS NOT NULL OR q.r > 'a' GROUP BY q.p"
    }
}
