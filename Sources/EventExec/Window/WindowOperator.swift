import EventBase
import EventColumns
import EventPlan

/// Window functions: rows are ordered by partition and order, each function computed per partition, and the answers put
/// beside the rows, which stay in the order in which they came.
struct WindowOperator {
    let node: WindowNode
    let environment: EvaluationEnvironment
    let context: QueryContext

    func run(_ source: any BatchSource) throws(EventSQLError) -> any BatchSource {
        let passes = self.passes
        var types = node.input.columns.map(\.type) + [.int64]
        let keys = node.calls[passes[0][0]].partitionBy
        let dealer = DealtRows.Dealer(types: types, keys: keys, environment: environment, context: context)
        switch try dealer.deal(NumberedSource(input: source), for: "window functions") {
        case .held(let batches):
            let width = types.count - 1
            return StoredSource(
                batches: try run(
                    batches.map { Batch(columns: Array($0.columns.prefix(width)), rowCount: $0.rowCount) }))
        case .parts(var files):
            // Where the functions' columns lie, in the order in which passes add them.
            var added: [Int] = []
            var result: any BatchSource = StoredSource(batches: [])
            for (number, pass) in passes.enumerated() {
                let calls = pass.map { node.calls[$0] }
                if number > 0 {
                    let next = DealtRows.Dealer(
                        types: types, keys: calls[0].partitionBy, environment: environment, context: context)
                    files = try next.dealOut(result, for: "window functions")
                }
                let work = WindowWork(calls: calls, environment: environment, context: context)
                result = PartSource(
                    work: KeyedParts(
                        files: files, types: types, keys: calls[0].partitionBy, work: work,
                        purpose: "window functions", environment: environment, context: context))
                types.insert(contentsOf: work.addedTypes, at: types.count - 1)
                added += pass
            }
            let width = node.input.columns.count
            let columns = Array(0..<width) + node.calls.indices.map { width + added.firstIndex(of: $0)! }
            return try KeyedParts.inOrderOfArrival(result, types: types, columns: columns, environment, context)
        }
    }

    /// Calls that share their partitions, by number.
    private var passes: [[Int]] {
        var passes: [[Int]] = []
        for (index, call) in node.calls.enumerated() {
            if let pass = passes.firstIndex(where: { node.calls[$0[0]].partitionBy == call.partitionBy }) {
                passes[pass].append(index)
            } else {
                passes.append([index])
            }
        }
        return passes
    }

    private func run(_ batches: [Batch]) throws(EventSQLError) -> [Batch] {
        var all = try Batch.concatenate(batches, types: node.input.columns.map(\.type), context)
        if all.rowCount == 0 { return [] }
        let bytes = all.sizeBytes + all.rowCount * 16 * node.calls.count
        try context.reserve(bytes: bytes, for: "window functions")
        defer { context.release(bytes: bytes) }
        let input = all
        var answers = [Vector?](repeating: nil, count: node.calls.count)
        for pass in passes {
            var rest: [Int] = []
            for index in pass {
                try context.check()
                answers[index] = try WindowTotals(node.calls[index], input, environment, context)?.result()
                if answers[index] == nil { rest.append(index) }
            }
            if rest.isEmpty { continue }
            let calls = rest.map { node.calls[$0] }
            let shared = try WindowParts(calls: calls, environment: environment, context: context).run(input)
            for (place, index) in rest.enumerated() {
                if let shared {
                    answers[index] = shared[place]
                } else {
                    answers[index] = try WindowRun.result(calls[place], input, environment, context)
                }
            }
        }
        all.columns += answers.compactMap { $0 }
        return try all.split(context)
    }
}
