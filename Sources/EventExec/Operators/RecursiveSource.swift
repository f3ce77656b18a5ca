import EventBase
import EventColumns
import EventPlan

/// WITH RECURSIVE: rounds run as their rows are wanted, so a LIMIT above ends them.
///
/// Sendable by having one morsel: one thread runs all rounds, each over a plan of its own.
struct RecursiveSource: BatchSource, @unchecked Sendable {
    let node: RecursiveNode
    /// Runs the rounds; knows the rows that all rounds share.
    let runner: PlanRunner

    var morselCount: Int { 1 }

    func makeWorker() -> any BatchWorker {
        Worker(self)
    }

    private final class Worker: BatchWorker {
        private let source: RecursiveSource
        private let context: QueryContext
        /// UNION: all rows so far.
        private var seen: KeyEncoder
        private var seenSizeBytes = 0

        init(_ source: RecursiveSource) {
            self.source = source
            context = source.runner.context
            seen = KeyEncoder(
                types: source.node.first.columns.map(\.type), hashesCollide: context.tuning.hashesCollide)
        }

        func run(morsel: Int, _ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError) {
            var rows = try fresh(try source.runner.run(source.node.first, for: purpose))
            defer { context.release(bytes: sizeBytes(rows) + seenSizeBytes) }
            var round = 0
            while !rows.isEmpty {
                for batch in rows where try !push(batch) { return }
                try context.check()
                round += 1
                guard round <= Limits.recursionRoundCountMax else {
                    throw EventSQLError(
                        .limit, "\(source.node.name) still gave rows after \(Limits.recursionRoundCountMax) rounds",
                        hint: "let a condition end it, or write UNION, which drops rows seen before")
                }
                var runner = source.runner
                runner.sharedRows = SharedRows(source.runner.sharedRows.batches)
                runner.workingRows[source.node.id] = rows
                let next = try fresh(try runner.run(source.node.step, for: purpose))
                context.release(bytes: sizeBytes(rows))
                rows = next
            }
        }

        private var purpose: String { "the recursive query \(source.node.name)" }

        private func sizeBytes(_ batches: [Batch]) -> Int { batches.reduce(0) { $0 + $1.sizeBytes } }

        /// The rows that go on: of UNION those that are new. Others are given back to the memory limit.
        private func fresh(_ batches: [Batch]) throws(EventSQLError) -> [Batch] {
            let rows = batches.filter { $0.rowCount > 0 }
            if !source.node.isDistinct { return rows }
            var result: [Batch] = []
            for batch in rows {
                var known = seen.count
                let numbers = seen.encode(batch.columns, count: batch.rowCount)
                let new = numbers.indices.filter { row in
                    if Int(numbers[row]) < known { return false }
                    known = Int(numbers[row]) + 1
                    return true
                }
                if !new.isEmpty { result.append(batch.gather(new)) }
            }
            let grown = seen.sizeBytes - seenSizeBytes
            try context.reserve(bytes: grown, for: purpose)
            seenSizeBytes += grown
            try context.reserve(bytes: sizeBytes(result), for: purpose)
            context.release(bytes: sizeBytes(batches))
            return result
        }
    }
}

extension PlanRunner {
    /// WITH queries that all rounds read alike are computed before the first.
    func recursive(_ node: RecursiveNode) throws(EventSQLError) -> any BatchSource {
        for shared in node.sharedByRounds { _ = try self.shared(shared) }
        var runner = self
        // Rounds have no lines of their own.
        runner.profile = nil
        return RecursiveSource(node: node, runner: runner)
    }
}
