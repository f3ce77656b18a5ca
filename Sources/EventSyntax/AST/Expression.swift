package import EventBase

/// One expression as written, with its place in the text. Names are not resolved here.
package indirect enum Expression: Sendable, Equatable {
    case literal(Literal, SourcePosition)
    /// A column or dotted property path, `a.b.c`; quoted parts keep their case, unquoted ones too (paths are case-sensitive;
    /// the binder falls back to a case-insensitive match where exactly one column fits).
    case name([String], SourcePosition)
    /// `*` or `t.*` in a select list or `count(*)`.
    case star(qualifier: String?, SourcePosition)
    /// `*` or `t.*` with some of its columns left out, replaced or renamed.
    case columns(ColumnSelection, SourcePosition)
    case unary(UnaryOperator, Expression, SourcePosition)
    case binary(BinaryOperator, Expression, Expression, SourcePosition)
    case isNull(Expression, negated: Bool, SourcePosition)
    /// IS [NOT] DISTINCT FROM.
    case isDistinct(Expression, Expression, negated: Bool, SourcePosition)
    /// IS [NOT] TRUE / FALSE.
    case isBool(Expression, Bool, negated: Bool, SourcePosition)
    case between(Expression, low: Expression, high: Expression, negated: Bool, SourcePosition)
    case inList(Expression, [Expression], negated: Bool, SourcePosition)
    case inQuery(Expression, Query, negated: Bool, SourcePosition)
    /// `user_id IN COHORT power`.
    case inCohort(Expression, cohort: String, negated: Bool, SourcePosition)
    /// `x < ANY (query)`, `x = ALL (query)`; `= ANY` and `<> ALL` are IN and NOT IN.
    case quantified(Expression, BinaryOperator, Query, isAll: Bool, SourcePosition)
    case exists(Query, negated: Bool, SourcePosition)
    case scalarQuery(Query, SourcePosition)
    /// LIKE / ILIKE / SIMILAR TO and `~` kinds are binary operators; this one carries ESCAPE.
    case like(
        Expression, pattern: Expression, escape: Expression?, caseInsensitive: Bool, negated: Bool, SourcePosition)
    case caseWhen(operand: Expression?, [CaseBranch], otherwise: Expression?, SourcePosition)
    case cast(Expression, TypeName, isTry: Bool, SourcePosition)
    /// EXTRACT(field FROM x).
    case extract(field: String, Expression, SourcePosition)
    case function(FunctionCall, SourcePosition)
    /// `$1` or `:name`.
    case parameter(ParameterName, SourcePosition)
    /// `[a, b]` or `ARRAY[a, b]`.
    case array([Expression], SourcePosition)
    /// `(a, b)` with two or more members.
    case row([Expression], SourcePosition)
    /// `x[i]` and `x -> 'key'` are binary; this is `x AT TIME ZONE z`.
    case atTimeZone(Expression, zone: Expression, SourcePosition)

    package var position: SourcePosition {
        switch self {
        case .literal(_, let p), .name(_, let p), .star(_, let p), .columns(_, let p), .unary(_, _, let p),
            .binary(_, _, _, let p),
            .isNull(_, _, let p), .isDistinct(_, _, _, let p), .isBool(_, _, _, let p), .between(_, _, _, _, let p),
            .inList(_, _, _, let p), .inQuery(_, _, _, let p), .inCohort(_, _, _, let p), .exists(_, _, let p),
            .quantified(_, _, _, _, let p),
            .scalarQuery(_, let p), .like(_, _, _, _, _, let p), .caseWhen(_, _, _, let p), .cast(_, _, _, let p),
            .extract(_, _, let p), .function(_, let p), .parameter(_, let p), .array(_, let p), .row(_, let p),
            .atTimeZone(_, _, let p):
            p
        }
    }
}

/// A constant as written.
package enum Literal: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// Has a point or exponent, or does not fit Int64.
    case double(Double)
    case string(String)
    /// `TIMESTAMP '...'`, `DATE '...'`: the text is parsed by the binder.
    case timestamp(String)
    case date(String)
    /// `INTERVAL '7 days'`, `INTERVAL 7 DAY`: months, days, microseconds.
    case interval(months: Int32, days: Int32, micros: Int64)
}

