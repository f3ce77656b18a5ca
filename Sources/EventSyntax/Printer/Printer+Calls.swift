import EventBase

extension Printer {
    mutating func function(_ call: FunctionCall) {
        write(Printer.functionName(call.name))
        if let parameters = call.parameters { parenthesised { $0.list(parameters) } }
        parenthesised { printer in
            if call.isDistinct { printer.write("DISTINCT ") }
            printer.list(call.arguments)
            if !call.orderBy.isEmpty {
                printer.write(" ")
                printer.orderBy(call.orderBy)
            }
        }
        if !call.withinGroup.isEmpty {
            write(" WITHIN GROUP ")
            parenthesised { $0.orderBy(call.withinGroup) }
        }
        if let filter = call.filter {
            write(" FILTER (WHERE ")
            expression(filter)
            write(")")
        }
        if call.ignoresNulls { write(" IGNORE NULLS") }
        switch call.over {
        case .named(let name): write(" OVER " + Printer.name(name))
        case .inline(let definition):
            write(" OVER ")
            window(definition)
        case nil: break
        }
    }

    mutating func orderBy(_ items: [OrderItem]) {
        write("ORDER BY ")
        list(items) { printer, item in
            if case .star(qualifier: nil, _) = item.expression {
                printer.write("ALL")
            } else {
                printer.expression(item.expression)
            }
            if item.descending { printer.write(" DESC") }
            if let nullsFirst = item.nullsFirst { printer.write(nullsFirst ? " NULLS FIRST" : " NULLS LAST") }
        }
    }

    /// `(base PARTITION BY ... ORDER BY ... frame)`.
    mutating func window(_ definition: WindowDefinition) {
        var parts: [String] = []
        if let base = definition.baseName { parts.append(Printer.name(base)) }
        if !definition.partitionBy.isEmpty {
            var printer = Printer()
            printer.list(definition.partitionBy)
            parts.append("PARTITION BY " + printer.text)
        }
        if !definition.orderBy.isEmpty {
            var printer = Printer()
            printer.orderBy(definition.orderBy)
            parts.append(printer.text)
        }
        if let frame = definition.frame {
            parts.append("\(frame.unit.rawValue) BETWEEN \(bound(frame.start)) AND \(bound(frame.end))")
            if frame.exclusion != .nothing { parts.append("EXCLUDE \(frame.exclusion.rawValue)") }
        }
        write("(" + parts.joined(separator: " ") + ")")
    }

    private func bound(_ bound: WindowFrame.Bound) -> String {
        var printer = Printer()
        switch bound {
        case .unboundedPreceding: return "UNBOUNDED PRECEDING"
        case .unboundedFollowing: return "UNBOUNDED FOLLOWING"
        case .currentRow: return "CURRENT ROW"
        case .preceding(let distance):
            printer.expression(distance, above: Precedence.and)
            return printer.text + " PRECEDING"
        case .following(let distance):
            printer.expression(distance, above: Precedence.and)
            return printer.text + " FOLLOWING"
        }
    }
}
