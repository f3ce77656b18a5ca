package import EventBase
package import EventColumns

/// A place in the statement's text that takes no part in comparing expressions: `a + b` twice is one expression.
package struct Place: Sendable, Hashable {
    package var position: SourcePosition?

    package init(_ position: SourcePosition? = nil) { self.position = position }

    package static func == (a: Self, b: Self) -> Bool { true }
    package func hash(into hasher: inout Hasher) {}
}

/// An expression whose names are columns of its input (by index) and whose types are settled.
///
/// Every operand already has the type its operator wants; casts that the text left out are nodes of their own.
/// Equality ignores positions.
package indirect enum BoundExpression: Sendable, Equatable {
    case constant(Value, ScalarType)
    /// A column of the input, by index.
    case column(Int, ScalarType, Place)
    /// A column of the query around this one; the binder turns it into a join before a plan is complete.
    case outer(Int, ScalarType, Place)
    case call(BoundCall)
    /// Both sides have one type. NULL when either is NULL.
    case compare(Comparison, BoundExpression, BoundExpression)
    case and([BoundExpression])
    case or([BoundExpression])
    case not(BoundExpression)
    case isNull(BoundExpression, negated: Bool)
    /// IS [NOT] DISTINCT FROM: never NULL.
    case isDistinct(BoundExpression, BoundExpression, negated: Bool)
    case cast(BoundExpression, to: ScalarType, isTry: Bool, Place)
    /// The first branch whose condition is true; branches that are not taken are not evaluated.
    case caseWhen([BoundBranch], otherwise: BoundExpression, ScalarType)
    /// The first that is not NULL.
    case coalesce([BoundExpression], ScalarType)
    /// Operand and members have one type.
    case inList(BoundExpression, [BoundExpression], negated: Bool)
    /// The operand is the user column. Never NULL for a row with a user.
    case inCohort(BoundExpression, cohort: String, negated: Bool, Place)
    /// Taken out by the binder before a plan is complete: an aggregate and where it stood.
    case aggregate(AggregateCall)
    /// Taken out by the binder before a plan is complete.
    case window(WindowCall)
    /// A query inside the expression; run before the statement's own rows.
    case subquery(Subquery)

    package var type: ScalarType {
        switch self {
        case .constant(_, let type), .column(_, let type, _), .outer(_, let type, _), .caseWhen(_, _, let type),
            .coalesce(_, let type):
            type
        case .cast(_, let type, _, _): type
        case .call(let call): call.type
        case .compare, .and, .or, .not, .isNull, .isDistinct, .inList, .inCohort: .bool
        case .aggregate(let call): call.type
        case .window(let call): call.type
        case .subquery(let query): query.type
        }
    }

    /// The constant's value, nil for anything else.
    package var constantValue: Value? {
        if case .constant(let value, _) = self { value } else { nil }
    }
}

package struct BoundBranch: Sendable, Equatable {
    package var when: BoundExpression
    package var then: BoundExpression

    package init(when: BoundExpression, then: BoundExpression) {
        self.when = when
        self.then = then
    }
}

/// A call of a scalar function or operator. `function` names a row of `FunctionTable` and a kernel of EventExec.
package struct BoundCall: Sendable, Equatable {
    package var function: String
    package var arguments: [BoundExpression]
    package var type: ScalarType
    package var place: Place

    package init(_ function: String, _ arguments: [BoundExpression], type: ScalarType, place: Place = Place()) {
        self.function = function
        self.arguments = arguments
        self.type = type
        self.place = place
    }
}

package enum Comparison: String, Sendable {
    case equal = "=", notEqual = "<>", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="

    /// The comparison that holds when the operands change sides.
    package var mirrored: Comparison {
        switch self {
        case .equal, .notEqual: self
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        }
    }

    /// The comparison that is true exactly where this one is false.
    package var negated: Comparison {
        switch self {
        case .equal: .notEqual
        case .notEqual: .equal
        case .less: .greaterOrEqual
        case .lessOrEqual: .greater
        case .greater: .lessOrEqual
        case .greaterOrEqual: .less
        }
    }
}

