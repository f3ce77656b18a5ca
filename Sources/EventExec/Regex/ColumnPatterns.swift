package import EventBase
import EventPlan

/// Names of columns by regular expression, for COLUMNS('pattern').
package struct ColumnPatterns: NamePatterns {
    package init() {}

    package func matching(_ pattern: String, in names: [String]) throws(EventSQLError) -> [Bool] {
        do throws(RegexFailure) {
            let expression = try RegularExpression(pattern)
            return names.map { expression.matches(Array($0.utf8)) }
        } catch {
            throw EventSQLError(.invalidInput, "'\(pattern)' is no regular expression: \(error.message)")
        }
    }
}
