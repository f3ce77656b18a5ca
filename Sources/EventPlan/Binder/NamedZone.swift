package import EventBase

/// A time zone other than UTC, as statements name it.
package struct NamedZone: Sendable {
    package let name: String
    package let rules: TimeZoneRules

    package init(name: String, rules: TimeZoneRules) {
        self.name = name
        self.rules = rules
    }

    /// Whether a name means UTC itself.
    package static func isUTC(_ name: String) -> Bool { ["UTC", "ETC/UTC", "GMT", "Z"].contains(name.uppercased()) }
}
