import EventBase
package import EventColumns
import EventSyntax

/// The columns that names in an expression may mean.
package struct Scope: Sendable {
    package struct Column: Sendable {
        /// The table's name or alias.
        var qualifier: String?
        var name: String
        var type: ScalarType
        /// Not part of `*`: the right side of USING, and helper columns.
        var isHidden = false
        var role: ColumnRole = .property
        /// The column that tells each value's stored type, where values differ.
        var typeNameIndex: Int?
        /// What the column's values were stored with, where known.
        var storedTypes: StoredTypes?
    }

    package var columns: [Column]
    /// The query around this one, for names that it does not know itself.
    package var outer: [Scope] = []

    package init(columns: [Column] = []) { self.columns = columns }

    /// The columns of an event table as `ScanLayout` numbers them.
    package init(schema: TableSchema, layout: ScanLayout, qualifier: String?) {
        columns = layout.columns.enumerated().map { index, column in
            Column(
                qualifier: qualifier, name: column.path, type: column.type, isHidden: column.isTypeName,
                role: column.role, typeNameIndex: layout.typeNames[index],
                storedTypes: index < schema.columns.count ? schema.columns[index].storedTypes : nil)
        }
    }

    package init(outputs: [OutputColumn], qualifier: String?) {
        columns = outputs.map { Column(qualifier: qualifier, name: $0.name, type: $0.type) }
    }

    /// The column that a dotted name means, nil for none.
    ///
    /// A name is a path, or a table and a path. Exact spelling wins; else one column that fits but for case.
    func find(_ parts: [String], at position: SourcePosition) throws(EventSQLError) -> Int? {
        let path = parts.joined(separator: ".")
        for ignoringCase in [false, true] {
            let found = matches(parts, path: path, ignoringCase: ignoringCase)
            if found.count == 1 { return found[0] }
            if found.count > 1 {
                let tables = found.compactMap { columns[$0].qualifier }.map { "\($0).\(path)" }
                throw EventSQLError(
                    .binding, "column \(path) is ambiguous",
                    hint: tables.isEmpty ? nil : "say which: \(tables.joined(separator: ", "))", position: position)
            }
        }
        return nil
    }

    private func matches(_ parts: [String], path: String, ignoringCase: Bool) -> [Int] {
        func same(_ a: String, _ b: String) -> Bool { ignoringCase ? a.lowercased() == b.lowercased() : a == b }
        let plain = columns.indices.filter { !columns[$0].isHidden && same(columns[$0].name, path) }
        if !plain.isEmpty || parts.count < 2 { return plain }
        let rest = parts.dropFirst().joined(separator: ".")
        return columns.indices.filter { index in
            guard let qualifier = columns[index].qualifier, columns[index].typeNameIndex != nil || !isTypeName(index)
            else { return false }
            return same(qualifier, parts[0]) && same(columns[index].name, rest)
        }
    }

    private func isTypeName(_ index: Int) -> Bool { columns.contains { $0.typeNameIndex == index } }

    /// The error for a name that nothing fits, with the nearest names.
    func unknown(_ parts: [String], at position: SourcePosition) -> EventSQLError {
        let path = parts.joined(separator: ".")
        let names = columns.filter { !$0.isHidden }.map(\.name)
        let last = parts[parts.count - 1].lowercased()
        let suffixed = names.filter { $0.lowercased().hasSuffix("." + last) }
        let near = suffixed.first ?? EditDistance.nearest(to: path, in: names)
        return EventSQLError(
            .binding, "there is no column \(path)", hint: near.map { "did you mean \($0)?" }, position: position)
    }
}
