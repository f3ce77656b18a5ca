internal import EventBase
internal import EventColumns
internal import EventPlan
internal import Synchronization

/// The declared columns that copied rows must fit: values travel as text and are read as each column's type.
package struct CopyTarget: Sendable {
    private let columns: [KeyedTableSchema.Column]

    /// Columns that every row must have a value for.
    package let notNullColumns: [Int]

    init(_ columns: [KeyedTableSchema.Column]) {
        self.columns = columns
        notNullColumns = columns.indices.filter { columns[$0].isNotNull }
    }

    /// The column of a name; one that fits but for case will do. nil where there is none.
    package func column(named name: String) -> Int? {
        if let exact = columns.firstIndex(where: { $0.name == name }) { return exact }
        let same = columns.indices.filter { columns[$0].name.lowercased() == name.lowercased() }
        return same.count == 1 ? same[0] : nil
    }

    package func name(of column: Int) -> String { columns[column].name }
    package func typeName(of column: Int) -> String { columns[column].type.name }
    /// Every JSON value fits, as its text.
    package func isJSON(_ column: Int) -> Bool { columns[column].type == .json }

    /// Whether columns lie below a path, so that an object there is looked into.
    package func hasColumns(below path: String) -> Bool {
        columns.contains { $0.name.hasPrefix(path + ".") }
    }

    /// Whether a text can be read as the column's type.
    package func accepts(_ text: [UInt8], in column: Int) -> Bool {
        let type = columns[column].type
        if type == .string { return true }
        return TextConversion.value(String(decoding: text, as: UTF8.self), as: type) != nil
    }
}

/// Rows for a keyed table, as texts until each block is whole; `take` hands all of them over.
final class KeyedCopyRows: CopyRows, Sendable {
    let knownColumns: [String]
    private let columns: [KeyedTableSchema.Column]
    private let context: QueryContext
    private let batches = Mutex<[Batch]>([])

    init(_ columns: [KeyedTableSchema.Column], context: QueryContext) {
        self.columns = columns
        self.context = context
        knownColumns = columns.map(\.name)
    }

    /// - Errors: `.limit` for more rows than the memory limit holds, `.cancelled`.
    func add(_ buffer: EventBuffer) throws(EventSQLError) {
        try context.check()
        var vectors: [Vector] = []
        for column in columns {
            let texts = buffer.columns.first { $0.path == column.name }
            vectors.append(Self.vector(texts, type: column.type, count: buffer.rowCount))
        }
        let batch = Batch(columns: vectors, rowCount: buffer.rowCount)
        try context.reserve(bytes: batch.columns.count * batch.rowCount * 8 + buffer.sizeBytes, for: "COPY FROM")
        batches.withLock { $0.append(batch) }
    }

    func take() -> [Batch] { batches.withLock { $0 } }

    /// The texts of one column as its type; the reader has checked that each can be read.
    private static func vector(_ texts: ColumnBuffer?, type: ScalarType, count: Int) -> Vector {
        guard let texts, !texts.strings.isEmpty else { return .nulls(type: type, count: count) }
        let pool = HeapStringPool(joining: [texts.stringValues])
        let rows = texts.strings.rows
        if type == .string || type == .json {
            var codes = [UInt32](repeating: 0, count: count)
            var validity = [Bool](repeating: false, count: count)
            for (index, row) in rows.enumerated() {
                codes[Int(row)] = texts.strings.values[index]
                validity[Int(row)] = true
            }
            return Vector(
                type: type, values: .string(codes: codes, pool: pool),
                validity: rows.count == count ? nil : validity)
        }
        var boxed = [Value](repeating: .null, count: count)
        for (index, row) in rows.enumerated() {
            let text = pool.string(at: texts.strings.values[index])
            guard let value = TextConversion.value(text, as: type) else { fatalError("BUG: a text was not checked") }
            boxed[Int(row)] = value
        }
        return Vector(boxed: boxed, type: type)
    }
}

/// Rows for an event table.
struct EventCopyRows: CopyRows {
    let session: EventImport
    let context: QueryContext

    var knownColumns: [String] { session.knownColumns }

    func add(_ buffer: EventBuffer) throws(EventSQLError) {
        try context.check()
        try session.add(buffer)
    }
}
