import EventBase

extension Printer {
    /// `* EXCLUDE (a) REPLACE (x AS b) RENAME (c AS d)`.
    mutating func columns(_ selection: ColumnSelection) {
        write(selection.qualifier.map { Printer.dotted($0) + ".*" } ?? "*")
        part("EXCLUDE", selection.excluded) { $0.column($1) }
        part("REPLACE", selection.replaced) { printer, replacement in
            printer.expression(replacement.expression)
            printer.write(" AS ")
            printer.column(replacement.column)
        }
        part("RENAME", selection.renamed) { printer, renaming in
            printer.column(renaming.column)
            printer.write(" AS " + Printer.name(renaming.name))
        }
    }

    private mutating func part<Item>(_ word: String, _ items: [Item], _ print: (inout Printer, Item) -> Void) {
        if items.isEmpty { return }
        write(" \(word) ")
        parenthesised { $0.list(items, print) }
    }

    private mutating func column(_ column: ColumnSelection.Column) {
        write(column.parts.map(Printer.name).joined(separator: "."))
    }
}
