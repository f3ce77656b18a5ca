internal import EventBase
internal import EventColumns

/// One immutable fact: somebody did something at an instant.
///
/// ```swift
/// Event("payment_completed", user: "u1", at: .now, ["amount": 42.5, "plan": "pro"])
/// ```
public struct Event: Sendable, Hashable {
    /// What happened, for instance `payment_completed`.
    public var name: String
    /// Who did it; nil for an event without a person, which counts as a row and never as a user.
    public var user: String?
    public var time: EventTime
    /// Becomes columns `properties.<key>`; nested objects become longer paths.
    public var properties: [String: EventValue]
    /// Makes retries harmless: an id seen before is counted and not stored again.
    public var id: String?
    public var session: String?
    /// Becomes columns `context.<key>`.
    public var context: [String: EventValue]
    /// Becomes columns `user_properties.<key>`.
    public var userProperties: [String: EventValue]

    public init(
        _ name: String, user: String?, at time: EventTime, _ properties: [String: EventValue] = [:],
        id: String? = nil, session: String? = nil, context: [String: EventValue] = [:],
        userProperties: [String: EventValue] = [:]
    ) {
        self.name = name
        self.user = user
        self.time = time
        self.properties = properties
        self.id = id
        self.session = session
        self.context = context
        self.userProperties = userProperties
    }
}
