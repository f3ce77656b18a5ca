import EventBase
import EventColumns
import EventPlan

/// GROUP BY: every worker numbers the groups of its rows and adds them to its accumulators; states are merged at the end.
struct HashAggregate {
    let node: AggregateNode
    let environment: EvaluationEnvironment
    let context: QueryContext

    func run(_ source: any BatchSource) throws(EventSQLError) -> any BatchSource {
        let sets = node.groupingSets ?? [Array(node.keys.indices)]
        let isOrdered = node.aggregates.contains { BufferedAccumulator.needsOrder($0) }
        let workerCount = isOrdered ? 1 : min(context.threadCount, source.morselCount)
        let spillSize = context.spillSizeBytes(workerCount: workerCount)
        let states = try SourceRunner.run(
            source, context: context, threadCount: isOrdered ? 1 : nil,
            makeState: { AggregateState(node, sets: sets, environment, context) }
        ) { state, batch, _ throws(EventSQLError) in
            try state.add(batch)
            try state.account(spillSize)
        }
        let merged = states.first ?? AggregateState(node, sets: sets, environment, context)
        for other in states.dropFirst() {
            try merged.merge(other)
            other.release()
        }
        let files = states.compactMap(\.spilled)
        if !files.isEmpty {
            return SpilledGroups(node, sets, merged, files, environment, context)
        }
        let result = try merged.finish()
        merged.release()
        return StoredSource(batches: result)
    }
}

/// One worker's groups, for every grouping set.
final class AggregateState: @unchecked Sendable {
    private let node: AggregateNode
    private let context: QueryContext
    private let sets: [[Int]]
    /// The number of the first set among all of the statement.
    private let firstSet: Int
    /// How often the rows have been dealt out to parts before they came here.
    private let level: Int
    private let keys: [ExpressionEvaluator]
    private let arguments: [[ExpressionEvaluator]]
    private let orderBy: [[ExpressionEvaluator]]
    private let filters: [ExpressionEvaluator?]
    private var encoders: [KeyEncoder]
    /// Of each set, what finds groups without `encoders` where keys are small numbers.
    private var dense: [DenseKeys]
    /// Whether rows need only be counted by their keys.
    private let onlyCounts: Bool
    private var accumulators: [[any Accumulator]]
    private var accountedBytes = 0
    /// No new groups are taken: their rows are in `spilled`.
    private var isFull = false
    /// Rows of groups that are not here, in a list for each set and part.
    private(set) var spilled: SpillFile?

    init(
        _ node: AggregateNode, sets: [[Int]], firstSet: Int = 0, _ environment: EvaluationEnvironment,
        _ context: QueryContext, level: Int = 0
    ) {
        func evaluator(_ expression: BoundExpression) -> ExpressionEvaluator {
            ExpressionEvaluator(expression, environment: environment)
        }
        self.node = node
        self.context = context
        self.sets = sets
        self.firstSet = firstSet
        self.level = level
        keys = node.keys.map(evaluator)
        arguments = AccumulatorFactory.readArguments(node.aggregates).map { $0.map(evaluator) }
        orderBy = node.aggregates.map { $0.orderBy.map { evaluator($0.expression) } }
        filters = node.aggregates.map { $0.filter.map(evaluator) }
        encoders = sets.map { set in
            KeyEncoder(types: set.map { node.keys[$0].type }, hashesCollide: environment.hashesCollide)
        }
        dense = sets.map { _ in DenseKeys(hashesCollide: environment.hashesCollide) }
        onlyCounts = sets.count == 1 && !sets[0].isEmpty && node.aggregates.allSatisfy(\.countsRows)
        accumulators = sets.map { _ in AccumulatorFactory.make(node.aggregates, context) }
    }

    func add(_ batch: Batch) throws(EventSQLError) {
        if isFull { return try addToKnown(batch) }
        let keyColumns = try keyColumns(batch)
        if onlyCounts, dense[0].addCounts(sets[0].map { keyColumns[$0] }, count: batch.rowCount) { return }
        var groups: [[UInt32]?] = []
        for (index, set) in sets.enumerated() {
            groups.append(
                set.isEmpty
                    ? nil
                    : dense[index].encode(set.map { keyColumns[$0] }, count: batch.rowCount, &encoders[index]))
        }
        try update(batch, sets.indices.map { ($0, groups[$0]) })
    }

    /// Gives the rows that were only counted by their keys to their groups.
    private func settle() {
        guard onlyCounts else { return }
        for (keys, counts) in dense[0].takeCounts() {
            let groups = encoders[0].encode(keys, count: counts.count)
            for case let accumulator as CountAccumulator in accumulators[0] {
                accumulator.add(counts, to: groups, groupCount: groupCount(0))
            }
        }
    }

    /// Rows of groups that are here; the others go to disk.
    private func addToKnown(_ batch: Batch) throws(EventSQLError) {
        for (index, set) in sets.enumerated() {
            if set.isEmpty {
                try update(batch, [(index, nil)])
                continue
            }
            let unknown = try addKnown(batch, set: index)
            if unknown.rowCount == 0 { continue }
            let keyColumns = try keyColumns(unknown)
            let parts = SpillParts.rows(set.map { keyColumns[$0] }, count: unknown.rowCount, level: level)
            for (part, rows) in parts.enumerated() where !rows.isEmpty {
                try spilled?.append(unknown.gather(rows), to: index * SpillParts.count + part)
            }
        }
    }

