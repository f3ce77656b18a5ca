import EventBase
import EventColumns
import EventPlan

/// Window functions over many rows that memory holds: rows are dealt out by their partitions, and each share is worked on by itself,
/// on all cores and in arrays that stay in a core's cache.
struct WindowParts {
    /// Share their partitions.
    let calls: [WindowCall]
    let environment: EvaluationEnvironment
    let context: QueryContext

    /// Rows of a share: some arrays of so many values fit a core's second-level cache.
    private var shareRowCount: Int { 4 * context.tuning.batchRowCountMax }
    private static let shareCountMax = 256

    /// The answers of each function, beside the rows; nil where the rows are few or cannot be dealt out.
    func run(_ rows: Batch) throws(EventSQLError) -> [Vector]? {
        guard rows.rowCount >= 2 * shareRowCount, let shares = try deal(rows) else { return nil }
        let used = Set(calls.flatMap { BoundExpression.window($0).usedColumns }).sorted()
        let own = calls.compactMap { call -> WindowCall? in
            let moved = BoundExpression.window(call).mapColumns { column in used.firstIndex(of: column)! }
            if case .window(let call) = moved { return call } else { return nil }
        }
        let found = try RangeWorkers.run(count: shares.count, context: context) {
            [(rows: [Int], answers: [Vector])]()
        } body: { done, share throws(EventSQLError) in
            let picked = shares[share]
            if picked.isEmpty { return }
            let batch = Batch(columns: used.map { rows.columns[$0].gather(picked) }, rowCount: picked.count)
            var answers: [Vector] = []
            for call in own { answers.append(try WindowRun.result(call, batch, environment, context)) }
            done.append((picked, answers))
        }
        let pieces = found.flatMap { $0 }
        return try calls.indices.map { call throws(EventSQLError) in
            try VectorAssembly.scatter(
                pieces.map { ($0.rows, $0.answers[call]) }, type: calls[call].type, count: rows.rowCount,
                check: context.check)
        }
    }

    /// Rows by share, ascending. Rows of one partition have one first key, and so one share.
    private func deal(_ rows: Batch) throws(EventSQLError) -> [[Int]]? {
        guard let key = calls[0].partitionBy.first else { return nil }
        let values = Ranks.identities(
            try ExpressionEvaluator(key, environment: environment).evaluate(rows.columns, count: rows.rowCount))
        // To rank texts costs more than shares save.
        if case .string = values.values { return nil }
        let ranks = try Ranks.of(values, context)
        let bits = min(Self.shareCountMax, rows.rowCount / shareRowCount).bitWidthOfCount
        let shift = UInt64(64 - bits)
        var shares = [[Int]](repeating: [], count: 1 << bits)
        for row in ranks.indices {
            try context.check(at: row)
            let rank = values.isNull(at: row) ? 0 : ranks[row]
            shares[Int(truncatingIfNeeded: (rank &* 0x9E37_79B9_7F4A_7C15) &>> shift)].append(row)
        }
        return shares
    }
}

extension Int {
    /// How many bits number so many things.
    fileprivate var bitWidthOfCount: Int { Swift.max(1, Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
