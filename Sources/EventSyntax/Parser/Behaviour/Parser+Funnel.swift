import EventBase

/// FUNNEL: steps first, then clauses in any order.
extension Parser {
    mutating func funnel(_ table: String, _ start: Token) throws(EventSQLError) -> FunnelStatement {
        var funnel = FunnelStatement(table: table, position: start.position)
        if accept(.by) { funnel.key = try expression() }
        if let clause = token.keyword, [.where, .within, .every, .breakdown].contains(clause) {
            throw unexpected("STEPS", hint: "the steps stand first, then \(clause.spelling) and other clauses")
        }
        try expect(.steps)
        try funnelSteps(&funnel)
        let names = funnel.steps.map(\.name)
        var common = CommonClauses()
        common.key = funnel.key
        var log = ClauseLog()
        while true {
            if try commonClause(
                &common, [.every, .breakdown, .calendar, .confidence, .count, .filter], &log, steps: names)
            {
                continue
            }
            guard try funnelClause(&funnel, names, &log) else { break }
        }
        funnel.every = common.every
        funnel.breakdown = common.breakdown
        funnel.calendar = common.calendar
        funnel.confidence = common.confidence
        funnel.count = common.count ?? .users
        funnel.filter = common.filter
        return funnel
    }

    // MARK: Steps

    private mutating func funnelSteps(_ funnel: inout FunnelStatement) throws(EventSQLError) {
        var labels: Set<String> = []
        funnel.steps = try list { (parser) throws(EventSQLError) in
            let start = parser.token
            let label = try parser.label()
            if let label, !labels.insert(label).inserted {
                throw EventSQLError(
                    .syntax, "expected a new step name, found '\(label)' a second time", position: start.position)
            }
            var step = FunnelStatement.Step(name: label ?? "", selector: try parser.selector())
            try parser.stepModifiers(&step)
            return step
        }
        guard funnel.steps.count <= Limits.funnelStepCountMax else {
            throw EventSQLError(
                .limit, "a funnel has at most \(Limits.funnelStepCountMax) steps, found \(funnel.steps.count)",
                position: funnel.steps[Limits.funnelStepCountMax].selector.position)
        }
        for index in funnel.steps.indices where funnel.steps[index].name.isEmpty {
            let selector = funnel.steps[index].selector
            let wanted = selector.names.isEmpty ? "any event" : selector.names.joined(separator: " or ")
            // A name is never empty, though an event's may be.
            funnel.steps[index].name = Self.unique(wanted.isEmpty ? "step" : wanted, &labels)
        }
    }

    /// `name:`, nil where none is written.
    mutating func label() throws(EventSQLError) -> String? {
        guard token.kind == .word || token.kind == .quotedName, peek().isSymbol(.colon) else { return nil }
        let label = source.name(token)
        advance()
        advance()
        return label
    }

    /// `name`, or `name_2`, `name_3`, ... where it is taken.
    static func unique(_ wanted: String, _ taken: inout Set<String>) -> String {
        var name = wanted
        var number = 1
        while !taken.insert(name).inserted {
            number += 1
            name = "\(wanted)_\(number)"
        }
        return name
    }

    private mutating func stepModifiers(_ step: inout FunnelStatement.Step) throws(EventSQLError) {
        var log = ClauseLog()
        while true {
            let start = token
            if try take(.optional, &log) {
                step.isOptional = true
            } else if try take(.anchored, &log) {
                step.isAnchored = true
            } else if accept(.first, .time) || accept(.first, .ever) {
                try log.note("FIRST TIME or FIRST EVER", start, in: self)
                step.occurrence = tokens[index - 1].keyword == .time ? .firstTime : .firstEver
            } else if at(.within), peek(3).keyword == .of {
                try log.note("WITHIN ... OF PREVIOUS", start, in: self)
                advance()
                step.gap = try duration(after: "WITHIN")
                advance()
                try expect(.previous)
            } else {
                return
            }
        }
    }

