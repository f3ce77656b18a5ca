package import EventBase

extension BoundExpression {
    /// The expressions directly inside this one. A subquery's own plan is not among them.
    package var children: [BoundExpression] {
        switch self {
        case .constant, .column, .outer: []
        case .call(let call): call.arguments
        case .compare(_, let a, let b), .isDistinct(let a, let b, _): [a, b]
        case .and(let parts), .or(let parts), .coalesce(let parts, _): parts
        case .not(let inner), .isNull(let inner, _), .cast(let inner, _, _, _), .inCohort(let inner, _, _, _): [inner]
        case .caseWhen(let branches, let otherwise, _): branches.flatMap { [$0.when, $0.then] } + [otherwise]
        case .inList(let operand, let members, _): [operand] + members
        case .aggregate(let call):
            call.arguments + (call.filter.map { [$0] } ?? []) + call.orderBy.map(\.expression)
        case .window(let call):
            call.arguments + (call.filter.map { [$0] } ?? []) + call.partitionBy + call.orderBy.map(\.expression)
        case .subquery(let query):
            query.kind.operands
        }
    }

    /// The same expression with each direct child replaced.
    package func mapChildren(
        _ change: (BoundExpression) throws(EventSQLError) -> BoundExpression
    ) throws(EventSQLError) -> BoundExpression {
        func all(_ parts: [BoundExpression]) throws(EventSQLError) -> [BoundExpression] {
            var result: [BoundExpression] = []
            for part in parts { result.append(try change(part)) }
            return result
        }
        func keys(_ keys: [SortKey]) throws(EventSQLError) -> [SortKey] {
            var result = keys
            for index in keys.indices { result[index].expression = try change(keys[index].expression) }
            return result
        }
        switch self {
        case .constant, .column, .outer: return self
        case .call(var call):
            call.arguments = try all(call.arguments)
            return .call(call)
        case .compare(let comparison, let a, let b): return .compare(comparison, try change(a), try change(b))
        case .isDistinct(let a, let b, let negated): return .isDistinct(try change(a), try change(b), negated: negated)
        case .and(let parts): return .and(try all(parts))
        case .or(let parts): return .or(try all(parts))
        case .coalesce(let parts, let type): return .coalesce(try all(parts), type)
        case .not(let inner): return .not(try change(inner))
        case .isNull(let inner, let negated): return .isNull(try change(inner), negated: negated)
        case .cast(let inner, let type, let isTry, let place):
            return .cast(try change(inner), to: type, isTry: isTry, place)
        case .inCohort(let inner, let cohort, let negated, let place):
            return .inCohort(try change(inner), cohort: cohort, negated: negated, place)
        case .caseWhen(let branches, let otherwise, let type):
            var changed: [BoundBranch] = []
            for branch in branches {
                changed.append(BoundBranch(when: try change(branch.when), then: try change(branch.then)))
            }
            return .caseWhen(changed, otherwise: try change(otherwise), type)
        case .inList(let operand, let members, let negated):
            return .inList(try change(operand), try all(members), negated: negated)
        case .aggregate(var call):
            call.arguments = try all(call.arguments)
            if let filter = call.filter { call.filter = try change(filter) }
            call.orderBy = try keys(call.orderBy)
            return .aggregate(call)
        case .window(var call):
            call.arguments = try all(call.arguments)
            if let filter = call.filter { call.filter = try change(filter) }
            call.partitionBy = try all(call.partitionBy)
            call.orderBy = try keys(call.orderBy)
            return .window(call)
        case .subquery(var query):
            switch query.kind {
            case .scalar, .exists: break
            case .membership(let operands, let negated):
                query.kind = .membership(try all(operands), negated: negated)
            case .quantified(let operand, let comparison, let isAll):
                query.kind = .quantified(try change(operand), comparison, isAll: isAll)
            }
            return .subquery(query)
        }
    }

    /// `mapChildren` for a change that cannot fail.
    func mapped(_ change: (BoundExpression) -> BoundExpression) -> BoundExpression {
        do throws(EventSQLError) {
            return try mapChildren { child throws(EventSQLError) in change(child) }
        } catch { preconditionFailure("BUG: this change cannot fail") }
    }

    /// Whether this or anything inside satisfies the condition.
    package func contains(where condition: (BoundExpression) -> Bool) -> Bool {
        condition(self) || children.contains { $0.contains(where: condition) }
    }

    /// Holds an aggregate or `grouping(...)`, which both speak of groups.
    package var containsAggregate: Bool {
        contains {
            switch $0 {
            case .aggregate: true
            case .call(let call): call.function == SelectBody.groupingFunction
            default: false
            }
        }
    }
    /// Gives another value each time: computed for every row, never kept, never moved.
    package var isVolatile: Bool {
        contains {
            if case .call(let call) = $0 { MathFunctions.volatileKernels.contains(call.function) } else { false }
        }
    }
    package var containsSubquery: Bool { contains { if case .subquery = $0 { true } else { false } } }
    package var containsWindow: Bool { contains { if case .window = $0 { true } else { false } } }

    /// Indexes of all input columns that this reads, each once, in order of first use.
    package var usedColumns: [Int] {
        var found: [Int] = []
        collectColumns(into: &found)
        return found
    }

    private func collectColumns(into found: inout [Int]) {
        if case .column(let index, _, _) = self, !found.contains(index) { found.append(index) }
        for child in children { child.collectColumns(into: &found) }
    }

    /// The same expression over another input: column `i` becomes `change(i)`.
    package func mapColumns(_ change: (Int) -> Int) -> BoundExpression {
        if case .column(let index, let type, let place) = self { return .column(change(index), type, place) }
        do throws(EventSQLError) {
            return try mapChildren { child throws(EventSQLError) in child.mapColumns(change) }
        } catch { preconditionFailure("BUG: renumbering columns cannot fail") }
    }

    /// AND taken apart; anything else alone.
    package var conjuncts: [BoundExpression] {
        if case .and(let parts) = self { parts.flatMap(\.conjuncts) } else { [self] }
    }

    /// One expression that is true where all are; nil for none.
    package static func all(_ parts: [BoundExpression]) -> BoundExpression? {
        parts.count > 1 ? .and(parts) : parts.first
    }
}
