import EventBase
import EventColumns
import EventPlan

/// Rows in order, in pieces: on disk or in memory.
struct SortedRun: Sendable {
    static let pieceRowCount = 2048

    private var pieces: [Batch] = []
    private var file: (file: SpillFile, list: Int)?
    private var next = 0

    init(pieces: [Batch]) { self.pieces = pieces }
    init(file: SpillFile, list: Int) { self.file = (file, list) }

    var isAtEnd: Bool { next == file.map { $0.file.batchCount($0.list) } ?? pieces.count }

    mutating func take() throws(EventSQLError) -> Batch {
        next += 1
        if let file { return try file.file.batch(next - 1, of: file.list) }
        return pieces[next - 1]
    }
}

/// Sorted runs as one: holds a piece of each, puts them in order and hands out all rows up to the first that ends a piece
/// with more behind it.
///
/// - Complexity: O(rows x log(runs x piece)).
struct MergeSource: BatchSource {
    let node: SortNode
    let runs: [SortedRun]
    let context: QueryContext

    var morselCount: Int { 1 }

    func makeWorker() -> any BatchWorker { MergeWorker(self) }
}

/// The one worker of a merge.
private final class MergeWorker: BatchWorker {
    private let node: SortNode
    private let context: QueryContext
    private var runs: [SortedRun]
    /// What is held of each run.
    private var held: [Batch?]

    init(_ source: MergeSource) {
        node = source.node
        context = source.context
        runs = source.runs
        held = Array(repeating: nil, count: runs.count)
    }

    func run(morsel: Int, _ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError) {
        let width = node.input.columns.count
        let types = node.input.columns.map(\.type) + node.keys.map(\.expression.type) + [.int64]
        var left = node.limit ?? .max
        while left > 0 {
            try context.check()
            for index in runs.indices where held[index] == nil && !runs[index].isAtEnd {
                held[index] = try runs[index].take()
            }
            let parts = runs.indices.filter { held[$0] != nil }
            if parts.isEmpty { return }
            let all = try Batch.concatenate(parts.compactMap { held[$0] }, types: types, context)
            let order = try node.order(all, context)
            let (count, starts) = safeCount(order, parts)
            let wanted = Array(order[..<min(count, left)])
            left -= wanted.count
            let rows = Batch(columns: Array(all.columns.prefix(width)), rowCount: all.rowCount)
            for piece in rows.gather(wanted).split() where try !push(piece) { return }
            keep(order[count...], of: all, starts, parts)
        }
    }

    /// How many of the ordered rows nothing that is still to come can precede, and where each part begins.
    private func safeCount(_ order: [Int], _ parts: [Int]) -> (Int, [Int]) {
        var starts: [Int] = []
        var isLast = [Bool](repeating: false, count: order.count)
        var end = 0
        for part in parts {
            starts.append(end)
            end += held[part]?.rowCount ?? 0
            isLast[end - 1] = !runs[part].isAtEnd
        }
        let count = order.firstIndex { isLast[$0] }.map { $0 + 1 } ?? order.count
        return (count, starts + [end])
    }

    /// Keeps the rows that have not been handed out, each with its run.
    private func keep(_ rest: ArraySlice<Int>, of all: Batch, _ starts: [Int], _ parts: [Int]) {
        var isLeft = [Bool](repeating: false, count: all.rowCount)
        for row in rest { isLeft[row] = true }
        for (index, part) in parts.enumerated() {
            let rows = (starts[index]..<starts[index + 1]).filter { isLeft[$0] }
            held[part] = rows.isEmpty ? nil : all.gather(rows)
        }
    }
}
