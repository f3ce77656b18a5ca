import EventBase

extension Printer {
    mutating func statement(_ statement: Statement) {
        switch statement {
        case .query(let query): self.query(query)
        case .explain(.statement(let inner), let analyze):
            write(analyze ? "EXPLAIN ANALYZE " : "EXPLAIN ")
            self.statement(inner)
        case .asSQL(let behaviour):
            self.behaviour(behaviour)
            write(" AS SQL")
        case .describe(let table, _): write("DESCRIBE " + Printer.dotted(table))
        case .describeQuery(let query, _):
            write("DESCRIBE ")
            self.query(query)
        case .show(let what, _): write("SHOW " + what)
        case .summarize(let query, _):
            write("SUMMARIZE ")
            self.query(query)
        case .set(let name, let value, _):
            write("SET \(Printer.dotted(name)) = ")
            expression(value)
        case .reset(let name, _): write("RESET " + (name.map(Printer.dotted) ?? "ALL"))
        case .createTable, .createTableAs, .createView, .drop, .insert, .update, .delete, .copy, .setTTL, .purge:
            tableStatement(statement)
        default: personStatement(statement)
        }
    }

    private mutating func tableStatement(_ statement: Statement) {
        switch statement {
        case .createTable(let table): self.table(table)
        case .createTableAs(let name, let query, let orReplace, let ifNotExists, _):
            write(create("TABLE", orReplace) + (ifNotExists ? "IF NOT EXISTS " : "") + Printer.dotted(name) + " AS ")
            self.query(query)
        case .createView(let name, let columns, let query, _, let orReplace, _):
            write(create("VIEW", orReplace) + Printer.dotted(name) + " ")
            names(columns)
            write("AS ")
            self.query(query)
        case .drop(let kind, let name, let ifExists, _):
            write("DROP \(kind.rawValue) \(ifExists ? "IF EXISTS " : "")")
            write(kind == .virtualEvent ? Printer.string(name) : Printer.dotted(name))
        case .insert(let insert): self.insert(insert)
        case .update(let update): self.update(update)
        case .delete(let table, let filter, _):
            write("DELETE FROM " + Printer.dotted(table))
            clause(" WHERE ", filter)
        case .copy(let copy): self.copy(copy)
        case .setTTL(let table, let duration, _):
            write("ALTER TABLE \(Printer.dotted(table)) SET TTL \(duration?.text ?? "NONE")")
        case .purge(let table, _): write("PURGE" + (table.map { " " + Printer.dotted($0) } ?? ""))
        default: preconditionFailure("BUG: a statement that statement() prints")
        }
    }

    private mutating func personStatement(_ statement: Statement) {
        switch statement {
        case .createCohort(let name, let definition, let orReplace, _):
            write(create("COHORT", orReplace) + Printer.name(name) + " AS ")
            cohort(definition)
        case .dropCohort(let name, let ifExists, _):
            write("DROP COHORT \(ifExists ? "IF EXISTS " : "")" + Printer.name(name))
        case .refreshCohort(let name, _): write("REFRESH COHORT " + Printer.name(name))
        case .explainCohort(let name, let user, _):
            write("EXPLAIN COHORT \(Printer.name(name)) FOR ")
            expression(user)
        case .createVirtualEvent(let event, let orReplace):
            write(create("VIRTUAL EVENT", orReplace))
            write("\(Printer.string(event.name)) FROM \(Printer.dotted(event.table)) AS ")
            selector(event.selector)
        case .forgetUser(let user, _): clause("FORGET USER ", user)
        case .identify(let alias, let user, _):
            clause("IDENTIFY ", alias)
            clause(" AS ", user)
        case .unidentify(let alias, _): clause("UNIDENTIFY ", alias)
        default: preconditionFailure("BUG: a statement that statement() prints")
        }
    }

    private func create(_ kind: String, _ orReplace: Bool) -> String {
        "CREATE \(orReplace ? "OR REPLACE " : "")\(kind) "
    }

    private mutating func table(_ table: TableDefinition) {
        write(
            create("TABLE", table.orReplace) + (table.ifNotExists ? "IF NOT EXISTS " : "") + Printer.dotted(table.name))
        write(" (")
        list(table.columns) { printer, column in
            printer.write("\(Printer.dotted(column.name)) \(column.type.name)\(column.isNotNull ? " NOT NULL" : "")")
        }
        if !table.primaryKey.isEmpty {
            write((table.columns.isEmpty ? "" : ", ") + "PRIMARY KEY (")
            write(table.primaryKey.map(Printer.dotted).joined(separator: ", ") + ")")
        }
        write(")")
    }

    private mutating func insert(_ insert: InsertStatement) {
        let conflict =
            switch insert.conflict {
            case .fail: ""
            case .ignore: "OR IGNORE "
            case .replace: "OR REPLACE "
            }
        write("INSERT \(conflict)INTO \(Printer.dotted(insert.table)) ")
        if !insert.columns.isEmpty { write("(" + insert.columns.map(Printer.dotted).joined(separator: ", ") + ") ") }
        query(insert.source)
    }

    private mutating func update(_ update: UpdateStatement) {
        write("UPDATE \(Printer.dotted(update.table)) SET ")
        list(update.assignments) { printer, assignment in
            printer.write(Printer.dotted(assignment.column) + " = ")
            printer.expression(assignment.value)
        }
        clause(" WHERE ", update.filter)
    }

    private mutating func copy(_ copy: CopyStatement) {
        switch copy.direction {
        case .from(let table, let columns):
            write("COPY \(Printer.dotted(table)) ")
            if !columns.isEmpty { write("(" + columns.map(Printer.dotted).joined(separator: ", ") + ") ") }
            write("FROM ")
        case .to(let query):
            write("COPY ")
            parenthesised { $0.query(query) }
            write(" TO ")
        }
        write(Printer.string(copy.path))
        guard !copy.options.isEmpty else { return }
        write(" ")
        parenthesised { printer in
            printer.list(copy.options) { printer, option in
                printer.write(Printer.name(option.name))
                guard let value = option.value else { return }
                printer.write(" ")
                printer.literal(value)
            }
        }
    }
}