package enum UnaryOperator: String, Sendable { case minus = "-", plus = "+", not = "NOT", bitNot = "~" }

package enum BinaryOperator: String, Sendable {
    case add = "+", subtract = "-", multiply = "*", divide = "/", integerDivide = "//", modulo = "%", power = "^"
    case concatenate = "||"
    case equal = "=", notEqual = "<>", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="
    case and = "AND", or = "OR"
    case regexMatch = "~", regexMatchInsensitive = "~*", notRegexMatch = "!~", notRegexMatchInsensitive = "!~*"
    case similarTo = "SIMILAR TO"
    case bitAnd = "&", bitOr = "|", shiftLeft = "<<", shiftRight = ">>"
    case jsonGet = "->", jsonGetText = "->>", subscript_ = "[]"
}

package struct CaseBranch: Sendable, Equatable {
    package var when: Expression
    package var then: Expression

    package init(when: Expression, then: Expression) {
        self.when = when
        self.then = then
    }
}

/// A type as written: `BIGINT`, `VARCHAR(20)` (the length is ignored), `TIMESTAMP WITH TIME ZONE` in upper case.
package struct TypeName: Sendable, Equatable {
    package var name: String
    package var position: SourcePosition

    package init(name: String, position: SourcePosition) {
        self.name = name
        self.position = position
    }
}

package enum ParameterName: Sendable, Equatable {
    /// `$1` is 1; a bare `?` gets the next number.
    case position(Int)
    case name(String)

    /// As it is written.
    package var text: String {
        switch self {
        case .position(let index): "$\(index)"
        case .name(let name): ":\(name)"
        }
    }
}

/// `name([DISTINCT] arguments [ORDER BY ...]) [FILTER (WHERE ...)] [OVER ...]`.
package struct FunctionCall: Sendable, Equatable {
    /// In lower case.
    package var name: String
    /// The first of two pairs of parentheses: `window_funnel(60)(timestamp, a, b)`; nil: there is one pair.
    package var parameters: [Expression]?
    package var arguments: [Expression]
    package var isDistinct = false
    package var orderBy: [OrderItem] = []
    /// WITHIN GROUP (ORDER BY ...).
    package var withinGroup: [OrderItem] = []
    package var filter: Expression?
    package var over: WindowReference?
    /// IGNORE NULLS of lag, lead, first_value, last_value and nth_value.
    package var ignoresNulls = false

    package init(name: String, arguments: [Expression]) {
        self.name = name
        self.arguments = arguments
    }
}

package enum WindowReference: Sendable, Equatable {
    case named(String)
    case inline(WindowDefinition)
}

package struct WindowDefinition: Sendable, Equatable {
    package var baseName: String?
    package var partitionBy: [Expression] = []
    package var orderBy: [OrderItem] = []
    package var frame: WindowFrame?
    package init() {}
}

package struct WindowFrame: Sendable, Equatable {
    package enum Unit: String, Sendable { case rows = "ROWS", range = "RANGE", groups = "GROUPS" }
    package enum Bound: Sendable, Equatable {
        case unboundedPreceding, preceding(Expression), currentRow, following(Expression), unboundedFollowing
    }
    /// EXCLUDE: rows of the frame that do not count: the row itself, with its equals, or its equals without it.
    package enum Exclusion: String, Sendable {
        case nothing = "NO OTHERS", currentRow = "CURRENT ROW", group = "GROUP", ties = "TIES"
    }
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

package struct OrderItem: Sendable, Equatable {
    package var expression: Expression
    package var descending = false
    /// nil: last when ascending, first when descending (PostgreSQL).
    package var nullsFirst: Bool?

    package init(expression: Expression, descending: Bool = false, nullsFirst: Bool? = nil) {
        self.expression = expression
        self.descending = descending
        self.nullsFirst = nullsFirst
    }
}
