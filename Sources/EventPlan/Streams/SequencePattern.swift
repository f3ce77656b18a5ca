package import EventBase

/// A pattern of `sequence_match`: `(?1).*(?t<=3600)(?2)`.
///
/// A match may begin at any row, as if the pattern began with `.*`.
package struct SequencePattern: Sendable, Equatable {
    /// In the order in which they must be tried.
    package enum Limit: String, Sendable, CaseIterable {
        case lessOrEqual = "<=", less = "<", greaterOrEqual = ">=", greater = ">", equal = "=="
    }

    package enum Action: Sendable, Equatable {
        /// `(?1)`: a row that meets the condition, counted from 0.
        case condition(Int)
        /// `.`: any row that meets some condition.
        case anyRow
        /// `.*`: any rows, none among them.
        case gap
        /// `(?t<=3600)`: the time since the row before, in units of the time argument.
        case time(Limit, Int64)
    }

    package let actions: [Action]
    package let hasTime: Bool

    /// - Parameters:
    ///   - conditionCount: conditions of the call.
    ///   - unit: what one unit of the pattern's times is in units of the time argument.
    package init(_ text: String, conditionCount: Int, unit: Int64) throws(EventSQLError) {
        var reader = PatternReader(rest: Substring(text))
        var actions: [Action] = [.gap]
        while !reader.rest.isEmpty {
            let at = reader.rest
            if reader.take("(?t") {
                guard let limit = Limit.allCases.first(where: { reader.take($0.rawValue) }) else {
                    throw Self.error("(?t needs <=, <, >=, > or ==", text, at)
                }
                guard let number = reader.number() else { throw Self.error("(?t needs a whole number", text, at) }
                if case .time = actions[actions.count - 1] {
                    throw Self.error("a time needs a condition before it", text, at)
                }
                actions.append(
                    .time(limit, number.multipliedReportingOverflow(by: unit).overflow ? .max : number * unit))
                guard reader.take(")") else { throw Self.error("')' is missing", text, at) }
            } else if reader.take("(?") {
                guard let number = reader.number(), number >= 1, number <= conditionCount else {
                    throw Self.error("the call has the conditions 1 to \(conditionCount)", text, at)
                }
                actions.append(.condition(Int(number) - 1))
                guard reader.take(")") else { throw Self.error("')' is missing", text, at) }
            } else if reader.take(".*") {
                actions.append(.gap)
            } else if reader.take(".") {
                actions.append(.anyRow)
            } else {
                throw Self.error("a pattern is made of (?1), (?t<=n), . and .*", text, at)
            }
        }
        let takesRows = actions.contains { action in
            switch action {
            case .condition, .anyRow: true
            case .gap, .time: false
            }
        }
        guard takesRows else {
            throw EventSQLError(.binding, "the pattern '\(text)' takes no row", hint: "name a condition, as in '(?1)'")
        }
        self.actions = actions
        hasTime = actions.contains { if case .time = $0 { true } else { false } }
    }

    private static func error(_ problem: String, _ text: String, _ at: Substring) -> EventSQLError {
        let place = text.utf8.count - at.utf8.count + 1
        return EventSQLError(.binding, "\(problem): character \(place) of the pattern '\(text)'")
    }
}

private struct PatternReader {
    var rest: Substring

    mutating func take(_ text: String) -> Bool {
        guard rest.hasPrefix(text) else { return false }
        rest = rest.dropFirst(text.count)
        return true
    }

    /// Digits that fit Int64.
    mutating func number() -> Int64? {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(digits.count)
        return Int64(digits)
    }
}
