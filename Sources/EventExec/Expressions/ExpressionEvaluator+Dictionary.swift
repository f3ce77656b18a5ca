import EventBase
import EventColumns
import EventPlan

extension ExpressionEvaluator {
    /// The answer looked up by code; nil where the dictionary is too large for the rows seen so far, or refuses.
    func dictionaryAnswer(_ node: ExpressionNode, _ vector: Vector, _ column: Int) throws(EventSQLError) -> Vector? {
        guard case .string(let codes, _) = vector.values,
            let answers = try dictionaryMemo(node, vector, column)?.answers
        else { return nil }
        return Self.lookUp(codes, validity: vector.validity, in: answers)
    }

    /// Rows for which a condition is true, read off the dictionary's answers; nil as above.
    func dictionarySelection(_ node: ExpressionNode, _ vector: Vector, _ column: Int) throws(EventSQLError) -> [Int]? {
        guard case .string(let codes, _) = vector.values,
            let memo = try dictionaryMemo(node, vector, column), let truths = memo.truths
        else { return nil }
        if vector.validity == nil, let wanted = memo.wanted, codes.count <= 1 << 16 {
            var rows: [UInt16] = []
            let found = CodeSelection.select(codes, base: 0, wanted: wanted, last: truths.count - 1, into: &rows)
            rows.removeLast(rows.count - found)
            return mapValues(rows) { Int($0) }
        }
        guard let validity = vector.validity else {
            return LogicKernels.flaggedRows(mapValues(codes) { truths[Int($0)] })
        }
        let none = truths.count - 1
        return LogicKernels.flaggedRows(
            mapPairs(codes, validity, aIsConstant: false, bIsConstant: false) { truths[$1 ? Int($0) : none] })
    }

    /// What the expression answers for each value of the column's dictionary; nil as above.
    private func dictionaryMemo(
        _ node: ExpressionNode, _ vector: Vector, _ column: Int
    ) throws(EventSQLError) -> DictionaryMemo? {
        guard case .string(let codes, let pool) = vector.values else { return nil }
        let key = ObjectIdentifier(pool)
        if node.memos[key] == nil {
            // Pools made by expressions live for one batch; forget them before they add up.
            if node.memos.count > 4096 { node.memos.removeAll() }
            node.memos[key] = DictionaryMemo(pool: pool)
        }
        guard let memo = node.memos[key], !memo.isRefused else { return nil }
        memo.rowsSeen += codes.count
        if memo.answers == nil {
            if memo.rowsSeen < pool.count { return nil }
            memo.answers = try? answers(node, vector, pool, column)
            if memo.answers == nil {
                memo.isRefused = true
                return nil
            }
        }
        return memo
    }

    private func answers(
        _ node: ExpressionNode, _ vector: Vector, _ pool: any StringPool, _ column: Int
    ) throws(EventSQLError) -> Vector {
        let count = pool.count + 1
        var present = [Bool](repeating: true, count: count)
        present[count - 1] = false
        let all = Vector(
            type: vector.type, values: .string(codes: [UInt32](indexes: count), pool: pool), validity: present)
        let columns = [Vector](repeating: all, count: column + 1)
        return try computeDirectly(node, columns, count).expanded(count: count)
    }

    private static func lookUp(_ codes: [UInt32], validity: [Bool]?, in answers: Vector) -> Vector {
        var rows: [Int]
        if let validity {
            let none = answers.count - 1
            rows = mapPairs(codes, validity, aIsConstant: false, bIsConstant: false) { $1 ? Int($0) : none }
        } else {
            rows = mapValues(codes) { Int($0) }
        }
        if case .bool(let table) = answers.values, answers.validity == nil {
            return Vector(type: answers.type, values: .bool(mapValues(rows) { table[$0] }))
        }
        var result = answers.gather(rows)
        if let mask = result.validity { result.validity = compacted(mask) }
        return result
    }

    func inList(_ node: ExpressionNode, _ columns: [Vector], _ count: Int, _ negated: Bool) throws(EventSQLError)
        -> Vector
    {
        let first = try operand(node.children[0], columns, count)
        if node.list == nil { node.list = ConstantList(node.children.dropFirst().map(\.expression)) }
        if let list = node.list, list.isUsable, !first.isConstant || node.children.count == 1 {
            return list.lookUp(first.expanded(count: count), negated: negated)
        }
        var result: Vector?
        for member in node.children.dropFirst() {
            let other = try operand(member, columns, count)
            let equal = CompareKernels.compare(.equal, first, other, count: count)
            result = result.map { LogicKernels.or($0, equal) } ?? equal
        }
        let found = result ?? Vector(type: .bool, values: .bool([Bool](repeating: false, count: count)))
        return negated ? LogicKernels.not(found) : found
    }
}

/// The members of IN (...) as a set, where all are constants of a type with a cheap hash.
final class ConstantList {
    private var numbers = Set<Int64>()
    private var texts = StringInterner()
    private var hasNull = false
    private(set) var isUsable = true
    private let isEmpty: Bool

    init(_ members: [BoundExpression]) {
        isEmpty = members.isEmpty
        for member in members {
            switch member.constantValue {
            case .null?: hasNull = true
            case .int64(let value)?, .timestamp(let value)?, .date(let value)?: numbers.insert(value)
            case .string(let text)?, .json(let text)?: _ = texts.intern(text)
            default: isUsable = false
            }
        }
    }

    /// A NULL member makes every row that is not found unknown.
    func lookUp(_ vector: Vector, negated: Bool) -> Vector {
        var values = [Bool](repeating: false, count: vector.count)
        // Nothing is in an empty list, not even an unknown value.
        if isEmpty { return Vector(type: .bool, values: .bool(mapValues(values) { _ in negated })) }
        switch vector.values {
        case .int64(let own): for row in own.indices { values[row] = numbers.contains(own[row]) }
        case .string(let codes, let pool):
            for row in codes.indices where !vector.isNull(at: row) {
                values[row] = texts.find(pool.bytes(at: codes[row])) != nil
            }
        default: break
        }
        let validity = hasNull ? bothPresent(vector.validity, values) : vector.validity
        return Vector(type: .bool, values: .bool(negated ? mapValues(values) { !$0 } : values), validity: validity)
    }
}
