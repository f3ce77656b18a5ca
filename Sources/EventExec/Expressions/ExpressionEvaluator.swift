package import EventBase
package import EventColumns
package import EventPlan

/// Computes one expression over batches. Answers about dictionaries are kept from batch to batch.
///
/// - Threads: one worker at a time; each worker makes its own.
package final class ExpressionEvaluator {
    private let root: ExpressionNode
    /// The type of every answer.
    package var type: ScalarType { root.expression.type }
    private let environment: EvaluationEnvironment

    package init(_ expression: BoundExpression, environment: EvaluationEnvironment = EvaluationEnvironment()) {
        root = ExpressionNode(expression)
        self.environment = environment
    }

    /// One value per row.
    /// - Errors: `.invalidInput` with the operator's position where a row has no answer (overflow, division by zero).
    package func evaluate(_ columns: [Vector], count: Int) throws(EventSQLError) -> Vector {
        var vector = try operand(root, columns, count).expanded(count: count)
        vector.type = root.expression.type
        return vector
    }

    /// Rows for which the condition is true, ascending.
    package func select(_ columns: [Vector], count: Int) throws(EventSQLError) -> [Int] {
        if let column = root.dictionaryColumn, let rows = try dictionarySelection(root, columns[column], column) {
            return rows
        }
        let answer = try operand(root, columns, count)
        if answer.isConstant {
            return !answer.vector.isNull(at: 0) && answer.bools[0] ? Array(0..<count) : []
        }
        return LogicKernels.trueRows(answer.vector)
    }

    func operand(_ node: ExpressionNode, _ columns: [Vector], _ count: Int) throws(EventSQLError) -> Operand {
        if node.isVolatile { return try computeDirectly(node, columns, count) }
        if node.columns.isEmpty {
            if let constant = node.constant { return constant }
            let computed = try computeDirectly(node, columns, 1)
            let constant = Operand(computed.vector, isConstant: true)
            node.constant = constant
            return constant
        }
        if let column = node.dictionaryColumn, let answer = try dictionaryAnswer(node, columns[column], column) {
            return Operand(answer)
        }
        return try computeDirectly(node, columns, count)
    }

    func computeDirectly(_ node: ExpressionNode, _ columns: [Vector], _ count: Int) throws(EventSQLError) -> Operand {
        switch node.expression {
        case .constant(let value, let type): return Operand(constant: value, type: type)
        case .column(let index, let type, _):
            if type == .null { return Operand(constant: .null, type: .null) }
            return Operand(columns[index])
        case .call(let call):
            var arguments: [Operand] = []
            for child in node.children { arguments.append(try operand(child, columns, count)) }
            let input = KernelInput(
                arguments: arguments, count: count, type: call.type, position: call.place.position,
                context: environment.context)
            return Operand(try node.kernel!(input))
        case .compare(let comparison, _, _):
            let a = try operand(node.children[0], columns, count)
            let b = try operand(node.children[1], columns, count)
            return Operand(CompareKernels.compare(comparison, a, b, count: count))
        case .isDistinct(_, _, let negated):
            let a = try operand(node.children[0], columns, count)
            let b = try operand(node.children[1], columns, count)
            return Operand(CompareKernels.isDistinct(a, b, negated: negated, count: count))
        case .and, .or: return Operand(try logic(node, columns, count))
        case .not: return Operand(LogicKernels.not(try boolean(node.children[0], columns, count)))
        case .isNull(_, let negated):
            let inner = try operand(node.children[0], columns, count).expanded(count: count)
            let mask = inner.validity ?? [Bool](repeating: true, count: count)
            return Operand(Vector(type: .bool, values: .bool(negated ? mask : mapValues(mask) { !$0 })))
        case .cast(_, let type, let isTry, let place):
            let inner = try operand(node.children[0], columns, count)
            let vector = try CastKernels.cast(inner.vector, to: type, isTry: isTry, position: place.position)
            return Operand(vector, isConstant: inner.isConstant)
        case .caseWhen(_, _, let type): return Operand(try caseWhen(node, columns, count, type))
        case .coalesce(_, let type): return Operand(try coalesce(node, columns, count, type))
        case .inList(_, _, let negated): return Operand(try inList(node, columns, count, negated))
        case .inCohort(_, let cohort, let negated, _):
            return Operand(try inCohort(node, columns, count, cohort, negated))
        case .outer, .aggregate, .window, .subquery:
            preconditionFailure("BUG: \(node.expression) reached the evaluator")
        }
    }

    private func boolean(_ node: ExpressionNode, _ columns: [Vector], _ count: Int) throws(EventSQLError) -> Vector {
        let vector = try operand(node, columns, count).expanded(count: count)
        if case .bool = vector.values { return vector }
        return .nulls(type: .bool, count: count)
    }

    /// Later parts that may fail see only the rows that earlier parts leave open.
    private func logic(_ node: ExpressionNode, _ columns: [Vector], _ count: Int) throws(EventSQLError) -> Vector {
        let isAnd = if case .and = node.expression { true } else { false }
        var result = try boolean(node.children[0], columns, count)
        for child in node.children.dropFirst() {
            let part: Vector
            if child.canFail {
                let settled = isAnd ? LogicKernels.not(result) : result
                let open = Self.rowsNotTrue(settled)
                if open.isEmpty { return result }
                part =
                    open.count == count
                    ? try boolean(child, columns, count)
                    : try scattered(child, columns, open, count: count, filler: .bool(isAnd))
            } else {
                part = try boolean(child, columns, count)
            }
            result = isAnd ? LogicKernels.and(result, part) : LogicKernels.or(result, part)
        }
        return result
    }

    private static func rowsNotTrue(_ vector: Vector) -> [Int] {
        guard case .bool(let values) = vector.values else { return [] }
        return values.indices.filter { !values[$0] || vector.isNull(at: $0) }
    }

    /// A condition computed on some rows; the others get `filler`.
    private func scattered(
        _ node: ExpressionNode, _ columns: [Vector], _ rows: [Int], count: Int, filler: Value
    ) throws(EventSQLError) -> Vector {
        let part = try boolean(node, narrowed(node, columns, rows), rows.count)
        guard case .bool(let found) = part.values, case .bool(let fill) = filler else { return part }
        var values = [Bool](repeating: fill, count: count)
        var present = [Bool](repeating: true, count: count)
        for (index, row) in rows.enumerated() {
            values[row] = found[index]
            present[row] = !part.isNull(at: index)
        }
        return Vector(type: .bool, values: .bool(values), validity: compacted(present))
    }

    /// The columns that a node reads, at some rows; the others are left as they are and not looked at.
    private func narrowed(_ node: ExpressionNode, _ columns: [Vector], _ rows: [Int]) -> [Vector] {
        var result = columns
        for column in node.columns { result[column] = columns[column].gather(rows) }
        return result
    }

    private func caseWhen(
        _ node: ExpressionNode, _ columns: [Vector], _ count: Int, _ type: ScalarType
    ) throws(EventSQLError) -> Vector {
        var pieces: [(rows: [Int], values: Vector)] = []
        var open = Array(0..<count)
        var index = 0
        while index + 1 < node.children.count, !open.isEmpty {
            let (when, then) = (node.children[index], node.children[index + 1])
            index += 2
            let test = try boolean(when, narrowed(when, columns, open), open.count)
            let hits = LogicKernels.trueRows(test)
            if hits.isEmpty { continue }
            let rows = hits.map { open[$0] }
            pieces.append(
                (rows, try operand(then, narrowed(then, columns, rows), rows.count).expanded(count: rows.count)))
            var isHit = [Bool](repeating: false, count: open.count)
            for hit in hits { isHit[hit] = true }
            open = open.indices.filter { !isHit[$0] }.map { open[$0] }
        }
        if !open.isEmpty {
            let last = node.children[node.children.count - 1]
            pieces.append(
                (open, try operand(last, narrowed(last, columns, open), open.count).expanded(count: open.count)))
        }
        return try VectorAssembly.scatter(pieces, type: type, count: count)
    }

    private func coalesce(
        _ node: ExpressionNode, _ columns: [Vector], _ count: Int, _ type: ScalarType
    ) throws(EventSQLError) -> Vector {
        var pieces: [(rows: [Int], values: Vector)] = []
        var open = Array(0..<count)
        for child in node.children where !open.isEmpty {
            let part = try operand(child, narrowed(child, columns, open), open.count).expanded(count: open.count)
            let hits = open.indices.filter { !part.isNull(at: $0) }
            if hits.count == open.count, pieces.isEmpty { return part }
            pieces.append((hits.map { open[$0] }, part.gather(hits)))
            open = open.indices.filter { part.isNull(at: $0) }.map { open[$0] }
        }
        pieces.append((open, .nulls(type: type, count: open.count)))
        return try VectorAssembly.scatter(pieces, type: type, count: count)
    }

    private func inCohort(
        _ node: ExpressionNode, _ columns: [Vector], _ count: Int, _ cohort: String, _ negated: Bool
    ) throws(EventSQLError) -> Vector {
        guard let members = environment.members(ofCohort: cohort) else {
            preconditionFailure("BUG: cohort \(cohort) was not resolved")
        }
        let users = try operand(node.children[0], columns, count).expanded(count: count)
        guard case .string(let codes, let pool) = users.values else { return .nulls(type: .bool, count: count) }
        if pool === environment.users {
            return Vector(
                type: .bool, values: .bool(codes.map { members.contains($0) != negated }), validity: users.validity)
        }
        // Ids that have left their table's directory are looked up again.
        var values = [Bool](repeating: negated, count: count)
        for row in 0..<count where !users.isNull(at: row) {
            let ordinal = environment.ordinal(ofUser: pool.string(at: codes[row]))
            values[row] = (ordinal.map { members.contains($0) } ?? false) != negated
        }
        return Vector(type: .bool, values: .bool(values), validity: users.validity)
    }
}
