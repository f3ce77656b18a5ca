import EventBase
import EventColumns
import EventSyntax

/// A plan as a tree of lines, for EXPLAIN.
package enum PlanPrinter {
    package static func lines(_ plan: LogicalPlan) -> [String] {
        [line(plan)] + plan.inputs.flatMap { lines($0).map { "  " + $0 } }
    }

    private static func titled(_ word: String) -> String { word.prefix(1) + word.dropFirst().lowercased() }

    /// One operator, without its inputs.
    package static func line(_ plan: LogicalPlan) -> String {
        let names = plan.inputs.flatMap { $0.columns.map(\.name) }
        func text(_ expression: BoundExpression) -> String { ExpressionText.text(expression, names) }
        func list(_ expressions: [BoundExpression]) -> String { expressions.map(text).joined(separator: ", ") }
        switch plan {
        case .scan(let node):
            let paths = node.layout.columns.map(\.path)
            let columns = node.outputs.map { paths[$0] }.joined(separator: ", ")
            let filter = node.predicates.map { ExpressionText.text($0, paths) }.joined(separator: " AND ")
            return "Scan \(node.table) [\(columns)]" + (filter.isEmpty ? "" : " WHERE \(filter)")
        case .values(let node): return "Values \(node.rows.count) rows"
        case .filter(_, let condition): return "Filter \(text(condition))"
        case .project(let node): return "Project \(list(node.expressions))"
        case .aggregate(let node):
            let sets = node.groupingSets.map { " in \($0.count) sets" } ?? ""
            let keys = node.keys.isEmpty ? "" : " by \(list(node.keys))\(sets)"
            return "Aggregate \(list(node.aggregates.map { .aggregate($0) }))\(keys)"
        case .unnest(let node): return "Unnest \(list(node.lists))" + (node.keepsEmpty ? " or one row of NULL" : "")
        case .window(let node): return "Window \(list(node.calls.map { .window($0) }))"
        case .sort(let node):
            let keys = node.keys.map { text($0.expression) + ($0.descending ? " DESC" : "") }.joined(separator: ", ")
            return node.limit.map { "Top \($0) by \(keys)" } ?? "Sort by \(keys)"
        case .limit(let node):
            return "Limit" + (node.count.map { " \($0)" } ?? " all") + (node.offset > 0 ? " offset \(node.offset)" : "")
        case .distinct(_, let on): return on.isEmpty ? "Distinct" : "Distinct on \(list(on))"
        case .setOperation(let node): return titled(node.kind.rawValue) + (node.isAll ? " all" : "")
        case .join(let node):
            let width = node.left.columns.count
            let keys = node.keys.map {
                "\(ExpressionText.text($0.left, names)) = \(ExpressionText.text($0.right.mapColumns { $0 + width }, names))"
            }
            let condition = (keys + (node.condition.map { [text($0)] } ?? [])).joined(separator: " AND ")
            return "\(titled(node.kind.rawValue)) join" + (condition.isEmpty ? "" : " on \(condition)")
        case .shared(let node): return "Shared \(node.name)"
        case .recursive(let node):
            return "Recursive \(node.name)" + (node.isDistinct ? " without rows seen before" : "")
        case .working(let node): return "Round before of \(node.name)"
        case .behaviour(let plan): return plan.explainLines.first ?? "Behaviour"
        }
    }
}

/// An expression as SQL-like text.
package enum ExpressionText {
    package static func text(_ expression: BoundExpression, _ names: [String]) -> String {
        func text(_ inner: BoundExpression) -> String { Self.text(inner, names) }
        func list(_ parts: [BoundExpression], _ separator: String = ", ") -> String {
            parts.map(text).joined(separator: separator)
        }
        switch expression {
        case .constant(let value, let type):
            switch type {
            case .string, .timestamp, .date, .interval, .json:
                return value == .null ? "NULL" : "'\(TextConversion.text(value))'"
            default: return TextConversion.text(value)
            }
        case .column(let index, _, _): return index < names.count ? names[index] : "#\(index)"
        case .outer(let index, _, _): return "outer #\(index)"
        case .call(let call):
            let isSign = call.arguments.count == 2 && call.function.allSatisfy { !$0.isLetter }
            return isSign
                ? "(\(list(call.arguments, " \(call.function) ")))" : "\(call.function)(\(list(call.arguments)))"
        case .compare(let comparison, let a, let b): return "\(text(a)) \(comparison.rawValue) \(text(b))"
        case .and(let parts): return "(\(list(parts, " AND ")))"
        case .or(let parts): return "(\(list(parts, " OR ")))"
        case .not(let inner): return "NOT \(text(inner))"
        case .isNull(let inner, let negated): return "\(text(inner)) IS \(negated ? "NOT " : "")NULL"
        case .isDistinct(let a, let b, let negated):
            return "\(text(a)) IS \(negated ? "NOT " : "")DISTINCT FROM \(text(b))"
        case .cast(let inner, let type, let isTry, _):
            return "\(isTry ? "TRY_" : "")CAST(\(text(inner)) AS \(type.name))"
        case .caseWhen(let branches, let otherwise, _):
            let whens = branches.map { "WHEN \(text($0.when)) THEN \(text($0.then))" }.joined(separator: " ")
            return "CASE \(whens) ELSE \(text(otherwise)) END"
        case .coalesce(let parts, _): return "coalesce(\(list(parts)))"
        case .inList(let operand, let members, let negated):
            let shown = members.count > 8 ? "\(members.count) values" : list(members)
            return "\(text(operand)) \(negated ? "NOT " : "")IN (\(shown))"
        case .inCohort(let inner, let cohort, let negated, _):
            return "\(text(inner)) \(negated ? "NOT " : "")IN COHORT \(cohort)"
        case .aggregate(let call):
            return "\(call.function)(\(call.isDistinct ? "DISTINCT " : "")\(list(call.arguments)))"
        case .window(let call): return "\(call.function)(\(list(call.arguments))) OVER (...)"
        case .subquery: return "(query)"
        }
    }
}
