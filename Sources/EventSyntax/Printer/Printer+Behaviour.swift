import EventBase

extension Printer {
    mutating func behaviour(_ behaviour: BehaviourStatement) {
        switch behaviour {
        case .funnel(let funnel): self.funnel(funnel)
        case .retention(let retention): self.retention(retention)
        case .paths(let paths): self.paths(paths)
        case .stickiness(let stickiness): self.stickiness(stickiness)
        case .lifecycle(let lifecycle): self.lifecycle(lifecycle)
        case .sessions(let sessions): self.sessions(sessions)
        case .trends(let trends): self.trends(trends)
        case .timeline(let timeline):
            write("TIMELINE ")
            expression(timeline.user)
            write(" FROM " + Printer.dotted(timeline.table))
            clause(" WHERE ", timeline.filter)
        }
    }

    /// `FUNNEL FROM t BY key WHERE filter`: what comes first in all of them.
    private mutating func opening(_ word: String, _ table: String, _ key: Expression?, _ filter: Expression? = nil) {
        write("\(word) FROM \(Printer.dotted(table))")
        clause(" BY ", key)
        clause(" WHERE ", filter)
    }

    /// A selector; `encloses` puts its filter in parentheses where the words behind it could be read into it.
    mutating func selector(_ selector: EventSelector, encloses: Bool = false) {
        switch selector.names.count {
        case 0: write("ANY EVENT")
        case 1: write(Printer.string(selector.names[0]))
        default: write("IN (" + selector.names.map(Printer.string).joined(separator: ", ") + ")")
        }
        guard let filter = selector.filter else { return }
        write(" WHERE ")
        if encloses { parenthesised { $0.expression(filter) } } else { expression(filter) }
    }

    private mutating func calendar(_ calendar: CalendarOptions) {
        if calendar.weekStart != .monday { write(" WEEK STARTS \(calendar.weekStart.rawValue)") }
        if let personal = calendar.personalZone {
            write(" ZONE ")
            // Of anything but a name, a text in front would read as the zone itself.
            if case .name = personal { expression(personal) } else { parenthesised { $0.expression(personal) } }
            if let zone = calendar.zone { write(" ELSE " + Printer.string(zone)) }
        } else if let zone = calendar.zone {
            write(" ZONE " + Printer.string(zone))
        }
    }

    private mutating func breakdown(_ breakdown: Breakdown?) {
        guard let breakdown else { return }
        clause(" BREAKDOWN ", breakdown.expression)
        switch breakdown.attribution {
        case .entry: break
        case .first: write(" ATTRIBUTE FIRST")
        case .last: write(" ATTRIBUTE LAST")
        case .all: write(" ATTRIBUTE ALL")
        case .step(let name): write(" ATTRIBUTE STEP " + Printer.name(name))
        }
        if let top = breakdown.top { write(" TOP \(top)") }
    }

    // MARK: Funnel

    private mutating func funnel(_ funnel: FunnelStatement) {
        opening("FUNNEL", funnel.table, funnel.key)
        write(" STEPS ")
        list(funnel.steps) { $0.step($1) }
        if funnel.withinSession { write(" WITHIN SESSION") }
        if !funnel.windows.isEmpty { write(" WITHIN " + funnel.windows.map(\.text).joined(separator: ", ")) }
        write(" " + funnel.order.rawValue)
        if funnel.ties != .any { write(" TIES " + funnel.ties.rawValue) }
        if let slot = funnel.tieSlot { write(" TIES WITHIN " + slot.text) }
        if funnel.entry != .best { write(" ENTRY " + funnel.entry.rawValue) }
        if !funnel.exclusions.isEmpty {
            write(" EXCLUDE ")
            list(funnel.exclusions) { $0.exclusion($1) }
        }
        if !funnel.hold.isEmpty {
            write(" HOLD ")
            list(funnel.hold)
        }
        breakdown(funnel.breakdown)
        if let every = funnel.every { write(" EVERY " + every.rawValue) }
        calendar(funnel.calendar)
        if funnel.count != .users { write(" COUNT " + funnel.count.rawValue) }
        if let confidence = funnel.confidence { write(" WITH CONFIDENCE \(confidence)") }
        output(funnel.output)
        clause(" WHERE ", funnel.filter)
    }

    private mutating func step(_ step: FunnelStatement.Step) {
        write(Printer.name(step.name) + ": ")
        selector(step.selector)
        if step.isOptional { write(" OPTIONAL") }
        if step.isAnchored { write(" ANCHORED") }
        if step.occurrence != .any { write(" " + step.occurrence.rawValue) }
        if let gap = step.gap { write(" WITHIN \(gap.text) OF PREVIOUS") }
    }

    private mutating func exclusion(_ exclusion: FunnelStatement.Exclusion) {
        selector(exclusion.selector, encloses: true)
        if let (first, second) = exclusion.between {
            write(" BETWEEN \(Printer.name(first)) AND \(Printer.name(second))")
        }
        if exclusion.dropsUser { write(" ON MATCH DROP") }
    }

    private mutating func output(_ output: FunnelStatement.Output) {
        switch output {
        case .steps: break
        case .users: write(" LIST USERS")
        case .usersAt(let step): write(" LIST USERS AT " + Printer.name(step))
        case .usersDroppedAfter(let step): write(" LIST USERS DROPPED AFTER " + Printer.name(step))
        case .times: write(" LIST TIMES")
        case .histogram(let bins): write(" LIST HISTOGRAM" + (bins.map { " \($0) BINS" } ?? ""))
        }
    }

    // MARK: The others

