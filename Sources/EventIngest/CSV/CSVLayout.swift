internal import EventBase
internal import EventSQL

/// What a CSV input's columns are called and typed as: its header, and the forms seen in its first block.
struct CSVLayout: Sendable {
    let delimiter: UInt8
    /// Input names, in order.
    let names: [String]
    /// The form of each column; values that do not fit keep the form they have.
    var forms: [CSVValue.Form]
    /// What stands for no value where it is not in quotes; nil: an empty field, also in quotes.
    var nullText: [UInt8]?

    /// Whether a field stands for no value.
    func isAbsent(_ field: CSVRecordReader.Field, _ bytes: RawSpan) -> Bool {
        guard let nullText else { return field.start == field.end }
        return !field.isQuoted && field.end - field.start == nullText.count
            && TapeBytes.equal(bytes, field.start, nullText.rawBytes, 0, count: nullText.count)
    }

    /// Reads the header record and leaves the rest of the block.
    /// - Throws: `.invalidInput` where the header is none, or has no column for the time.
    static func read(
        _ block: inout InputBlock, delimiter: UInt8, mapping: ColumnMapping, path: String, copy: CopyRequest? = nil
    ) throws(EventSQLError) -> (layout: CSVLayout, headerLineCount: Int) {
        if let copy, !copy.hasHeader {
            try check(copy.columns, mapping, path, copy.target)
            return (CSVLayout(delimiter, copy.columns, copy), 0)
        }
        var reader = CSVRecordReader(delimiter: delimiter)
        guard block.refused == nil, block.count > 0, case .record = reader.read(block.bytes.rawBytes, 0, block.count)
        else {
            throw EventSQLError(.invalidInput, "the CSV has no header line that can be read", path: path)
        }
        var names: [String] = []
        for (index, field) in reader.fields.enumerated() {
            var text: [UInt8] = []
            field.append(from: block.bytes.rawBytes, to: &text)
            guard let name = String(validating: text, as: UTF8.self), name.utf8.count <= Limits.pathSizeBytesMax else {
                throw EventSQLError(
                    .invalidInput, "column \(index + 1) of the CSV header is too long or no UTF-8", path: path)
            }
            names.append(name.isEmpty ? "column_\(index + 1)" : name)
        }
        if let columns = copy?.columns, !columns.isEmpty {
            guard columns.count == names.count else {
                throw EventSQLError(
                    .invalidInput, "the CSV has \(names.count) columns where \(columns.count) are named", path: path)
            }
            names = columns
        }
        try check(names, mapping, path, copy?.target)
        let layout = CSVLayout(delimiter, names, copy)
        let lineCount = reader.lineCount
        let length = reader.next
        block.bytes.removeFirst(length)
        block.bytes.append(contentsOf: [UInt8](repeating: 0, count: length))
        block.count -= length
        return (layout, lineCount)
    }

    private init(_ delimiter: UInt8, _ names: [String], _ copy: CopyRequest?) {
        self.delimiter = delimiter
        self.names = names
        forms = Array(repeating: .string, count: names.count)
        nullText = copy?.nullText
    }

    private static func check(
        _ names: [String], _ mapping: ColumnMapping, _ path: String, _ target: CopyTarget?
    ) throws(EventSQLError) {
        if names.count > Limits.columnCountMax {
            throw EventSQLError(
                .limit, "the CSV has \(names.count) columns where \(Limits.columnCountMax) are allowed", path: path)
        }
        var seen: Set<String> = []
        for name in names where !seen.insert(mapping.column(ofPath: name)).inserted {
            throw EventSQLError(.invalidInput, "the CSV header makes column '\(name)' twice", path: path)
        }
        if let target {
            if let unknown = names.first(where: { target.column(named: $0) == nil }) {
                throw EventSQLError(
                    .invalidInput, "the CSV has a column '\(unknown)' and the table has none",
                    hint: "name the file's columns in order: COPY table (a, b, ...) FROM", path: path)
            }
            return
        }
        let time = mapping.path(ofColumn: RowRole.timeColumn) ?? RowRole.timeColumn
        if !names.contains(time) {
            throw EventSQLError(
                .invalidInput, "the CSV has no column '\(time)' for the time; it has \(names.joined(separator: ", "))",
                hint: "name it with --map timestamp=COLUMN", path: path)
        }
    }

    /// Sets each column's form from the records of the first block.
    mutating func infer(from block: InputBlock) {
        var reader = CSVRecordReader(delimiter: delimiter)
        var seen = [[Bool]](repeating: [false, false, false, false], count: names.count)
        let bytes = block.bytes.rawBytes
        var start = 0
        while start < block.count {
            let outcome = reader.read(bytes, start, block.count)
            start = reader.next
            guard case .record = outcome, reader.fields.count == names.count else { continue }
            for (column, field) in reader.fields.enumerated() where !isAbsent(field, bytes) && !seen[column][3] {
                seen[column][Int(CSVValue.form(bytes, field.start..<field.end).rawValue)] = true
            }
        }
        forms = seen.map { forms in
            switch (forms[0], forms[1], forms[2], forms[3]) {
            case (true, false, false, false): .bool
            case (false, true, false, false): .int64
            case (false, _, true, false): .double
            default: .string
            }
        }
    }
}

extension CSVRecordReader.Field {
    /// Appends the field's text, with `""` made `"`.
    func append(from bytes: RawSpan, to output: inout [UInt8]) {
        if !hasEscapes {
            output.append(bytes: bytes.extracting(start..<end))
            return
        }
        var offset = start
        while offset < end {
            let byte = TapeBytes.byte(bytes, offset)
            output.append(byte)
            offset += byte == UInt8(ascii: "\"") ? 2 : 1
        }
    }
}
