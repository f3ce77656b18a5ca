package import EventBase
package import EventSyntax
import EventColumns

/// Puts what virtual events stand for in place of their names (SPEC 3.6).
///
/// A definition may name other virtual events. A name that is being replaced already means the stored event, so
/// `CREATE VIRTUAL EVENT signup AS 'signup' OR 'registered'` says what it seems to say and nothing goes in circles.
package struct VirtualEvents: Sendable {
    let catalog: any Catalog
    let schema: TableSchema

    /// Refuses a definition whose table or columns do not exist.
    package static func check(_ event: VirtualEvent, with binder: Binder) throws(EventSQLError) {
        let scope = try BehaviourScope(table: event.table, position: event.position, binder: binder)
        _ = try scope.selector(event.selector, opened: [event.name])
    }

    /// The selector over stored events; `opened` names mean stored events. Nil: no virtual event is named.
    func expanded(_ selector: EventSelector, opened: [String] = []) throws(EventSQLError) -> EventSelector? {
        var stored: [String] = []
        var parts: [EventSelector] = []
        for name in selector.names {
            if !opened.contains(name), let event = try catalog.virtualEvent(named: name, inTable: schema.name) {
                parts.append(try expanded(event.selector, opened: opened + [name]) ?? event.selector)
            } else {
                stored.append(name)
            }
        }
        if parts.isEmpty { return nil }
        if !stored.isEmpty { parts.append(EventSelector(names: stored, filter: nil, position: selector.position)) }
        var union = parts[0]
        if parts.count > 1 { union = try self.union(parts, selector.position) }
        if let outer = selector.filter {
            union.filter = union.filter.map { .binary(.and, $0, outer, outer.position) } ?? outer
        }
        union.position = selector.position
        return union
    }

    private func union(_ parts: [EventSelector], _ position: SourcePosition) throws(EventSQLError) -> EventSelector {
        let isAny = parts.contains(where: \.names.isEmpty)
        var names: [String] = []
        for name in parts.flatMap(\.names) where !isAny && !names.contains(name) { names.append(name) }
        var filters: [Expression] = []
        for part in parts {
            let filter = part.filter
            let test = part.names.isEmpty ? nil : self.test(part.names, position)
            guard let both = Self.joined(.and, [test, filter].compactMap { $0 }, position) else {
                return EventSelector(names: [], filter: nil, position: position)
            }
            filters.append(both)
        }
        let needsFilter = isAny || parts.contains { $0.filter != nil }
        return EventSelector(
            names: names, filter: needsFilter ? Self.joined(.or, filters, position) : nil, position: position)
    }

    /// `event_name IN ('a', 'b')`.
    private func test(_ names: [String], _ position: SourcePosition) -> Expression {
        let path = schema.column(role: .eventName)?.path ?? "event_name"
        return .inList(
            .name([path], position), names.map { .literal(.string($0), position) }, negated: false, position)
    }

    private static func joined(
        _ sign: BinaryOperator, _ parts: [Expression], _ position: SourcePosition
    ) -> Expression? {
        guard let first = parts.first else { return nil }
        return parts.dropFirst().reduce(first) { .binary(sign, $0, $1, position) }
    }
}