    private mutating func retention(_ retention: RetentionStatement) {
        opening("RETENTION", retention.table, retention.key, retention.filter)
        write(" START ")
        selector(retention.start)
        write(" RETURN ")
        selector(retention.returning)
        write(" EVERY " + retention.every.rawValue)
        if let periods = retention.periods { write(" PERIODS \(periods)") }
        write(" \(retention.occurrence.rawValue) \(retention.criterion.rawValue)")
        if retention.clock != .calendar { write(" CLOCK " + retention.clock.rawValue) }
        calendar(retention.calendar)
        if !retention.brackets.isEmpty {
            write(" BRACKETS (" + retention.brackets.map(String.init).joined(separator: ", ") + ")")
        }
        switch retention.value {
        case .sum(let operand): measure(" VALUE SUM", operand)
        case .average(let operand): measure(" VALUE AVG", operand)
        case nil: break
        }
        if retention.minimum != 1 { write(" MINIMUM \(retention.minimum)") }
        breakdown(retention.breakdown)
        if let confidence = retention.confidence { write(" WITH CONFIDENCE \(confidence)") }
        if retention.listsUsers { write(" LIST USERS") }
    }

    /// `SUM(operand)`.
    private mutating func measure(_ words: String, _ operand: Expression) {
        write(words)
        parenthesised { $0.expression(operand) }
    }

    private mutating func paths(_ paths: PathsStatement) {
        opening("PATHS", paths.table, paths.key, paths.filter)
        if let after = paths.after {
            write(" AFTER ")
            selector(after)
        }
        if let before = paths.before {
            write(" BEFORE ")
            selector(before)
        }
        write(" DEPTH \(paths.depth)")
        if paths.withinSession { write(" WITHIN SESSION") }
        if let within = paths.within { write(" WITHIN " + within.text) }
        for (word, selectors) in [(" EXCLUDE ", paths.exclusions), (" ONLY ", paths.only)] where !selectors.isEmpty {
            write(word)
            list(selectors) { $0.selector($1) }
        }
        clause(" NODE ", paths.node)
        if !paths.replacements.isEmpty {
            write(" REPLACE ")
            list(paths.replacements) { printer, replacement in
                printer.write(
                    "\(Printer.string(replacement.pattern)) WITH \(Printer.string(replacement.text))")
            }
        }
        if paths.keepsRepeats { write(" KEEP REPEATS") }
        if paths.count != .users { write(" COUNT " + paths.count.rawValue) }
        if let top = paths.top { write(" TOP \(top)") }
        if let minimum = paths.minimum { write(" MINIMUM \(minimum)") }
        if let maximum = paths.maximum { write(" MAXIMUM \(maximum)") }
        breakdown(paths.breakdown)
        if paths.output != .edges { write(" LIST " + paths.output.rawValue) }
    }

    private mutating func of(_ selector: EventSelector?) {
        guard let selector else { return }
        write(" OF ")
        self.selector(selector)
    }

    private mutating func stickiness(_ stickiness: StickinessStatement) {
        opening("STICKINESS", stickiness.table, stickiness.key, stickiness.filter)
        of(stickiness.selector)
        write(" EVERY " + stickiness.every.rawValue)
        calendar(stickiness.calendar)
        if stickiness.isCumulative { write(" CUMULATIVE") }
        if stickiness.minimum != 1 { write(" MINIMUM \(stickiness.minimum)") }
        breakdown(stickiness.breakdown)
        if stickiness.listsUsers { write(" LIST USERS") }
    }

    private mutating func lifecycle(_ lifecycle: LifecycleStatement) {
        opening("LIFECYCLE", lifecycle.table, lifecycle.key, lifecycle.filter)
        of(lifecycle.selector)
        write(" EVERY " + lifecycle.every.rawValue)
        calendar(lifecycle.calendar)
        breakdown(lifecycle.breakdown)
        if lifecycle.listsUsers { write(" LIST USERS") }
    }

    private mutating func sessions(_ sessions: SessionsStatement) {
        opening("SESSIONS", sessions.table, sessions.key, sessions.filter)
        if let gap = sessions.gap { write(" GAP " + gap.text) }
        clause(" USING ", sessions.identifier)
        for (word, selector) in [(" START ", sessions.start), (" END ", sessions.end)] {
            guard let selector else { continue }
            write(word)
            self.selector(selector)
        }
        if let maximum = sessions.maximum { write(" MAXIMUM " + maximum.text) }
        breakdown(sessions.breakdown)
    }

    private mutating func trends(_ trends: TrendsStatement) {
        opening("TRENDS", trends.table, trends.key, trends.filter)
        write(" SERIES ")
        list(trends.series) { printer, series in
            printer.write(Printer.name(series.name) + ": ")
            printer.measure(series.measure)
            printer.of(series.selector)
            if let over = series.over { printer.write(" OVER " + over.text) }
        }
        if !trends.formulas.isEmpty {
            write(" FORMULA ")
            list(trends.formulas) { printer, formula in
                printer.write(Printer.name(formula.name) + ": ")
                printer.expression(formula.expression)
            }
        }
        write(" EVERY " + trends.every.rawValue)
        calendar(trends.calendar)
        breakdown(trends.breakdown)
    }

    private mutating func measure(_ measure: TrendsStatement.Measure) {
        switch measure {
        case .count: write("COUNT")
        case .users: write("USERS")
        case .sessions: write("SESSIONS")
        case .sum(let operand): self.measure("SUM", operand)
        case .average(let operand): self.measure("AVG", operand)
        case .minimum(let operand): self.measure("MIN", operand)
        case .maximum(let operand): self.measure("MAX", operand)
        case .quantile(let operand, 0.5): self.measure("MEDIAN", operand)
        case .quantile(let operand, let share):
            write("QUANTILE(")
            expression(operand)
            write(", \(Printer.number(share)))")
        }
    }
}
