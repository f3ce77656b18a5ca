import EventBase

extension Printer {
    package static func print(_ condition: CohortCondition) -> String {
        var printer = Printer()
        printer.condition(condition, above: 0)
        return printer.text
    }

    mutating func cohort(_ definition: CohortDefinition) {
        switch definition.source {
        case .query(let query): self.query(query)
        case .users(let table, let condition, let asOf):
            write("USERS FROM \(Printer.dotted(table)) WHERE ")
            self.condition(condition, above: 0)
            if let asOf { write(" AS OF TIMESTAMP " + Printer.string(asOf)) }
        }
    }

    private mutating func condition(_ condition: CohortCondition, above limit: Int) {
        let precedence =
            switch condition {
            case .or: Precedence.or
            case .and: Precedence.and
            case .not: Precedence.not
            default: Precedence.postfix
            }
        if precedence <= limit {
            parenthesised { $0.bare(condition) }
        } else {
            bare(condition)
        }
    }

    private mutating func bare(_ condition: CohortCondition) {
        switch condition {
        case .and(let left, let right): pair(left, " AND ", right, Precedence.and)
        case .or(let left, let right): pair(left, " OR ", right, Precedence.or)
        case .not(let operand):
            write("NOT ")
            self.condition(operand, above: Precedence.not)
        case .performed(let performed): self.performed(performed)
        case .sequence(let sequence):
            write("DID ")
            for (index, step) in sequence.steps.enumerated() {
                if index > 0 { write(" THEN ") }
                selector(step, encloses: true)
            }
            if let within = sequence.within { write(" WITHIN " + within.text) }
            period(sequence.period)
        case .inCohort(let name, _): write("IN COHORT " + Printer.name(name))
        }
    }

    /// The parser flattens chains of one kind, so their shape needs no parentheses.
    private mutating func pair(_ left: CohortCondition, _ word: String, _ right: CohortCondition, _ precedence: Int) {
        condition(left, above: precedence - 1)
        write(word)
        condition(right, above: precedence - 1)
    }

    private mutating func performed(_ performed: PerformedCondition) {
        let isDid = performed.measure == .count && performed.comparison == .greaterOrEqual && performed.threshold == 1
        if performed.occurrence != .any || isDid {
            write((performed.occurrence == .any ? "" : performed.occurrence.rawValue + " ") + "DID ")
            selector(performed.selector, encloses: true)
        } else {
            let operand: Expression?
            (text, operand) = Self.opened(text, performed.measure)
            if let operand {
                expression(operand)
                write(" OF ")
            }
            selector(performed.selector, encloses: true)
            write(") \(performed.comparison.rawValue) \(Printer.number(performed.threshold))")
        }
        period(performed.period)
    }

    /// `text` with the measure's word and parenthesis behind it, and the measure's operand.
    private static func opened(_ text: String, _ measure: PerformedCondition.Measure) -> (String, Expression?) {
        switch measure {
        case .count: (text + "COUNT(", nil)
        case .periods(let unit): (text + unit.rawValue + "S(", nil)
        case .distinct(let operand): (text + "COUNT(DISTINCT ", operand)
        case .sum(let operand): (text + "SUM(", operand)
        case .average(let operand): (text + "AVG(", operand)
        case .minimum(let operand): (text + "MIN(", operand)
        case .maximum(let operand): (text + "MAX(", operand)
        }
    }

    private mutating func period(_ period: CohortPeriod) {
        switch period {
        case .allTime: break
        case .last(let duration): write(" IN LAST " + duration.text)
        case .between(let low, let high):
            write(" BETWEEN ")
            expression(low, above: Precedence.pattern)
            write(" AND ")
            expression(high, above: Precedence.pattern)
        case .since(let start):
            write(" SINCE ")
            expression(start, above: Precedence.pattern)
        case .before(let end):
            write(" BEFORE ")
            expression(end, above: Precedence.pattern)
        }
    }
}
