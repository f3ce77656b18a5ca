package import EventBase

/// A statement that yields rows: WITH, a body, ORDER BY, LIMIT.
package struct Query: Sendable, Equatable {
    package var with: [CommonTable] = []
    package var body: QueryBody
    package var orderBy: [OrderItem] = []
    package var limit: Expression?
    package var offset: Expression?

    package init(body: QueryBody) { self.body = body }
}

package struct CommonTable: Sendable, Equatable {
    package var name: String
    package var columns: [String]
    package var query: Query
    /// WITH RECURSIVE: the query may read itself.
    package var mayRecur: Bool
    package var position: SourcePosition

    package init(name: String, columns: [String], query: Query, mayRecur: Bool, position: SourcePosition) {
        self.name = name
        self.columns = columns
        self.query = query
        self.mayRecur = mayRecur
        self.position = position
    }
}

package indirect enum QueryBody: Sendable, Equatable {
    case select(Select)
    case setOperation(SetOperator, all: Bool, Query, Query)
    case values([[Expression]], SourcePosition)
    case behaviour(BehaviourStatement)
}

package enum SetOperator: String, Sendable { case union = "UNION", intersect = "INTERSECT", except = "EXCEPT" }

package struct Select: Sendable, Equatable {
    package enum Distinct: Sendable, Equatable { case none, rows, on([Expression]) }
    package enum Grouping: Sendable, Equatable {
        case expression(Expression)
        /// GROUPING SETS; ROLLUP and CUBE are expanded by the parser.
        case sets([[Expression]])
        /// GROUP BY ALL: every item without an aggregate.
        case all
    }

    package var distinct: Distinct = .none
    package var items: [SelectItem] = []
    package var from: TableReference?
    package var filter: Expression?
    package var groupBy: [Grouping] = []
    package var having: Expression?
    package var windows: [NamedWindow] = []
    package var qualify: Expression?
    package var position: SourcePosition

    package init(position: SourcePosition) { self.position = position }
}

package struct NamedWindow: Sendable, Equatable {
    package var name: String
    package var definition: WindowDefinition

    package init(name: String, definition: WindowDefinition) {
        self.name = name
        self.definition = definition
    }
}

package struct SelectItem: Sendable, Equatable {
    package var expression: Expression
    package var alias: String?
    /// The item's own text, which names the column where there is no alias and the item is no plain name.
    package var text: String

    package init(expression: Expression, alias: String?, text: String) {
        self.expression = expression
        self.alias = alias
        self.text = text
    }
}

package indirect enum TableReference: Sendable, Equatable {
    case table(name: [String], alias: TableAlias?, SourcePosition)
    case query(Query, alias: TableAlias?, SourcePosition)
    /// `LATERAL (query)`: may read what stands before it.
    case lateral(Query, alias: TableAlias?, SourcePosition)
    /// A table function such as `generate_series(1, 3)` or `unnest(t.list)`; WITH ORDINALITY numbers its rows.
    case function(FunctionCall, withOrdinality: Bool, alias: TableAlias?, SourcePosition)
    case join(TableReference, JoinKind, TableReference, JoinCondition, SourcePosition)
}

package struct TableAlias: Sendable, Equatable {
    package var name: String
    package var columns: [String]

    package init(name: String, columns: [String] = []) {
        self.name = name
        self.columns = columns
    }
}

package enum JoinKind: String, Sendable {
    case inner = "INNER", left = "LEFT", right = "RIGHT", full = "FULL", cross = "CROSS", semi = "SEMI", anti = "ANTI"
}

package enum JoinCondition: Sendable, Equatable {
    case none
    case on(Expression)
    case using([String])
    case natural
}
