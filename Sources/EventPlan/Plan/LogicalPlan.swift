package import EventBase
package import EventColumns
package import EventSyntax

/// A column that a plan yields.
package struct OutputColumn: Sendable, Equatable {
    package var name: String
    package var type: ScalarType

    package init(_ name: String, _ type: ScalarType) {
        self.name = name
        self.type = type
    }
}

/// What a statement asks for, free of names: a tree of relations whose expressions read their input by column index.
package indirect enum LogicalPlan: Sendable {
    case scan(ScanNode)
    case values(ValuesNode)
    case filter(LogicalPlan, BoundExpression)
    case project(ProjectNode)
    case aggregate(AggregateNode)
    case window(WindowNode)
    case sort(SortNode)
    case limit(LimitNode)
    case distinct(LogicalPlan, on: [BoundExpression])
    case setOperation(SetNode)
    case join(JoinNode)
    case unnest(UnnestNode)
    case behaviour(any BehaviourPlan)
    case shared(SharedNode)
    case recursive(RecursiveNode)
    case working(WorkingNode)

    package var columns: [OutputColumn] {
        switch self {
        case .scan(let node): node.columns
        case .values(let node): node.columns
        case .filter(let input, _): input.columns
        case .project(let node): node.columns
        case .aggregate(let node): node.columns
        case .window(let node): node.input.columns + node.outputs
        case .sort(let node): node.input.columns
        case .limit(let node): node.input.columns
        case .distinct(let input, _): input.columns
        case .setOperation(let node): node.columns
        case .join(let node): node.columns
        case .unnest(let node): node.columns
        case .behaviour(let plan): plan.columns
        case .shared(let node): node.columns
        case .recursive(let node): node.first.columns
        case .working(let node): node.columns
        }
    }

    /// Every expression of this node alone.
    package var expressions: [BoundExpression] {
        switch self {
        case .behaviour, .limit, .setOperation, .shared, .recursive, .working: []
        case .scan(let node): node.predicates
        case .values(let node): node.rows.flatMap { $0 }
        case .filter(_, let condition): [condition]
        case .distinct(_, let on): on
        case .project(let node): node.expressions
        case .aggregate(let node): node.keys + node.aggregates.map { .aggregate($0) }
        case .unnest(let node): node.lists
        case .window(let node): node.calls.map { .window($0) }
        case .sort(let node): node.keys.map(\.expression)
        case .join(let node): node.keys.flatMap { [$0.left, $0.right] } + (node.condition.map { [$0] } ?? [])
        }
    }

    /// The relations directly below.
    package var inputs: [LogicalPlan] {
        switch self {
        case .scan, .values, .behaviour, .working: []
        case .filter(let input, _), .distinct(let input, _): [input]
        case .project(let node): [node.input]
        case .aggregate(let node): [node.input]
        case .window(let node): [node.input]
        case .unnest(let node): [node.input]
        case .sort(let node): [node.input]
        case .limit(let node): [node.input]
        case .setOperation(let node): [node.left, node.right]
        case .join(let node): [node.left, node.right]
        case .shared(let node): [node.plan]
        case .recursive(let node): [node.first, node.step]
        }
    }
}

/// A WITH query that is read in several places: its rows are computed once for the statement.
package struct SharedNode: Sendable {
    package var name: String
    /// One number for all places of one query.
    package var id: Int
    package var plan: LogicalPlan
    package var columns: [OutputColumn]
}

/// A bound behaviour statement as a relation. Its columns are known before it runs.
package protocol BehaviourPlan: Sendable {
    /// The event table it reads.
    var table: String { get }
    /// The semantics that it uses, one sentence each; shown with the result.
    var notes: [String] { get }
    var columns: [OutputColumn] { get }
    /// The operator's line in EXPLAIN, and lines below it.
    var explainLines: [String] { get }
    /// The same plan where only some columns, by index, will be looked at: the others need not be right.
    func narrowed(to columns: [Int]) -> Self
}

extension BehaviourPlan {
    package func narrowed(to columns: [Int]) -> Self { self }
}

/// Binds FUNNEL, RETENTION and their kin for the query binder.
package protocol BehaviourBinding: Sendable {
    func bind(_ statement: BehaviourStatement, with binder: Binder) throws(EventSQLError) -> any BehaviourPlan
}

/// Rows of an event table. Predicates and outputs are read through `ScanLayout`.
package struct ScanNode: Sendable {
    package var table: String
    package var layout: ScanLayout
    /// Indexes into the layout: which columns come out, in order.
    package var outputs: [Int]
    /// Over the layout; all must be true.
    package var predicates: [BoundExpression]

    package init(table: String, layout: ScanLayout, outputs: [Int], predicates: [BoundExpression] = []) {
        self.table = table
        self.layout = layout
        self.outputs = outputs
        self.predicates = predicates
    }

    package var columns: [OutputColumn] {
        outputs.map { OutputColumn(layout.columns[$0].path, layout.columns[$0].type) }
    }
}

