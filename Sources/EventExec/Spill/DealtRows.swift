import EventBase
import EventColumns
import EventPlan

/// All rows of a source: held while memory allows, else dealt out to parts on disk by the hash of some keys.
enum DealtRows {
    case held([Batch])
    case parts([SpillFile])

    /// What decides on a row's part.
    struct Dealer: Sendable {
        let types: [ScalarType]
        /// nil: all columns.
        let keys: [BoundExpression]?
        let environment: EvaluationEnvironment
        let context: QueryContext
        /// How often the rows have been dealt out before.
        var level = 0

        /// Deals to disk, however few the rows are.
        func dealOut(_ source: any BatchSource, for purpose: String) throws(EventSQLError) -> [SpillFile] {
            guard case .parts(let files) = try deal(source, for: purpose, mustDeal: true) else {
                fatalError("BUG: rows that had to be dealt are held")
            }
            return files
        }

        /// - Parameter mustDeal: to disk, however few the rows are.
        func deal(_ source: any BatchSource, for purpose: String, mustDeal: Bool = false) throws(EventSQLError)
            -> DealtRows
        {
            let spillSize = context.spillSizeBytes(workerCount: min(context.threadCount, source.morselCount))
            let states = try SourceRunner.run(source, context: context, makeState: { State(self) }) {
                state, batch, morsel throws(EventSQLError) in
                try state.add(batch, morsel, purpose, mustDeal ? -1 : spillSize)
            }
            if mustDeal || states.contains(where: { $0.file != nil }) {
                for state in states { try state.spill() }
                return .parts(states.compactMap(\.file))
            }
            let held = states.flatMap(\.batches).enumerated().sorted {
                ($0.element.0, $0.offset) < ($1.element.0, $1.offset)
            }
            return .held(held.map(\.element.1))
        }
    }

    /// The rows of one part.
    static func batches(_ files: [SpillFile], part: Int) throws(EventSQLError) -> [Batch] {
        var batches: [Batch] = []
        for file in files {
            for index in 0..<file.batchCount(part) { batches.append(try file.batch(index, of: part)) }
        }
        return batches
    }

    /// What the rows of one part take once they are read.
    static func sizeBytes(_ files: [SpillFile], part: Int) -> Int { files.reduce(0) { $0 + $1.heldSizeBytes(part) } }

    /// Whether a part should be dealt out once more instead of being held.
    static func isTooLarge(_ bytes: Int, level: Int, _ context: QueryContext) -> Bool {
        guard level < SpillParts.levelMax, let size = context.spillSizeBytes(workerCount: context.threadCount) else {
            return false
        }
        return bytes > size / 2
    }

    /// All rows a block at a time, as often as one likes.
    struct Blocks {
        private let held: [Batch]
        private let places: [(file: SpillFile, part: Int, index: Int)]

        init(_ rows: DealtRows) {
            switch rows {
            case .held(let batches): (held, places) = (batches, [])
            case .parts(let files):
                held = []
                places = files.flatMap { file in
                    (0..<SpillParts.count).flatMap { part in (0..<file.batchCount(part)).map { (file, part, $0) } }
                }
            }
        }

        var count: Int { held.count + places.count }

        func block(_ index: Int) throws(EventSQLError) -> Batch {
            if places.isEmpty { return held[index] }
            return try places[index].file.batch(places[index].index, of: places[index].part)
        }
    }

    private final class State: @unchecked Sendable {
        private let dealer: Dealer
        private let keys: [ExpressionEvaluator]?
        private(set) var batches: [(Int, Batch)] = []
        private(set) var file: SpillFile?
        private var heldBytes = 0
        private var reservedBytes = 0

        init(_ dealer: Dealer) {
            self.dealer = dealer
            keys = dealer.keys.map { $0.map { ExpressionEvaluator($0, environment: dealer.environment) } }
        }

        func add(_ batch: Batch, _ morsel: Int, _ purpose: String, _ spillSize: Int?) throws(EventSQLError) {
            if file != nil { return try write(batch) }
            batches.append((morsel, batch))
            let bytes = batch.sizeBytes
            heldBytes += bytes
            if let spillSize, heldBytes > spillSize {
                try spill()
            } else {
                try dealer.context.reserve(bytes: bytes, for: purpose)
                reservedBytes += bytes
            }
        }

        /// Puts on disk what is held.
        func spill() throws(EventSQLError) {
            if batches.isEmpty { return }
            if file == nil {
                file = try SpillFile(types: dealer.types, listCount: SpillParts.count, context: dealer.context)
            }
            for (_, batch) in batches { try write(batch) }
            batches = []
            FreeMemory.giveBack()
            dealer.context.release(bytes: reservedBytes)
            reservedBytes = 0
        }

        private func write(_ batch: Batch) throws(EventSQLError) {
            var columns = batch.columns
            if let keys {
                columns = []
                for key in keys { columns.append(try key.evaluate(batch.columns, count: batch.rowCount)) }
            }
            if let keys, !keys.isEmpty, columns.contains(where: { $0.validity?.contains(false) == true }) {
                file?.noteNullKey()
            }
            let parts = SpillParts.rows(columns, count: batch.rowCount, level: dealer.level)
            for (part, rows) in parts.enumerated() where !rows.isEmpty {
                try file?.append(batch.gather(rows), to: part)
            }
        }
    }
}

/// The rows of several sources, one source after the other.
struct ConcatenatedSource: BatchSource {
    let inputs: [any BatchSource]

    var morselCount: Int { inputs.reduce(0) { $0 + $1.morselCount } }

    func makeWorker() -> any BatchWorker { Worker(inputs) }

    private final class Worker: BatchWorker {
        private let inputs: [any BatchSource]
        private var workers: [(any BatchWorker)?]

        init(_ inputs: [any BatchSource]) {
            self.inputs = inputs
            workers = Array(repeating: nil, count: inputs.count)
        }

        func run(morsel: Int, _ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError) {
            var own = morsel
            var index = 0
            while own >= inputs[index].morselCount {
                own -= inputs[index].morselCount
                index += 1
            }
            if workers[index] == nil { workers[index] = try inputs[index].makeWorker() }
            try workers[index]?.run(morsel: own, push)
        }
    }
}
