import EventBase
import EventColumns
import EventSyntax

/// Drops columns that nothing above reads, down to the scans, so that they are never decoded.
enum ColumnPruningRule {
    static func apply(_ plan: LogicalPlan) -> LogicalPlan { prune(plan, keeping: Array(plan.columns.indices)) }

    /// The plan with exactly the columns `kept`, in that order.
    private static func prune(_ plan: LogicalPlan, keeping kept: [Int]) -> LogicalPlan {
        switch plan {
        case .scan(var node):
            node.outputs = kept.map { node.outputs[$0] }
            return .scan(node)
        case .project(var node):
            node.expressions = kept.map { node.expressions[$0] }
            node.names = kept.map { node.names[$0] }
            let (input, place) = narrowed(node.input, for: node.expressions)
            node.input = input
            node.expressions = node.expressions.map { $0.mapColumns(place) }
            return .project(node)
        case .filter(let input, let condition):
            let (below, place) = narrowed(input, for: [condition], and: kept)
            return picked(.filter(below, condition.mapColumns(place)), kept.map(place))
        case .sort(var node):
            let (below, place) = narrowed(node.input, for: node.keys.map(\.expression), and: kept)
            node.input = below
            node.keys = mapped(node.keys, place)
            return picked(.sort(node), kept.map(place))
        case .limit(var node):
            node.input = prune(node.input, keeping: kept)
            return .limit(node)
        case .aggregate(var node): return picked(.aggregate(pruned(&node)), kept)
        case .window(var node):
            let width = node.input.columns.count
            let own = kept.filter { $0 < width }
            let (below, place) = narrowed(node.input, for: node.calls.map { .window($0) }, and: own)
            let newWidth = below.columns.count
            node.calls = node.calls.map { call in
                guard case .window(let moved) = BoundExpression.window(call).mapColumns(place) else { return call }
                return moved
            }
            node.input = below
            return picked(.window(node), kept.map { $0 < width ? place($0) : $0 - width + newWidth })
        case .unnest(var node):
            let width = node.input.columns.count
            let (below, place) = narrowed(node.input, for: node.lists, and: kept.filter { $0 < width })
            let newWidth = below.columns.count
            node.lists = node.lists.map { $0.mapColumns(place) }
            node.input = below
            return picked(.unnest(node), kept.map { $0 < width ? place($0) : $0 - width + newWidth })
        case .join(let node): return pruned(node, keeping: kept)
        case .distinct(let input, let on) where !on.isEmpty:
            let (below, place) = narrowed(input, for: on, and: kept)
            return picked(.distinct(below, on: on.map { $0.mapColumns(place) }), kept.map(place))
        case .setOperation(var node) where node.kind == .union && node.isAll:
            node.left = prune(node.left, keeping: kept)
            node.right = prune(node.right, keeping: kept)
            return .setOperation(node)
        case .behaviour(let statement): return picked(.behaviour(statement.narrowed(to: kept)), kept)
        case .values, .distinct, .setOperation, .shared, .recursive, .working:
            return picked(plan.mapInputs(apply), kept)
        }
    }

    /// The input cut down to what the expressions and `kept` read, and where each old column went.
    private static func narrowed(
        _ input: LogicalPlan, for expressions: [BoundExpression], and kept: [Int] = []
    ) -> (LogicalPlan, (Int) -> Int) {
        let used = Set(expressions.flatMap(\.usedColumns)).union(kept).sorted()
        let places = Dictionary(uniqueKeysWithValues: zip(used, used.indices))
        return (prune(input, keeping: used), { places[$0]! })
    }

    /// A projection to some columns, left out where it would change nothing.
    private static func picked(_ plan: LogicalPlan, _ kept: [Int]) -> LogicalPlan {
        let columns = plan.columns
        if kept == Array(columns.indices) { return plan }
        let expressions = kept.map { BoundExpression.column($0, columns[$0].type, Place()) }
        return .project(ProjectNode(input: plan, expressions: expressions, names: kept.map { columns[$0].name }))
    }

    private static func mapped(_ keys: [SortKey], _ place: (Int) -> Int) -> [SortKey] {
        keys.map {
            SortKey(expression: $0.expression.mapColumns(place), descending: $0.descending, nullsFirst: $0.nullsFirst)
        }
    }

    private static func pruned(_ node: inout AggregateNode) -> AggregateNode {
        let (below, place) = narrowed(node.input, for: node.keys + node.aggregates.map { .aggregate($0) })
        node.input = below
        node.keys = node.keys.map { $0.mapColumns(place) }
        node.aggregates = node.aggregates.map { call in
            guard case .aggregate(let moved) = BoundExpression.aggregate(call).mapColumns(place) else { return call }
            return moved
        }
        return node
    }

    private static func pruned(_ node: JoinNode, keeping kept: [Int]) -> LogicalPlan {
        var node = node
        let width = node.left.columns.count
        let both = (node.condition?.usedColumns ?? []) + kept
        let (left, leftPlace) = narrowed(node.left, for: node.keys.map(\.left), and: both.filter { $0 < width })
        let (right, rightPlace) = narrowed(
            node.right, for: node.keys.map(\.right), and: both.filter { $0 >= width }.map { $0 - width })
        let newWidth = left.columns.count
        func place(_ index: Int) -> Int { index < width ? leftPlace(index) : rightPlace(index - width) + newWidth }
        node.left = left
        node.right = right
        node.keys = node.keys.map { ($0.left.mapColumns(leftPlace), $0.right.mapColumns(rightPlace)) }
        node.condition = node.condition?.mapColumns(place)
        return picked(.join(node), kept.map(place))
    }
}
