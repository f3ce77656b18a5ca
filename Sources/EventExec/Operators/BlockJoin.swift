import EventBase
import EventColumns
import EventPlan
import EventSyntax

/// A join without keys: each batch of the left side meets the right side a block at a time, in memory or from disk.
///
/// - Complexity: O(left rows x right rows).
struct BlockJoin: BatchSource {
    let node: JoinNode
    let left: any BatchSource
    let right: DealtRows
    let environment: EvaluationEnvironment
    let context: QueryContext
    /// Pairs looked at together.
    fileprivate static let pairCountMax = 1 << 13

    /// Right rows that met none come out at the end, so one worker sees all left rows.
    fileprivate var keepsRight: Bool { node.kind == .right || node.kind == .full }
    fileprivate var asksOnlyWhether: Bool { node.kind == .semi || node.kind == .anti }

    var morselCount: Int { keepsRight ? 1 : left.morselCount }

    func makeWorker() throws(EventSQLError) -> any BatchWorker { BlockJoinWorker(self) }
}

/// A worker with its place in the left side.
private final class BlockJoinWorker: BatchWorker {
    private let join: BlockJoin
    private let blocks: DealtRows.Blocks
    private let condition: ExpressionEvaluator?
    private var left: (any BatchWorker)?
    /// Right rows that have met a left row, by block; kept only for RIGHT and FULL.
    private var matched: [[Bool]]
    private var isDone = false

    init(_ join: BlockJoin) {
        self.join = join
        blocks = DealtRows.Blocks(join.right)
        condition = join.node.condition.map { ExpressionEvaluator($0, environment: join.environment) }
        matched = join.keepsRight ? Array(repeating: [], count: blocks.count) : []
    }

    func run(morsel: Int, _ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError) {
        guard join.keepsRight else { return try runLeft(morsel, push) }
        for morsel in 0..<join.left.morselCount where !isDone { try runLeft(morsel, push) }
        for index in 0..<blocks.count where !isDone {
            let block = try blocks.block(index)
            let rows = (0..<block.rowCount).filter { matched[index].isEmpty || !matched[index][$0] }
            if rows.isEmpty { continue }
            let none = join.node.left.columns.map { Vector.nulls(type: $0.type, count: rows.count) }
            isDone = try !push(Batch(columns: none + block.columns.map { $0.gather(rows) }, rowCount: rows.count))
        }
    }

    private func runLeft(
        _ morsel: Int, _ push: (Batch) throws(EventSQLError) -> Bool
    ) throws(EventSQLError) {
        if left == nil { left = try join.left.makeWorker() }
        try left?.run(morsel: morsel) { batch throws(EventSQLError) in
            var isMet = [Bool](repeating: false, count: batch.rowCount)
            for index in 0..<blocks.count where !isDone { try meet(batch, index, &isMet, push) }
            if isDone { return false }
            let rest = alone(batch, isMet)
            if rest.rowCount > 0 { isDone = try !push(rest) }
            return !isDone
        }
    }

    /// Pushes the pairs of a batch and a block that satisfy the condition; marks who has met whom.
    private func meet(
        _ batch: Batch, _ index: Int, _ isMet: inout [Bool], _ push: (Batch) throws(EventSQLError) -> Bool
    ) throws(EventSQLError) {
        let block = try blocks.block(index)
        if block.rowCount == 0 { return }
        let open = isMet.indices.filter { !join.asksOnlyWhether || !isMet[$0] }
        let step = max(1, BlockJoin.pairCountMax / block.rowCount)
        for start in stride(from: 0, to: open.count, by: step) {
            try join.context.check()
            var (lefts, rights): ([Int], [Int]) = ([], [])
            for row in open[start..<min(open.count, start + step)] {
                for other in 0..<block.rowCount {
                    lefts.append(row)
                    rights.append(other)
                }
            }
            if let condition {
                let pairs = batch.columns.map { $0.gather(lefts) } + block.columns.map { $0.gather(rights) }
                let good = try condition.select(pairs, count: lefts.count)
                (lefts, rights) = (good.map { lefts[$0] }, good.map { rights[$0] })
            }
            for row in lefts { isMet[row] = true }
            if join.keepsRight {
                matched[index].fill(to: block.rowCount, with: false)
                for row in rights { matched[index][row] = true }
            }
            if join.asksOnlyWhether || lefts.isEmpty { continue }
            let columns = batch.columns.map { $0.gather(lefts) } + block.columns.map { $0.gather(rights) }
            isDone = try !push(Batch(columns: columns, rowCount: lefts.count))
            if isDone { return }
        }
    }

    /// What left rows give by themselves.
    private func alone(_ batch: Batch, _ isMet: [Bool]) -> Batch {
        switch join.node.kind {
        case .semi: return batch.gather(isMet.indices.filter { isMet[$0] })
        case .anti: return batch.gather(isMet.indices.filter { !isMet[$0] })
        case .left, .full:
            let rows = isMet.indices.filter { !isMet[$0] }
            let none = join.node.right.columns.map { Vector.nulls(type: $0.type, count: rows.count) }
            return Batch(columns: batch.columns.map { $0.gather(rows) } + none, rowCount: rows.count)
        case .inner, .right, .cross: return batch.gather([])
        }
    }
}
