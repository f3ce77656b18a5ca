import EventBase
import EventColumns
import EventPlan

/// The groups of a GROUP BY that memory did not hold at once: those that were full first, and part by part the groups of
/// rows on disk. A part's rows may belong to groups that another worker had; those are added there.
struct SpilledGroups: BatchSource {
    let node: AggregateNode
    let environment: EvaluationEnvironment
    let context: QueryContext
    let state: AggregateState
    let files: [SpillFile]

    var morselCount: Int { 1 }

    func makeWorker() -> any BatchWorker { Worker(self) }

    private final class Worker: BatchWorker {
        private let source: SpilledGroups
        private var wantsMore = true

        init(_ source: SpilledGroups) { self.source = source }

        func run(morsel: Int, _ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError) {
            let sets = source.node.groupingSets ?? [Array(source.node.keys.indices)]
            try finish(source.state, source.files, sets, firstSet: 0, level: 1, push)
        }

        private func finish(
            _ state: AggregateState, _ files: [SpillFile], _ sets: [[Int]], firstSet: Int, level: Int,
            _ push: (Batch) throws(EventSQLError) -> Bool
        ) throws(EventSQLError) {
            let context = source.context
            let spillSize = context.spillSizeBytes(workerCount: 1)
            for list in 0..<sets.count * SpillParts.count {
                let set = list / SpillParts.count
                if files.allSatisfy({ $0.batchCount(list) == 0 }) { continue }
                let part = AggregateState(
                    source.node, sets: [sets[set]], firstSet: firstSet + set, source.environment, context, level: level)
                for file in files {
                    for index in 0..<file.batchCount(list) {
                        let others = try state.addKnown(try file.batch(index, of: list), set: set)
                        if others.rowCount > 0 { try part.add(others) }
                        try part.account(spillSize)
                    }
                }
                try finish(
                    part, [part.spilled].compactMap { $0 }, [sets[set]], firstSet: firstSet + set, level: level + 1,
                    push)
                if !wantsMore { return }
            }
            for batch in try state.finish() where wantsMore { wantsMore = try push(batch) }
            state.release()
        }
    }
}
