import EventBase
import EventColumns
import EventPlan
import EventSyntax

/// The right side of a join: all its rows, found by key.
final class JoinTable: @unchecked Sendable {
    let rows: Batch
    private let encoder: KeyEncoder
    /// First row of each key, and the next row with the same key; -1 ends.
    private let heads: [Int32]
    private let nexts: [Int32]
    let side: Side
    /// Rows with a NULL in their key; no key finds them.
    let nullRows: [Int]

    /// What NOT IN asks of all rows of the right side, of which the table may hold a part.
    struct Side: Sendable {
        var hasRows: Bool
        /// Some row has a NULL in its key.
        var hasNullKey: Bool
    }

    /// - Parameter side: of all rows, where these are a part of them.
    init(
        _ batches: [Batch], types: [ScalarType], keys: [BoundExpression], _ environment: EvaluationEnvironment,
        _ context: QueryContext, side: Side? = nil
    ) throws(EventSQLError) {
        let rows = try Batch.concatenate(batches, types: types, context)
        var columns: [Vector] = []
        for key in keys {
            let evaluator = ExpressionEvaluator(key, environment: environment)
            columns.append(try evaluator.evaluate(rows.columns, count: rows.rowCount))
        }
        var encoder = KeyEncoder(types: keys.map(\.type), hashesCollide: environment.hashesCollide)
        let numbers = try encoder.encode(columns, count: rows.rowCount, context)
        encoder.prepareSearch()
        var heads = [Int32](repeating: -1, count: encoder.count)
        var nexts = [Int32](repeating: -1, count: rows.rowCount)
        var nullRows: [Int] = []
        for row in (0..<rows.rowCount).reversed() {
            try context.check(at: row)
            if columns.contains(where: { $0.isNull(at: row) }) {
                nullRows.append(row)
                continue
            }
            nexts[row] = heads[Int(numbers[row])]
            heads[Int(numbers[row])] = Int32(row)
        }
        self.rows = rows
        self.encoder = encoder
        self.heads = heads
        self.nexts = nexts
        self.nullRows = nullRows
        self.side = side ?? Side(hasRows: rows.rowCount > 0, hasNullKey: !nullRows.isEmpty)
    }

    /// The key number of each row, `.max` where no row here has it.
    func find(_ keys: [Vector], count: Int) -> [UInt32] { encoder.find(keys, count: count) }

    func first(_ number: UInt32) -> Int32 { number == .max || heads.isEmpty ? -1 : heads[Int(number)] }
    func next(_ row: Int32) -> Int32 { nexts[Int(row)] }
}

/// One worker's share of probing a join table with rows of the left side.
final class JoinStage: BatchStage {
    private let node: JoinNode
    private let table: JoinTable
    private let context: QueryContext
    private let keys: [ExpressionEvaluator]
    private let condition: ExpressionEvaluator?
    /// NOT IN of several values: whether a pair with a NULL may be equal.
    private let poison: ExpressionEvaluator?
    /// Right rows that have met a left row; kept only for RIGHT and FULL.
    private(set) var matched: [Bool]
    /// Pairs looked at together; bounds what a many-to-many join holds at once.
    private static let pairCountMax = 1 << 16

    init(_ node: JoinNode, _ table: JoinTable, _ environment: EvaluationEnvironment, _ context: QueryContext) {
        self.node = node
        self.table = table
        self.context = context
        keys = node.keys.map { ExpressionEvaluator($0.left, environment: environment) }
        condition = node.condition.map { ExpressionEvaluator($0, environment: environment) }
        let mayBeEqual = JoinNode.mayBeEqual(node.keys, leftWidth: node.left.columns.count)
        poison =
            node.nullsPoison && node.keys.count > 1
            ? ExpressionEvaluator(mayBeEqual, environment: environment) : nil
        matched = node.kind == .right || node.kind == .full ? [Bool](repeating: false, count: table.rows.rowCount) : []
    }

    func apply(_ batch: Batch, _ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError) -> Bool {
        var columns: [Vector] = []
        for key in keys { columns.append(try key.evaluate(batch.columns, count: batch.rowCount)) }
        let numbers = table.find(columns, count: batch.rowCount)
        var isMet = [Bool](repeating: false, count: batch.rowCount)
        var (left, right): ([Int], [Int]) = ([], [])
        for row in 0..<batch.rowCount {
            var other = table.first(numbers[row])
            while other >= 0 {
                left.append(row)
                right.append(Int(other))
                other = table.next(other)
                if left.count == Self.pairCountMax {
                    try context.check()
                    if let joined = try meet(batch, &left, &right, &isMet), try !push(joined) { return false }
                }
            }
        }
        if let joined = try meet(batch, &left, &right, &isMet), try !push(joined) { return false }
        if let poison { try meetNulls(batch, columns, poison, &isMet) }
        return try unmatched(batch, isMet, columns).map(push) ?? true
    }

