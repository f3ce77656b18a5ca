import EventBase

/// Column paths, function calls and their tails: FILTER, WITHIN GROUP, OVER.
extension Parser {
    /// `a.b.c`, `t.*`, or `f(...)`.
    mutating func nameOrCall() throws(EventSQLError) -> Expression {
        let start = token
        var parts = [source.name(start)]
        advance()
        while at(.dot) {
            advance()
            if at(.star) {
                advance()
                return try star(qualifier: parts.joined(separator: "."), from: start)
            }
            parts.append(try anyName("a name after '.'"))
        }
        let position = span(from: start)
        guard at(.open) else { return .name(parts, position) }
        return .function(try call(named: parts.joined(separator: ".").lowercased()), position)
    }

    /// What follows a function's name.
    mutating func call(named name: String) throws(EventSQLError) -> FunctionCall {
        let opener = try open()
        var call = FunctionCall(name: name, arguments: [])
        call.isDistinct = accept(.distinct)
        if !call.isDistinct { _ = accept(.all) }
        if !at(.close) {
            call.arguments = try arguments()
            if at(.order) { call.orderBy = try orderBy() }
            if accept(.ignore, .nulls) { call.ignoresNulls = true } else { _ = accept(.respect, .nulls) }
        }
        try close(opener)
        if at(.open), !call.isDistinct, call.orderBy.isEmpty {
            call.parameters = call.arguments
            let second = try open()
            call.arguments = []
            if !at(.close) { call.arguments = try arguments() }
            try close(second)
        }
        try tail(of: &call)
        return call
    }

    private mutating func arguments() throws(EventSQLError) -> [Expression] {
        try enclosed { (parser) throws(EventSQLError) in
            try parser.list { (parser) throws(EventSQLError) in
                let start = parser.token
                return parser.atQuery ? .scalarQuery(try parser.query(), start.position) : try parser.expression()
            }
        }
    }

    /// IGNORE NULLS, WITHIN GROUP, FILTER and OVER.
    private mutating func tail(of call: inout FunctionCall) throws(EventSQLError) {
        if at(.within), peek().keyword == .group {
            advance()
            advance()
            let opener = try open(after: "WITHIN GROUP")
            call.withinGroup = try orderBy()
            try close(opener)
        }
        if at(.filter), peek().isSymbol(.open) {
            advance()
            let opener = try open()
            _ = accept(.where)
            call.filter = try expression()
            try close(opener)
        }
        if accept(.ignore, .nulls) { call.ignoresNulls = true } else { _ = accept(.respect, .nulls) }
        if at(.over), peek().isSymbol(.open) || isName(peek()) {
            advance()
            call.over = at(.open) ? .inline(try windowDefinition()) : .named(try name("a window name"))
        }
    }

    /// `([base] [PARTITION BY ...] [ORDER BY ...] [frame])`.
    mutating func windowDefinition() throws(EventSQLError) -> WindowDefinition {
        let opener = try open()
        var definition = WindowDefinition()
        if atName, !at(.partition), !atFrame { definition.baseName = try name("a window name") }
        if accept(.partition) {
            try expect(.by)
            definition.partitionBy = try list { (parser) throws(EventSQLError) in try parser.expression() }
        }
        if at(.order) { definition.orderBy = try orderBy() }
        if atFrame { definition.frame = try frame() }
        try close(opener)
        return definition
    }

    private var atFrame: Bool {
        guard token.keyword == .rows || token.keyword == .range || token.keyword == .groups else { return false }
        return !peek().isSymbol(.close) && !peek().isSymbol(.comma)
    }

    private mutating func frame() throws(EventSQLError) -> WindowFrame {
        let unit: WindowFrame.Unit = token.keyword == .rows ? .rows : token.keyword == .range ? .range : .groups
        let unitToken = token
        advance()
        var frame = WindowFrame(unit: unit, start: .currentRow, end: .currentRow)
        if accept(.between) {
            frame.start = try frameBound()
            try expect(.and)
            frame.end = try frameBound()
        } else {
            frame.start = try frameBound()
        }
        frame.exclusion = try frameExclusion()
        return try checked(frame, unitToken)
    }

    /// `[EXCLUDE (CURRENT ROW | GROUP | TIES | NO OTHERS)]`.
    private mutating func frameExclusion() throws(EventSQLError) -> WindowFrame.Exclusion {
        guard accept(.exclude) else { return .nothing }
        if accept(.current, .row) { return .currentRow }
        if accept(.group) { return .group }
        let expected = "CURRENT ROW, GROUP, TIES or NO OTHERS"
        let word = try name(expected).lowercased()
        if word == "ties" { return .ties }
        if word == "no", atName, try name(expected).lowercased() == "others" { return .nothing }
        throw unexpected(expected)
    }

    private func checked(_ frame: WindowFrame, _ unit: Token) throws(EventSQLError) -> WindowFrame {
        if frame.start == .unboundedFollowing || frame.end == .unboundedPreceding {
            throw EventSQLError(
                .syntax, "expected a frame that starts before it ends, found it reversed", position: unit.position)
        }
        return frame
    }

    private mutating func frameBound() throws(EventSQLError) -> WindowFrame.Bound {
        if accept(.current) {
            try expect(.row)
            return .currentRow
        }
        if accept(.unbounded) {
            if accept(.preceding) { return .unboundedPreceding }
            guard accept(.following) else { throw unexpected("PRECEDING or FOLLOWING") }
            return .unboundedFollowing
        }
        let distance = try expression(above: Precedence.and)
        if accept(.preceding) { return .preceding(distance) }
        guard accept(.following) else { throw unexpected("PRECEDING or FOLLOWING") }
        return .following(distance)
    }

    /// `position(a IN b)`, `substring(x FROM a FOR b)`, `trim(BOTH a FROM x)` and their plain forms, all as plain calls.
    mutating func spelledCall(_ keyword: Keyword) throws(EventSQLError) -> Expression {
        let start = token
        advance()
        var name = keyword.rawValue
        let opener = try open()
        var arguments: [Expression] = []
        if keyword == .trim {
            if accept(.leading) {
                name = "ltrim"
            } else if accept(.trailing) {
                name = "rtrim"
            } else {
                _ = accept(.both)
            }
        }
        if !at(.close), !at(.from) {
            arguments.append(try expression(above: keyword == .position ? Precedence.pattern : 0))
        }
        switch keyword {
        case .position where accept(.in):
            arguments.append(try expression())
        case .substring where at(.from) || at(.for):
            arguments.append(accept(.from) ? try expression() : .literal(.integer(1), token.position))
            if accept(.for) { arguments.append(try expression()) }
        case .trim where accept(.from):
            arguments.insert(try expression(), at: 0)
        default:
            while accept(.comma) { arguments.append(try expression()) }
        }
        try close(opener)
        var call = FunctionCall(name: name, arguments: arguments)
        try tail(of: &call)
        return .function(call, start.position)
    }
}