    /// Adds the rows whose group of a set is here, and answers the others.
    private func addKnown(_ batch: Batch, set index: Int) throws(EventSQLError) -> Batch {
        prepareSearch()
        let numbers = find(try keyColumns(batch), count: batch.rowCount, set: index)
        let known = numbers.indices.filter { numbers[$0] != .max }
        if known.isEmpty { return batch }
        try add(batch, at: known, numbers, set: index)
        return known.count == batch.rowCount
            ? Batch(columns: batch.columns.map { $0.gather([]) }, rowCount: 0)
            : batch.gather(numbers.indices.filter { numbers[$0] == .max })
    }

    /// Makes the groups that are here findable; from then on several threads may find them at once while no group is added.
    func prepareSearch() {
        settle()
        for index in encoders.indices { encoders[index].prepareSearch() }
    }

    /// The group of a set that each row belongs to, `.max` for one that is not here.
    func find(_ keyColumns: [Vector], count: Int, set index: Int) -> [UInt32] {
        encoders[index].find(sets[index].map { keyColumns[$0] }, count: count, nullsMatch: true)
    }

    /// Adds some rows of a batch to groups that are here.
    func add(_ batch: Batch, at rows: [Int], _ numbers: [UInt32], set index: Int) throws(EventSQLError) {
        try update(batch.gather(rows), [(index, rows.map { numbers[$0] })])
    }

    func keyColumns(_ batch: Batch) throws(EventSQLError) -> [Vector] {
        var columns: [Vector] = []
        for key in keys { columns.append(try key.evaluate(batch.columns, count: batch.rowCount)) }
        return columns
    }

    /// Adds rows to the accumulators of some sets, for each with the groups of the rows.
    private func update(_ batch: Batch, _ targets: [(set: Int, groups: [UInt32]?)]) throws(EventSQLError) {
        for call in node.aggregates.indices {
            var columns: [Vector] = []
            for argument in arguments[call] {
                columns.append(try argument.evaluate(batch.columns, count: batch.rowCount))
            }
            var order: [Vector] = []
            for key in orderBy[call] { order.append(try key.evaluate(batch.columns, count: batch.rowCount)) }
            var rows: [Int]?
            if let filter = filters[call] {
                let selected = try filter.select(batch.columns, count: batch.rowCount)
                rows = selected
                columns = columns.map { $0.gather(selected) }
                order = order.map { $0.gather(selected) }
            }
            for (set, own) in targets {
                let picked = own.map { all in rows.map { $0.map { all[$0] } } ?? all }
                let input = AccumulatorInput(
                    groups: picked, arguments: columns, orderBy: order, count: rows?.count ?? batch.rowCount)
                try accumulators[set][call].update(input, groupCount: groupCount(set))
            }
        }
    }

    /// A set without keys has its one group even when there are no rows.
    private func groupCount(_ set: Int) -> Int { sets[set].isEmpty ? 1 : encoders[set].count }

    func merge(_ other: AggregateState) throws(EventSQLError) {
        settle()
        other.settle()
        for set in sets.indices {
            let count = other.groupCount(set)
            try context.check()
            let map =
                sets[set].isEmpty
                ? [0] : try encoders[set].encode(other.encoders[set].allVectors(), count: count, context)
            for call in node.aggregates.indices {
                try context.check()
                try accumulators[set][call].merge(other.accumulators[set][call], map: map, groupCount: groupCount(set))
            }
        }
    }

    func finish() throws(EventSQLError) -> [Batch] {
        settle()
        var batches: [Batch] = []
        for (index, set) in sets.enumerated() {
            let count = groupCount(index)
            if count == 0 { continue }
            let own = encoders[index].columns.isEmpty ? [] : encoders[index].allVectors()
            var columns = node.keys.indices.map { key in
                set.firstIndex(of: key).map { own[$0] } ?? .nulls(type: node.keys[key].type, count: count)
            }
            for accumulator in accumulators[index] {
                try context.check()
                columns.append(try accumulator.finish(groupCount: count))
            }
            if node.groupingSets != nil {
                columns.append(.repeating(.int64(Int64(firstSet + index)), type: .int64, count: count))
            }
            batches += Batch(columns: columns, rowCount: count).split()
        }
        return batches
    }

    /// Keeps the memory budget up to date with what the state has grown to; beyond `spillSize` it takes no new groups.
    func account(_ spillSize: Int?) throws(EventSQLError) {
        let bytes = sizeBytes
        if let spillSize, bytes > spillSize, !isFull, level < SpillParts.levelMax, sets.contains(where: { !$0.isEmpty })
        {
            isFull = true
            spilled = try SpillFile(
                types: node.input.columns.map(\.type), listCount: sets.count * SpillParts.count, context: context)
        }
        if bytes > accountedBytes + 1 << 16 {
            try context.reserve(bytes: bytes - accountedBytes, for: "GROUP BY")
            accountedBytes = bytes
        }
    }

    private var sizeBytes: Int {
        encoders.reduce(0) { $0 + $1.sizeBytes } + dense.reduce(0) { $0 + $1.sizeBytes }
            + accumulators.joined().reduce(0) { $0 + $1.sizeBytes }
    }

    func release() {
        context.release(bytes: accountedBytes)
        accountedBytes = 0
    }
}

extension AggregateCall {
    /// Whether the call is a plain count(*).
    fileprivate var countsRows: Bool { function == "count_rows" && filter == nil && !isDistinct }
}