    /// Pairs that satisfy the condition, joined; marks who has met whom.
    private func meet(
        _ batch: Batch, _ left: inout [Int], _ right: inout [Int], _ isMet: inout [Bool]
    ) throws(EventSQLError) -> Batch? {
        defer { (left, right) = ([], []) }
        if left.isEmpty { return nil }
        if let condition {
            let joined = batch.columns.map { $0.gather(left) } + table.rows.columns.map { $0.gather(right) }
            let good = try condition.select(joined, count: left.count)
            (left, right) = (good.map { left[$0] }, good.map { right[$0] })
        }
        for row in left { isMet[row] = true }
        if !matched.isEmpty { for row in right { matched[row] = true } }
        if node.kind == .semi || node.kind == .anti || left.isEmpty { return nil }
        let columns = batch.columns.map { $0.gather(left) } + table.rows.columns.map { $0.gather(right) }
        return Batch(columns: columns, rowCount: left.count)
    }

    /// Marks left rows that may be equal to a right one: where either has a NULL, all are compared.
    private func meetNulls(
        _ batch: Batch, _ keys: [Vector], _ poison: ExpressionEvaluator, _ isMet: inout [Bool]
    ) throws(EventSQLError) {
        var (left, right): ([Int], [Int]) = ([], [])
        func compare() throws(EventSQLError) {
            try context.check()
            let pairs =
                batch.columns.map { $0.gather(left) } + table.rows.columns.map { $0.gather(right) }
            for place in try poison.select(pairs, count: left.count) { isMet[left[place]] = true }
            (left, right) = ([], [])
        }
        let all = Array(0..<table.rows.rowCount)
        for row in 0..<batch.rowCount where !isMet[row] {
            for other in keys.contains(where: { $0.isNull(at: row) }) ? all : table.nullRows {
                left.append(row)
                right.append(other)
                if left.count == Self.pairCountMax { try compare() }
            }
        }
        if !left.isEmpty { try compare() }
    }

    /// What left rows without a partner, or with one, give by themselves.
    private func unmatched(_ batch: Batch, _ isMet: [Bool], _ keys: [Vector]) -> Batch? {
        switch node.kind {
        case .semi: return batch.gather(isMet.indices.filter { isMet[$0] })
        case .anti:
            let poisons = node.nullsPoison && poison == nil && table.side.hasRows
            if poisons, table.side.hasNullKey { return nil }
            return batch.gather(
                isMet.indices.filter { row in
                    !isMet[row] && !(poisons && keys.contains { $0.isNull(at: row) })
                })
        case .left, .full:
            let rows = isMet.indices.filter { !isMet[$0] }
            if rows.isEmpty { return nil }
            let none = node.right.columns.map { Vector.nulls(type: $0.type, count: rows.count) }
            return Batch(columns: batch.columns.map { $0.gather(rows) } + none, rowCount: rows.count)
        case .inner, .right, .cross: return nil
        }
    }
}

/// A join by one worker; for RIGHT and FULL, after all left rows, right rows that met none come out with NULLs.
struct WholeJoin: BatchSource {
    let node: JoinNode
    let table: JoinTable
    let left: any BatchSource
    let environment: EvaluationEnvironment
    let context: QueryContext

    var morselCount: Int { 1 }

    func makeWorker() -> any BatchWorker { Worker(self) }

    private final class Worker: BatchWorker {
        private let join: WholeJoin

        init(_ join: WholeJoin) { self.join = join }

        func run(morsel: Int, _ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError) {
            _ = try join.join(push)
        }
    }

    /// - Returns: whether more is wanted.
    func join(_ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError) -> Bool {
        let stage = JoinStage(node, table, environment, context)
        let worker = try left.makeWorker()
        var goesOn = true
        for morsel in 0..<left.morselCount where goesOn {
            try context.check()
            try worker.run(morsel: morsel) { batch throws(EventSQLError) in
                goesOn = try stage.apply(batch) { result throws(EventSQLError) in
                    result.rowCount == 0 ? true : try push(result)
                }
                return goesOn
            }
        }
        guard goesOn, node.kind == .right || node.kind == .full else { return goesOn }
        let rows = stage.matched.indices.filter { !stage.matched[$0] }
        if rows.isEmpty { return true }
        let none = node.left.columns.map { Vector.nulls(type: $0.type, count: rows.count) }
        return try push(Batch(columns: none + table.rows.columns.map { $0.gather(rows) }, rowCount: rows.count))
    }
}
