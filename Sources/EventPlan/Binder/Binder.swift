package import EventBase
package import EventColumns
package import EventSyntax

/// Turns what was written into what is meant: names into column indexes, operators into typed calls, queries into plans.
///
/// - Errors: `.binding` with a position for whatever does not exist or does not fit, `.invalidInput` for constants that
///   cannot be read.
/// - Threads: a value; bind from any thread.
package struct Binder: Sendable {
    package let catalog: any Catalog
    package let parameters: [(name: ParameterName, value: Value)]
    /// The instant that now() means throughout the statement, microseconds since 1970 UTC.
    package let nowMicros: Int64
    let behaviour: (any BehaviourBinding)?
    /// The session's time zone; nil: UTC.
    package let zone: NamedZone?
    /// How COLUMNS('pattern') finds names.
    let patterns: (any NamePatterns)?

    package init(
        catalog: any Catalog, parameters: [(name: ParameterName, value: Value)] = [], nowMicros: Int64,
        behaviour: (any BehaviourBinding)? = nil, zone: NamedZone? = nil, patterns: (any NamePatterns)? = nil
    ) {
        self.patterns = patterns
        self.zone = zone
        self.catalog = catalog
        self.parameters = parameters
        self.nowMicros = nowMicros
        self.behaviour = behaviour
    }

    /// A condition over the rows of a table, its columns numbered as `ScanLayout(schema)` does.
    package func bindPredicate(_ ast: Expression, schema: TableSchema) throws(EventSQLError) -> BoundExpression {
        let context = BindContext(scope: Scope(schema: schema, layout: ScanLayout(schema), qualifier: schema.name))
        return try condition(ast, context)
    }

    /// Any expression over the rows of a table, without aggregates.
    package func bindExpression(_ ast: Expression, schema: TableSchema) throws(EventSQLError) -> BoundExpression {
        let context = BindContext(scope: Scope(schema: schema, layout: ScanLayout(schema), qualifier: schema.name))
        return try bind(ast, context)
    }

    /// The value of an expression without columns that is a constant as written; nil for anything else.
    package func bindConstant(_ ast: Expression) throws(EventSQLError) -> Value? {
        try bind(ast, BindContext(scope: Scope(), clause: "a constant")).constantValue
    }

    /// An expression that must be BOOLEAN.
    func condition(_ ast: Expression, _ context: BindContext) throws(EventSQLError) -> BoundExpression {
        let bound = try bind(ast, context)
        if bound.type == .bool { return bound }
        if bound.type == .null { return .constant(.null, .bool) }
        if case .string = bound.constantValue { return try coerce(bound, to: .bool, at: ast.position) }
        throw EventSQLError(
            .binding, "\(context.clause) must be BOOLEAN, but this is \(bound.type.name)", position: ast.position)
    }
}

/// Where an expression stands: which names it sees and what it may hold.
struct BindContext {
    var scope: Scope
    /// For errors: `WHERE`, `GROUP BY`.
    var clause = "the condition"
    var allowsAggregates = false
    var allowsWindows = false
    var allowsUnnest = false
    var commonTables: [String: CommonTablePlan] = [:]
    var windows: [String: WindowDefinition] = [:]
    /// Views around this query.
    var viewDepth = 0
    /// Tells a view's text from the statement's; added to places in the text, to number WITH queries.
    var sharedBase = 0
    /// Names of the select list by lower case, for clauses that may use them.
    var aliases: [String: BoundExpression] = [:]
    /// The columns that COLUMNS(...) stands for in this item of the select list; nil elsewhere.
    var repetition: ColumnRepetition?

    /// Where a query at a place of this text stands.
    func site(_ position: SourcePosition, part: Int = 0) -> Subquery.Site {
        Subquery.Site(text: sharedBase, position: position, part: part)
    }

    func inside(_ clause: String) -> BindContext {
        var inner = self
        inner.clause = clause
        inner.allowsAggregates = false
        inner.allowsWindows = false
        inner.allowsUnnest = false
        inner.aliases = [:]
        return inner
    }

    /// Another clause of the same SELECT.
    func clause(_ name: String, windows: Bool) -> BindContext {
        var other = self
        other.clause = name
        other.allowsWindows = windows
        other.allowsUnnest = name == "ORDER BY"
        return other
    }
}

/// A WITH query that has been bound.
struct CommonTablePlan {
    /// Tells this query from others of the statement, also those of the same name.
    var id: Int
    var plan: LogicalPlan
    var columns: [OutputColumn]
}
