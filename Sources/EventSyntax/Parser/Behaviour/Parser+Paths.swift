import EventBase

/// PATHS: all clauses in any order.
extension Parser {
    mutating func paths(_ table: String, _ start: Token) throws(EventSQLError) -> PathsStatement {
        var paths = PathsStatement(table: table, position: start.position)
        var common = CommonClauses()
        var log = ClauseLog()
        while true {
            if try commonClause(&common, [.key, .breakdown, .count, .minimum, .filter], &log) { continue }
            let isAnchor = try pathAnchor(&paths, &log)
            if isAnchor { continue }
            guard try pathClause(&paths, &log) else { break }
        }
        paths.key = common.key
        paths.count = common.count ?? .users
        paths.minimum = common.minimum
        paths.breakdown = common.breakdown
        paths.filter = common.filter
        return paths
    }

    /// AFTER, BEFORE, BETWEEN a AND b.
    private mutating func pathAnchor(
        _ paths: inout PathsStatement, _ log: inout ClauseLog
    ) throws(EventSQLError) -> Bool {
        let start = token
        if try take(.after, &log) {
            paths.after = try selector()
        } else if try take(.before, &log) {
            paths.before = try selector()
        } else if accept(.between) {
            try log.note("AFTER", start, in: self)
            try log.note("BEFORE", start, in: self)
            paths.after = try bareSelector()
            guard accept(.and) else {
                throw unexpected(
                    "AND and the last event", hint: "with WHERE, write AFTER 'a' WHERE ... BEFORE 'b' WHERE ...")
            }
            paths.before = try bareSelector()
        } else {
            return false
        }
        return true
    }

    private mutating func pathClause(
        _ paths: inout PathsStatement, _ log: inout ClauseLog
    ) throws(EventSQLError) -> Bool {
        if try take(.depth, &log) {
            paths.depth = try positiveNumber(after: "DEPTH")
        } else if try take(.within, &log) {
            paths.withinSession = accept(.session)
            if !paths.withinSession { paths.within = try duration(after: "WITHIN") }
        } else if try take(.exclude, &log) {
            paths.exclusions = try list { (parser) throws(EventSQLError) in try parser.selector() }
        } else if try take(.only, &log) {
            paths.only = try list { (parser) throws(EventSQLError) in try parser.selector() }
        } else if try take(.node, &log) {
            paths.node = try expression()
        } else if try take(.replace, &log) {
            paths.replacements = try list { (parser) throws(EventSQLError) in
                let pattern = try parser.string("a regular expression")
                try parser.expect(.with)
                return PathsStatement.Replacement(pattern: pattern, text: try parser.string("a text"))
            }
        } else if try take(.keep, &log) {
            try expect(.repeats)
            paths.keepsRepeats = true
        } else if try take(.top, &log) {
            paths.top = try positiveNumber(after: "TOP")
        } else if try take(.maximum, &log) {
            paths.maximum = try positiveNumber(after: "MAXIMUM")
        } else if try take(.list, &log) {
            paths.output = accept(.paths) ? .paths : accept(.users) ? .users : .edges
            if paths.output == .edges, !accept(.edges) { throw unexpected("EDGES, PATHS or USERS after LIST") }
        } else {
            return false
        }
        return true
    }
}
