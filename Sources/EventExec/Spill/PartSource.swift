import EventBase
import EventColumns

/// What is done with the rows of one part.
protocol PartWork: Sendable {
    /// Pushes what the part gives; stops early when `push` answers false.
    func run(part: Int, _ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError)
}

/// A part after the other, each worked on by itself; a part is a morsel.
struct PartSource: BatchSource {
    let work: any PartWork

    var morselCount: Int { SpillParts.count }

    func makeWorker() -> any BatchWorker { Worker(work) }

    private final class Worker: BatchWorker {
        private let work: any PartWork

        init(_ work: any PartWork) { self.work = work }

        func run(morsel: Int, _ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError) {
            try work.run(part: morsel, push)
        }
    }
}

/// The rows of one part as they lie on disk.
struct PartRows: BatchSource {
    let files: [SpillFile]
    let part: Int

    var morselCount: Int { 1 }

    func makeWorker() -> any BatchWorker { Worker(self) }

    private final class Worker: BatchWorker {
        private let rows: PartRows

        init(_ rows: PartRows) { self.rows = rows }

        func run(morsel: Int, _ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError) {
            for file in rows.files {
                for index in 0..<file.batchCount(rows.part) {
                    if try !push(try file.batch(index, of: rows.part)) { return }
                }
            }
        }
    }
}

/// Rows with one more column behind the others, which ascends in the order of morsels and rows.
struct NumberedSource: BatchSource {
    let input: any BatchSource

    var morselCount: Int { input.morselCount }

    func makeWorker() throws(EventSQLError) -> any BatchWorker { Worker(try input.makeWorker()) }

    private final class Worker: BatchWorker {
        private let input: any BatchWorker

        init(_ input: any BatchWorker) { self.input = input }

        func run(morsel: Int, _ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError) {
            var next = Int64(morsel) << 40
            try input.run(morsel: morsel) { batch throws(EventSQLError) in
                let numbers = (0..<Int64(batch.rowCount)).map { next + $0 }
                next += Int64(batch.rowCount)
                let column = Vector(type: .int64, values: .int64(numbers))
                return try push(Batch(columns: batch.columns + [column], rowCount: batch.rowCount))
            }
        }
    }
}

/// Some of the columns, in another order.
final class PickStage: BatchStage {
    private let columns: [Int]

    init(_ columns: [Int]) { self.columns = columns }

    func apply(_ batch: Batch, _ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError) -> Bool {
        try push(Batch(columns: columns.map { batch.columns[$0] }, rowCount: batch.rowCount))
    }
}