/// How the columns of a table are numbered in predicates over its rows: first the schema's own columns in order, then,
/// for each column that holds several types, one that tells the type of each value (`typeof`).
package struct ScanLayout: Sendable {
    package struct Column: Sendable, Equatable {
        package var path: String
        package var role: ColumnRole
        package var type: ScalarType
        /// The name of each value's stored type in place of the value.
        package var isTypeName: Bool
    }

    package let columns: [Column]
    /// Schema column -> the column that tells its values' types.
    package let typeNames: [Int: Int]

    package init(_ schema: TableSchema) {
        var columns = schema.columns.map {
            Column(path: $0.path, role: $0.role, type: $0.type, isTypeName: false)
        }
        var typeNames: [Int: Int] = [:]
        for (index, column) in schema.columns.enumerated() where column.role == .property {
            if column.storedTypes.rawValue.nonzeroBitCount > 1 {
                typeNames[index] = columns.count
                columns.append(Column(path: column.path, role: .property, type: .string, isTypeName: true))
            }
        }
        self.columns = columns
        self.typeNames = typeNames
    }

    package func index(role: ColumnRole) -> Int? { columns.firstIndex { $0.role == role } }
}

/// Rows written in the statement. No columns and one row is what SELECT without FROM reads.
package struct ValuesNode: Sendable {
    package var columns: [OutputColumn]
    package var rows: [[BoundExpression]]

    package init(columns: [OutputColumn], rows: [[BoundExpression]]) {
        self.columns = columns
        self.rows = rows
    }
}

package struct ProjectNode: Sendable {
    package var input: LogicalPlan
    package var expressions: [BoundExpression]
    package var names: [String]

    package init(input: LogicalPlan, expressions: [BoundExpression], names: [String]) {
        self.input = input
        self.expressions = expressions
        self.names = names
    }

    package var columns: [OutputColumn] { zip(names, expressions).map { OutputColumn($0, $1.type) } }
}

/// Group keys, then aggregates. With several grouping sets, keys outside a set are NULL, and a last column tells the set.
package struct AggregateNode: Sendable {
    package var input: LogicalPlan
    package var keys: [BoundExpression]
    package var aggregates: [AggregateCall]
    /// Indexes into `keys` for each set; nil: one set with all keys.
    package var groupingSets: [[Int]]?
    package var names: [String]

    package init(
        input: LogicalPlan, keys: [BoundExpression], aggregates: [AggregateCall], groupingSets: [[Int]]? = nil,
        names: [String]
    ) {
        self.input = input
        self.keys = keys
        self.aggregates = aggregates
        self.groupingSets = groupingSets
        self.names = names
    }

    package var columns: [OutputColumn] {
        let types = keys.map(\.type) + aggregates.map(\.type)
        let set = groupingSets == nil ? [] : [OutputColumn("grouping_set", .int64)]
        return zip(names, types).map { OutputColumn($0, $1) } + set
    }
}

/// Adds one column per window function.
package struct WindowNode: Sendable {
    package var input: LogicalPlan
    package var calls: [WindowCall]

    package init(input: LogicalPlan, calls: [WindowCall]) {
        self.input = input
        self.calls = calls
    }

    package var outputs: [OutputColumn] { calls.map { OutputColumn($0.function, $0.type) } }
}

package struct SortNode: Sendable {
    package var input: LogicalPlan
    package var keys: [SortKey]
    /// Only this many rows are wanted from the front.
    package var limit: Int?

    package init(input: LogicalPlan, keys: [SortKey], limit: Int? = nil) {
        self.input = input
        self.keys = keys
        self.limit = limit
    }
}

package struct LimitNode: Sendable {
    package var input: LogicalPlan
    package var count: Int?
    package var offset: Int

    package init(input: LogicalPlan, count: Int?, offset: Int) {
        self.input = input
        self.count = count
        self.offset = offset
    }
}

/// UNION, INTERSECT or EXCEPT of inputs with equal types.
package struct SetNode: Sendable {
    package var kind: SetOperator
    package var isAll: Bool
    package var left: LogicalPlan
    package var right: LogicalPlan

    package init(kind: SetOperator, isAll: Bool, left: LogicalPlan, right: LogicalPlan) {
        self.kind = kind
        self.isAll = isAll
        self.left = left
        self.right = right
    }

    package var columns: [OutputColumn] { left.columns }
}

/// Columns of the left input, then of the right one; semi and anti yield the left columns only.
package struct JoinNode: Sendable {
    package var kind: JoinKind
    package var left: LogicalPlan
    package var right: LogicalPlan
    /// Pairs that must be equal: over the left input, over the right one, of one type.
    package var keys: [(left: BoundExpression, right: BoundExpression)]
    /// Over both inputs' columns.
    package var condition: BoundExpression?
    /// NOT IN: a NULL on either side makes the answer NULL.
    package var nullsPoison: Bool

    package init(
        kind: JoinKind, left: LogicalPlan, right: LogicalPlan, keys: [(left: BoundExpression, right: BoundExpression)],
        condition: BoundExpression?, nullsPoison: Bool = false
    ) {
        self.kind = kind
        self.left = left
        self.right = right
        self.keys = keys
        self.condition = condition
        self.nullsPoison = nullsPoison
    }

    /// Over both sides: whether all pairs are equal, or would be if a NULL were some value.
    package static func mayBeEqual(
        _ pairs: [(left: BoundExpression, right: BoundExpression)], leftWidth: Int
    ) -> BoundExpression {
        let equal = pairs.map { pair in
            BoundExpression.compare(.equal, pair.left, pair.right.mapColumns { $0 + leftWidth })
        }
        let all = BoundExpression.all(equal) ?? .constant(.bool(true), .bool)
        return .isDistinct(all, .constant(.bool(false), .bool), negated: false)
    }

    package var columns: [OutputColumn] {
        kind == .semi || kind == .anti ? left.columns : left.columns + right.columns
    }
}
