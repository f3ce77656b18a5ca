package import EventColumns

/// One event as a test writes it down: plain values, no codes.
package struct TestEvent: Sendable, Equatable {
    /// nil: an event without a person.
    package var user: String?
    /// Microseconds since 1970 UTC.
    package var time: Int64
    package var name: String?
    /// By dotted path. NULL and a missing path are the same.
    package var properties: [String: Value]

    package init(_ user: String?, _ time: Int64, _ name: String?, _ properties: [String: Value] = [:]) {
        self.user = user
        self.time = time
        self.name = name
        self.properties = properties
    }
}
