import EventBase

extension Printer {
    mutating func query(_ query: Query) {
        if !query.with.isEmpty {
            write(query.with.contains(where: \.mayRecur) ? "WITH RECURSIVE " : "WITH ")
            list(query.with) { printer, table in
                printer.write(Printer.name(table.name))
                if !table.columns.isEmpty { printer.write(" ") }
                printer.names(table.columns)
                printer.write(" AS ")
                printer.parenthesised { $0.query(table.query) }
            }
            write(" ")
        }
        body(query.body)
        if !query.orderBy.isEmpty {
            write(" ")
            orderBy(query.orderBy)
        }
        if let limit = query.limit {
            write(" LIMIT ")
            expression(limit)
        }
        if let offset = query.offset {
            write(" OFFSET ")
            expression(offset)
        }
    }

    /// `(a, b)`, nothing for no names.
    mutating func names(_ names: [String]) {
        if !names.isEmpty { write("(" + names.map(Printer.name).joined(separator: ", ") + ")") }
    }

    private mutating func body(_ body: QueryBody) {
        switch body {
        case .select(let select): self.select(select)
        case .values(let rows, _):
            write("VALUES ")
            list(rows) { printer, row in printer.parenthesised { $0.list(row) } }
        case .behaviour(let behaviour): self.behaviour(behaviour)
        case .setOperation(let operation, let all, let left, let right):
            let precedence = Self.precedence(operation)
            operand(left, above: precedence - 1)
            write(" \(operation.rawValue)\(all ? " ALL" : "") ")
            operand(right, above: precedence)
        }
    }

    private static func precedence(_ operation: SetOperator) -> Int { operation == .intersect ? 2 : 1 }

    private mutating func operand(_ query: Query, above limit: Int) {
        var isBare = query.with.isEmpty && query.orderBy.isEmpty && query.limit == nil && query.offset == nil
        switch query.body {
        case .setOperation(let operation, _, _, _): isBare = isBare && Self.precedence(operation) > limit
        case .behaviour: isBare = false
        case .select, .values: break
        }
        if isBare { self.query(query) } else { parenthesised { $0.query(query) } }
    }

    private mutating func select(_ select: Select) {
        write("SELECT ")
        switch select.distinct {
        case .none: break
        case .rows: write("DISTINCT ")
        case .on(let keys):
            write("DISTINCT ON ")
            parenthesised { $0.list(keys) }
            write(" ")
        }
        list(select.items) { printer, item in
            printer.expression(item.expression)
            if let alias = item.alias { printer.write(" AS " + Printer.name(alias)) }
        }
        if let from = select.from {
            write(" FROM ")
            reference(from)
        }
        clause(" WHERE ", select.filter)
        if !select.groupBy.isEmpty {
            write(" GROUP BY ")
            list(select.groupBy) { $0.grouping($1) }
        }
        clause(" HAVING ", select.having)
        if !select.windows.isEmpty {
            write(" WINDOW ")
            list(select.windows) { printer, window in
                printer.write(Printer.name(window.name) + " AS ")
                printer.window(window.definition)
            }
        }
        clause(" QUALIFY ", select.qualify)
    }

    /// A keyword and its expression, nothing for no expression.
    mutating func clause(_ words: String, _ expression: Expression?) {
        guard let expression else { return }
        write(words)
        self.expression(expression)
    }

    private mutating func grouping(_ grouping: Select.Grouping) {
        switch grouping {
        case .all: write("ALL")
        case .expression(let expression): self.expression(expression)
        case .sets(let sets):
            write("GROUPING SETS ")
            parenthesised { printer in
                printer.list(sets) { printer, set in printer.parenthesised { $0.list(set) } }
            }
        }
    }

    private mutating func reference(_ reference: TableReference) {
        switch reference {
        case .table(let name, let alias, _):
            write(name.map(Printer.name).joined(separator: "."))
            self.alias(alias)
        case .query(let query, let alias, _):
            parenthesised { $0.query(query) }
            self.alias(alias)
        case .lateral(let query, let alias, _):
            write("LATERAL ")
            parenthesised { $0.query(query) }
            self.alias(alias)
        case .function(let call, let withOrdinality, let alias, _):
            function(call)
            if withOrdinality { write(" WITH ORDINALITY") }
            self.alias(alias)
        case .join(let left, let kind, let right, let condition, _):
            self.reference(left)
            write(condition == .natural ? " NATURAL \(kind.rawValue) JOIN " : " \(kind.rawValue) JOIN ")
            if case .join = right { parenthesised { $0.reference(right) } } else { self.reference(right) }
            switch condition {
            case .on(let expression): clause(" ON ", expression)
            case .using(let columns):
                write(" USING ")
                names(columns)
            case .none, .natural: break
            }
        }
    }

    private mutating func alias(_ alias: TableAlias?) {
        guard let alias else { return }
        write(" AS " + Printer.name(alias.name))
        names(alias.columns)
    }
}
