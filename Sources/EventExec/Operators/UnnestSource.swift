import EventBase
import EventColumns
import EventPlan

/// A row for each element of the lists of a row; a list that has ended goes on with NULLs beside a longer one.
struct UnnestSource: BatchSource {
    let input: any BatchSource
    let node: UnnestNode
    let environment: EvaluationEnvironment
    let context: QueryContext

    var morselCount: Int { input.morselCount }

    func makeWorker() throws(EventSQLError) -> any BatchWorker {
        UnnestWorker(try input.makeWorker(), node, environment, context)
    }
}

private final class UnnestWorker: BatchWorker {
    private let input: any BatchWorker
    private let node: UnnestNode
    private let context: QueryContext
    private let lists: [ExpressionEvaluator]
    /// Rows whose lists are held at once: a series may be millions of elements.
    private let rowCountMax: Int

    init(_ input: any BatchWorker, _ node: UnnestNode, _ environment: EvaluationEnvironment, _ context: QueryContext) {
        self.input = input
        self.node = node
        self.context = context
        lists = node.lists.map { ExpressionEvaluator($0, environment: environment) }
        let holdsSeries = node.lists.contains { list in
            list.contains {
                if case .call(let call) = $0 { SeriesKernels.kernels[call.function] != nil } else { false }
            }
        }
        rowCountMax = holdsSeries ? 32 : .max
    }

    func run(morsel: Int, _ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError) {
        try input.run(morsel: morsel) { batch throws(EventSQLError) in
            for part in batch.split(rowCountMax: rowCountMax) { if try !unnest(part, push) { return false } }
            return true
        }
    }

    /// - Returns: whether more is wanted.
    private func unnest(
        _ batch: Batch, _ push: (Batch) throws(EventSQLError) -> Bool
    ) throws(EventSQLError) -> Bool {
        var columns: [Vector] = []
        for list in lists { columns.append(try list.evaluate(batch.columns, count: batch.rowCount)) }
        let texts = columns.map { Operand($0).strings }
        var rows = ElementRows(node)
        for row in 0..<batch.rowCount {
            let elements = columns.indices.map { index in
                columns[index].isNull(at: row) ? [] : JSONText.elements(texts[index].array(at: row)) ?? []
            }
            let count = elements.reduce(0) { max($0, $1.count) }
            if count == 0, node.keepsEmpty { rows.append(row, elements, at: nil) }
            for place in 0..<count {
                rows.append(row, elements, at: place)
                if rows.count == Limits.granuleRowCount {
                    try context.check()
                    if try !push(try rows.take(batch)) { return false }
                }
            }
        }
        if rows.count == 0 { return true }
        return try push(try rows.take(batch))
    }
}

/// Rows of the input and the elements beside them, gathered for one batch.
private struct ElementRows {
    private let node: UnnestNode
    private var rows: [Int] = []
    private var builders: [StringBuilder] = []
    private var present: [[Bool]] = []
    private var numbers: [Int64] = []

    var count: Int { rows.count }

    init(_ node: UnnestNode) {
        self.node = node
        clear()
    }

    private mutating func clear() {
        rows = []
        numbers = []
        builders = node.lists.map { _ in StringBuilder(count: 0) }
        present = node.lists.map { _ in [] }
    }

    /// - Parameter place: of the elements; nil for a row that has none.
    mutating func append(_ row: Int, _ lists: [[ArraySlice<UInt8>]], at place: Int?) {
        rows.append(row)
        numbers.append(place.map { Int64($0) + 1 } ?? 0)
        for (index, elements) in lists.enumerated() {
            var text: [UInt8]?
            if let place, place < elements.count {
                let element = elements[place]
                text = JSONText.unquoted(element)
                if text != nil, node.elements[index].type == .json { text = Array(element) }
            }
            present[index].append(text != nil)
            if let text { builders[index].append(text) } else { builders[index].appendNothing() }
        }
    }

    /// The batch of all rows so far.
    mutating func take(_ batch: Batch) throws(EventSQLError) -> Batch {
        var columns = batch.columns.map { $0.gather(rows) }
        for (index, element) in node.elements.enumerated() {
            let type = element.type == .json ? ScalarType.json : .string
            let texts = try builders[index].vector(type: type, validity: compacted(present[index]))
            columns.append(try CastKernels.cast(texts, to: element.type, isTry: false, position: nil))
        }
        if node.ordinality != nil {
            columns.append(
                Vector(type: .int64, values: .int64(numbers), validity: compacted(numbers.map { $0 > 0 })))
        }
        let result = Batch(columns: columns, rowCount: rows.count)
        clear()
        return result
    }
}
