package import EventColumns

/// Which rows a step, a start or a condition means, with its names resolved.
package struct SelectorPlan: Sendable {
    /// Empty: any event.
    package var names: [String]

    package init(names: [String]) { self.names = names }
}

/// A column of a statement's result.
package struct ResultColumn: Sendable, Equatable {
    package var name: String
    package var type: ScalarType

    package init(_ name: String, _ type: ScalarType) {
        self.name = name
        self.type = type
    }
}
