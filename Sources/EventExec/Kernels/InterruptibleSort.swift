import EventBase

extension Array {
    /// As `sorted(by:)`, for as many elements as an operator has; throws when the statement should stop.
    func sorted(
        _ context: QueryContext, by precedes: (Element, Element) -> Bool
    ) throws(EventSQLError) -> [Element] {
        var comparisons = 0
        do {
            return try sorted { a, b in
                comparisons &+= 1
                try context.check(at: comparisons)
                return precedes(a, b)
            }
        } catch {
            guard let error = error as? EventSQLError else { preconditionFailure("BUG: only the check throws") }
            throw error
        }
    }
}