    /// A step by its name or its number from 1.
    mutating func stepReference(_ names: [String]) throws(EventSQLError) -> String {
        let start = token
        if token.kind == .integer {
            let number = try wholeNumber("a step")
            guard names.indices.contains(number - 1) else {
                throw EventSQLError(
                    .syntax, "expected a step from 1 to \(names.count), found \(number)", position: start.position)
            }
            return names[number - 1]
        }
        let name = token.kind == .string ? try string("a step") : try name("the name of a step")
        if names.contains(name) { return name }
        throw EventSQLError(
            .syntax, "expected the name of a step, found '\(name)'",
            hint: EditDistance.nearest(to: name, in: names).map { "did you mean \($0)?" }
                ?? "the steps are \(names.joined(separator: ", "))",
            position: start.position)
    }

    // MARK: Clauses

    private mutating func funnelClause(
        _ funnel: inout FunnelStatement, _ names: [String], _ log: inout ClauseLog
    ) throws(EventSQLError) -> Bool {
        let start = token
        if try take(.within, &log) {
            if accept(.session) {
                funnel.withinSession = true
            } else {
                funnel.windows = try list { (parser) throws(EventSQLError) in try parser.duration(after: "WITHIN") }
            }
        } else if let order = funnelOrder() {
            try log.note("ORDERED, STRICT or ANY ORDER", start, in: self)
            funnel.order = order
        } else if try take(.ties, &log) {
            if accept(.within) {
                funnel.tieSlot = try duration(after: "TIES WITHIN")
            } else {
                funnel.ties = accept(.strict) ? .strict : .any
                if funnel.ties == .any, !accept(.any) { throw unexpected("ANY, STRICT or WITHIN after TIES") }
            }
        } else if try take(.entry, &log) {
            funnel.entry = accept(.first) ? .first : accept(.last) ? .last : accept(.every) ? .every : .best
            if funnel.entry == .best, !accept(.best) { throw unexpected("FIRST, LAST, BEST or EVERY after ENTRY") }
        } else if accept(.exclude) {
            funnel.exclusions += try list { (parser) throws(EventSQLError) in try parser.exclusion(names) }
        } else if try take(.hold, &log) {
            funnel.hold = try list { (parser) throws(EventSQLError) in try parser.expression() }
        } else if try take(.list, &log) {
            funnel.output = try funnelOutput(names)
        } else {
            return false
        }
        return true
    }

    private mutating func funnelOrder() -> FunnelStatement.Order? {
        if accept(.ordered) { return .ordered }
        if accept(.strict, .among, .steps) { return .strictAmongSteps }
        if accept(.strict) { return .strict }
        return accept(.any, .order) ? .any : nil
    }

    /// `'x' [WHERE ...] [BETWEEN a AND b] [ON MATCH DROP | EXIT]`.
    private mutating func exclusion(_ names: [String]) throws(EventSQLError) -> FunnelStatement.Exclusion {
        exclusionStepNames = Set(names)
        let selector = try selector()
        exclusionStepNames = []
        var exclusion = FunnelStatement.Exclusion(selector: selector, between: nil)
        if accept(.between) {
            let place = token
            let first = try stepReference(names)
            try expect(.and)
            let second = try stepReference(names)
            if let a = names.firstIndex(of: first), let b = names.firstIndex(of: second), a >= b {
                throw EventSQLError(
                    .syntax, "expected an earlier and a later step after BETWEEN, found \(first) and \(second)",
                    position: place.position)
            }
            exclusion.between = (first, second)
        }
        if at(.on), peek().keyword == .match {
            advance()
            advance()
            exclusion.dropsUser = accept(.drop)
            if !exclusion.dropsUser, !accept(.exit) { throw unexpected("DROP or EXIT after ON MATCH") }
        }
        return exclusion
    }

    /// What follows LIST.
    private mutating func funnelOutput(_ names: [String]) throws(EventSQLError) -> FunnelStatement.Output {
        if accept(.steps) { return .steps }
        if accept(.times) { return .times }
        if accept(.histogram) {
            guard token.kind == .integer else { return .histogram(bins: nil) }
            let count = try positiveNumber(after: "HISTOGRAM")
            _ = accept(.bins)
            return .histogram(bins: count)
        }
        guard accept(.users) else { throw unexpected("STEPS, USERS, TIMES or HISTOGRAM after LIST") }
        if accept(.at) { return .usersAt(try stepReference(names)) }
        if accept(.dropped, .after) { return .usersDroppedAfter(try stepReference(names)) }
        return .users
    }
}
