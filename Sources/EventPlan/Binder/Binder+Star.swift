package import EventBase
import EventColumns
import EventSyntax

/// Which of some names a regular expression finds a match in. Regular expressions are a matter of the floor above.
package protocol NamePatterns: Sendable {
    func matching(_ pattern: String, in names: [String]) throws(EventSQLError) -> [Bool]
}

/// The columns that COLUMNS(...) stands for while one item of the select list is bound once for each of them.
final class ColumnRepetition {
    var columns: [BoundItem]?
    var index = 0
}

extension Binder {
    /// The items that a star alone means; nil for any other expression.
    func starItems(_ ast: Expression, _ context: BindContext) throws(EventSQLError) -> [BoundItem]? {
        switch ast {
        case .star(let qualifier, let position):
            return try selected(ColumnSelection(qualifier: qualifier), position, context)
        case .columns(let selection, let position): return try selected(selection, position, context)
        default: return nil
        }
    }

    /// An item with COLUMNS(...) inside, once for each column; nil for one without.
    func repeatedItems(_ item: SelectItem, _ context: BindContext) throws(EventSQLError) -> [BoundItem]? {
        guard item.text.isEmpty || item.text.lowercased().contains("columns") else { return nil }
        var inner = context
        let repetition = ColumnRepetition()
        inner.repetition = repetition
        var expressions = [try bind(item.expression, inner)]
        guard let columns = repetition.columns else { return nil }
        while expressions.count < columns.count {
            repetition.index = expressions.count
            expressions.append(try bind(item.expression, inner))
        }
        return zip(expressions, columns).map { BoundItem(expression: $0, name: item.alias ?? $1.name) }
    }

    /// `COLUMNS(*)`, `COLUMNS(t.* EXCLUDE (a))` or `COLUMNS('pattern')`: the column whose turn it is.
    func columns(
        _ call: FunctionCall, _ position: SourcePosition, _ context: BindContext
    ) throws(EventSQLError) -> BoundExpression {
        guard let repetition = context.repetition else {
            throw EventSQLError(.binding, "COLUMNS(...) stands only in a select list", position: position)
        }
        guard call.arguments.count == 1, call.over == nil, call.filter == nil else {
            throw EventSQLError(
                .binding, "COLUMNS takes a star or a pattern", hint: "write COLUMNS(*) or COLUMNS('^a')",
                position: position)
        }
        let columns = try named(call.arguments[0], position, context)
        if let known = repetition.columns, known.map(\.expression) != columns.map(\.expression) {
            throw EventSQLError(
                .binding, "all COLUMNS(...) of one item must name the same columns", position: position)
        }
        repetition.columns = columns
        return columns[repetition.index].expression
    }

    private func named(
        _ argument: Expression, _ position: SourcePosition, _ context: BindContext
    ) throws(EventSQLError) -> [BoundItem] {
        if let items = try starItems(argument, context) { return items }
        guard case .literal(.string(let pattern), let place) = argument, let patterns else {
            throw EventSQLError(
                .binding, "COLUMNS takes a star or a pattern", hint: "write COLUMNS(*) or COLUMNS('^a')",
                position: position)
        }
        let all = try selected(ColumnSelection(qualifier: nil), position, context)
        let found: [Bool]
        do throws(EventSQLError) { found = try patterns.matching(pattern, in: all.map(\.name)) } catch {
            throw EventSQLError(error.kind, error.message, hint: error.hint, position: place)
        }
        let picked = zip(all, found).filter(\.1).map(\.0)
        if picked.isEmpty {
            throw EventSQLError(.binding, "no column's name matches '\(pattern)'", position: place)
        }
        return picked
    }

    /// The columns of FROM that a selection leaves, each as its lists say.
    private func selected(
        _ selection: ColumnSelection, _ position: SourcePosition, _ context: BindContext
    ) throws(EventSQLError) -> [BoundItem] {
        let columns = context.scope.columns
        let picked = columns.indices.filter { index in
            !columns[index].isHidden
                && (selection.qualifier == nil
                    || columns[index].qualifier?.lowercased() == selection.qualifier?.lowercased())
        }
        if picked.isEmpty {
            let message = selection.qualifier.map { "there is no table \($0) in FROM" } ?? "* needs FROM"
            throw EventSQLError(.binding, message, position: position)
        }
        var changes = StarChanges(scope: context.scope, picked: picked)
        for column in selection.excluded { try changes.claim(column, "EXCLUDE") { .left } }
        for replacement in selection.replaced {
            let expression = try bind(replacement.expression, context)
            try changes.claim(replacement.column, "REPLACE") { .replaced(expression) }
        }
        for renaming in selection.renamed { try changes.claim(renaming.column, "RENAME") { .renamed(renaming.name) } }
        let items = changes.items(at: position)
        if items.isEmpty {
            throw EventSQLError(.binding, "EXCLUDE leaves no column of *", position: position)
        }
        return items
    }
}

/// What EXCLUDE, REPLACE and RENAME do to each column of a star. A column stands in one of the lists at most.
private struct StarChanges {
    enum Change {
        case left
        case replaced(BoundExpression)
        case renamed(String)
    }

    let scope: Scope
    let picked: [Int]
    private var changes: [Int: Change] = [:]

    init(scope: Scope, picked: [Int]) {
        self.scope = scope
        self.picked = picked
    }

    /// Notes a change of every column that has the written name.
    mutating func claim(
        _ column: ColumnSelection.Column, _ list: String, _ change: () -> Change
    ) throws(EventSQLError) {
        let found = columns(column.parts)
        if found.isEmpty {
            let unknown = scope.unknown(column.parts, at: column.position)
            throw EventSQLError(
                .binding, "\(unknown.message) for \(list)", hint: unknown.hint, position: column.position)
        }
        for index in found {
            if changes[index] != nil {
                throw EventSQLError(
                    .binding, "\(column.parts.joined(separator: ".")) stands twice in EXCLUDE, REPLACE and RENAME",
                    position: column.position)
            }
            changes[index] = change()
        }
    }

    /// The columns that a path, or a table and a path, mean; exact spelling wins.
    private func columns(_ parts: [String]) -> [Int] {
        for ignoringCase in [false, true] {
            func same(_ a: String?, _ b: String) -> Bool { ignoringCase ? a?.lowercased() == b.lowercased() : a == b }
            let plain = picked.filter { same(scope.columns[$0].name, parts.joined(separator: ".")) }
            if !plain.isEmpty { return plain }
            let rest = parts.dropFirst().joined(separator: ".")
            let found = picked.filter {
                same(scope.columns[$0].qualifier, parts[0]) && same(scope.columns[$0].name, rest)
            }
            if !found.isEmpty { return found }
        }
        return []
    }

    func items(at position: SourcePosition) -> [BoundItem] {
        picked.compactMap { index in
            let column = scope.columns[index]
            let own = BoundExpression.column(index, column.type, Place(position))
            switch changes[index] {
            case .left: return nil
            case .replaced(let expression): return BoundItem(expression: expression, name: column.name)
            case .renamed(let name): return BoundItem(expression: own, name: name)
            case nil: return BoundItem(expression: own, name: column.name)
            }
        }
    }
}