/// One aggregate of a grouping: which function, over what, of which rows.
package struct AggregateCall: Sendable, Equatable {
    /// A row of `AggregateTable`.
    package var function: String
    package var arguments: [BoundExpression]
    package var isDistinct: Bool
    package var filter: BoundExpression?
    package var orderBy: [SortKey]
    /// What a function of `StreamTable` does; nil for all others.
    package var stream: StreamFunction?
    package var type: ScalarType
    package var place: Place

    package init(
        function: String, arguments: [BoundExpression], isDistinct: Bool = false, filter: BoundExpression? = nil,
        orderBy: [SortKey] = [], stream: StreamFunction? = nil, type: ScalarType, place: Place = Place()
    ) {
        self.function = function
        self.arguments = arguments
        self.isDistinct = isDistinct
        self.filter = filter
        self.orderBy = orderBy
        self.stream = stream
        self.type = type
        self.place = place
    }
}

/// One window function with its partition, order and frame.
package struct WindowCall: Sendable, Equatable {
    package struct Frame: Sendable, Equatable {
        package enum Unit: String, Sendable { case rows = "ROWS", range = "RANGE", groups = "GROUPS" }
        package enum Bound: Sendable, Equatable {
            case unboundedPreceding, preceding(Int), currentRow, following(Int), unboundedFollowing
            /// RANGE: a number or an interval before or after the row's ORDER BY value.
            case below(Value), above(Value)
        }
        /// Rows of the frame that do not count.
        package enum Exclusion: Sendable { case nothing, currentRow, group, ties }
        package var unit: Unit
        package var start: Bound
        package var end: Bound
        package var exclusion = Exclusion.nothing

        package init(unit: Unit, start: Bound, end: Bound) {
            self.unit = unit
            self.start = start
            self.end = end
        }
    }

    /// A window-only function, or an aggregate of `AggregateTable`.
    package var function: String
    package var isAggregate: Bool
    /// Each value of a frame counts once.
    package var isDistinct: Bool
    /// IGNORE NULLS: rows whose first argument is NULL do not count.
    package var ignoresNulls = false
    package var arguments: [BoundExpression]
    package var filter: BoundExpression?
    package var partitionBy: [BoundExpression]
    package var orderBy: [SortKey]
    package var frame: Frame
    package var type: ScalarType
    package var place: Place

    package init(
        function: String, isAggregate: Bool, isDistinct: Bool = false, arguments: [BoundExpression],
        filter: BoundExpression?, partitionBy: [BoundExpression], orderBy: [SortKey], frame: Frame, type: ScalarType,
        place: Place
    ) {
        self.function = function
        self.isAggregate = isAggregate
        self.isDistinct = isDistinct
        self.arguments = arguments
        self.filter = filter
        self.partitionBy = partitionBy
        self.orderBy = orderBy
        self.frame = frame
        self.type = type
        self.place = place
    }
}

/// An expression to sort by, with the place of NULL settled.
package struct SortKey: Sendable, Equatable {
    package var expression: BoundExpression
    package var descending: Bool
    package var nullsFirst: Bool

    package init(expression: BoundExpression, descending: Bool, nullsFirst: Bool) {
        self.expression = expression
        self.descending = descending
        self.nullsFirst = nullsFirst
    }
}

/// A query inside an expression. The binder makes joins of those that read columns of the row outside.
package struct Subquery: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// The one value of at most one row; NULL for none.
        case scalar
        case exists(negated: Bool)
        /// The operands are compared with the query's columns, one each.
        case membership([BoundExpression], negated: Bool)
        /// `x op ANY | ALL (query)`: the query gives `Quantified.columns` of its values as one row.
        case quantified(BoundExpression, Comparison, isAll: Bool)

        /// What is computed over the row outside.
        package var operands: [BoundExpression] {
            switch self {
            case .scalar, .exists: []
            case .membership(let operands, _): operands
            case .quantified(let operand, _, _): [operand]
            }
        }
    }

    package var kind: Kind
    package var plan: LogicalPlan
    package var type: ScalarType
    package var site: Site
    package var position: SourcePosition { site.position }

    /// Where a query is written: two queries are one only when they stand at one site.
    package struct Site: Sendable, Equatable {
        /// Tells the statement's text from those of views.
        package var text: Int
        package var position: SourcePosition
        /// Of several queries that one written query stands for.
        package var part = 0
    }

    package init(kind: Kind, plan: LogicalPlan, type: ScalarType, site: Site) {
        self.kind = kind
        self.plan = plan
        self.type = type
        self.site = site
    }

    /// The plan whose rows answer the query where it does not depend on the row outside: of IN each row once.
    package var rowsPlan: LogicalPlan {
        if case .membership = kind { .distinct(plan, on: []) } else { plan }
    }

    package static func == (a: Self, b: Self) -> Bool { a.site == b.site && a.kind == b.kind }
}
