import EventBase
import EventSyntax

/// What a funnel's answer says about how it was made.
extension BehaviourBinder {
    func notes(_ plan: FunnelPlan, _ statement: FunnelStatement) -> [String] {
        let window = plan.windows.map(\.text).joined(separator: ", ")
        var notes = [
            "window: \(window), inclusive, from an attempt's first step"
                + (statement.windows.isEmpty ? " (default)" : ""),
            "order: \(plan.order.rawValue)",
            Self.tiesText(statement), Self.entryText(plan), Self.countedText(plan),
        ]
        if let sessions = plan.sessions {
            switch sessions {
            case .column: notes.append("sessions: rows with one session_id; rows without it are left out")
            case .gap: notes.append("sessions: end where more than 30 minutes pass without any event of the person")
            }
        }
        for step in plan.steps where step.occurrence != .any {
            notes.append(
                step.occurrence == .firstTime
                    ? "\(step.name): a person's first row in all history that meets the step"
                    : "\(step.name): a person's first row of the event in all history, if it meets the step")
        }
        notes += stepNotes(statement) + exclusionNotes(plan)
        if !plan.hold.isEmpty { notes.append("hold: rows without a held value are left out") }
        if let breakdown = plan.breakdown {
            notes.append("breakdown: \(Self.text(breakdown.attribution))" + Self.text(top: breakdown.top))
        }
        if let every = plan.every {
            notes.append(
                "periods: \(every.rawValue.lowercased()) of the entry row \(plan.calendar.text(weeks: true))"
            )
        }
        return notes
    }

    private func stepNotes(_ statement: FunnelStatement) -> [String] {
        var notes: [String] = []
        for step in statement.steps {
            if step.isOptional { notes.append("\(step.name): optional; counted, never needed") }
            if step.isAnchored {
                notes.append("\(step.name): anchored; steps before it come before it, all others behind it")
            }
            if let gap = step.gap { notes.append("\(step.name): at most \(gap.text) after the step before, inclusive") }
        }
        return notes
    }

    private func exclusionNotes(_ plan: FunnelPlan) -> [String] {
        plan.exclusions.map { exclusion in
            let names = exclusion.selector.names.map { "'\($0)'" }.joined(separator: " OR ")
            let place = "between \(plan.steps[exclusion.after].name) and \(plan.steps[exclusion.before].name)"
            let effect =
                exclusion.dropsPerson ? "takes the person out" : "ends the attempt, which keeps the steps it reached"
            return "exclusion: \(names.isEmpty ? "any event" : names) \(place) \(effect)"
        }
    }

    private static func text(_ attribution: FunnelPlan.Attribution) -> String {
        switch attribution {
        case .entry: "value on the entry row of the reported attempt"
        case .first: "first value among the person's step rows"
        case .last: "last value among the person's step rows"
        case .all: "every value by itself; a person may count under several"
        case .step(let index): "value on the row of step \(index + 1)"
        }
    }

    private static func tiesText(_ statement: FunnelStatement) -> String {
        if statement.ties == .strict { return "ties: a step must be strictly later than the one before" }
        let free = "may follow each other in any order, each row for one step"
        guard let slot = statement.tieSlot else { return "ties: rows at one instant \(free)" }
        return "ties: rows in one slot of \(slot.text), cut from 1970 UTC, \(free); times are the slot's beginning"
    }

    private static func entryText(_ plan: FunnelPlan) -> String {
        switch plan.entersAt {
        case .first: return "entry: the first row of step 1 opens the only attempt"
        case .last: return "entry: the last row of step 1 opens the only attempt"
        case nil: break
        }
        switch plan.counting {
        case .entries: return "entry: every row of step 1 opens an attempt, and each counts"
        case .totals:
            return
                "entry: the first row of step 1 behind the last attempt; one that does not convert ends with its window"
        case .persons, .sessions:
            return
                "entry: every row of step 1 opens an attempt; the deepest counts, then the earliest completed, then the latest started"
        }
    }

    private static func countedText(_ plan: FunnelPlan) -> String {
        let what =
            switch plan.counting {
            case .persons:
                plan.key == nil
                    ? "users; rows without a user are not people, merged identities are one as of now"
                    : "keys; rows without a key are left out"
            case .sessions: "sessions"
            case .entries, .totals: "attempts"
            }
        return "counted: \(what); \(percent(plan.confidence)) Wilson intervals"
    }
}
