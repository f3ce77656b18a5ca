internal import EventBase

/// What a CSV input's columns are called and typed as: its header, and the forms seen in its first block.
struct CSVLayout: Sendable {
    let delimiter: UInt8
    /// Input names, in order.
    let names: [String]
    /// The form of each column; values that do not fit keep the form they have.
    var forms: [CSVValue.Form]

    /// Reads the header record and leaves the rest of the block.
    /// - Throws: `.invalidInput` where the header is none, or has no column for the time.
    static func read(
        _ block: inout InputBlock, delimiter: UInt8, mapping: ColumnMapping, path: String
    ) throws(EventSQLError) -> (layout: CSVLayout, headerLineCount: Int) {
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
        try check(names, mapping, path)
        let layout = CSVLayout(
            delimiter: delimiter, names: names, forms: Array(repeating: .string, count: names.count))
        let lineCount = reader.lineCount
        let length = reader.next
        block.bytes.removeFirst(length)
        block.bytes.append(contentsOf: [UInt8](repeating: 0, count: length))
        block.count -= length
        return (layout, lineCount)
    }

    private static func check(_ names: [String], _ mapping: ColumnMapping, _ path: String) throws(EventSQLError) {
        if names.count > Limits.columnCountMax {
            throw EventSQLError(
                .limit, "the CSV has \(names.count) columns where \(Limits.columnCountMax) are allowed", path: path)
        }
        var seen: Set<String> = []
        for name in names where !seen.insert(mapping.column(ofPath: name)).inserted {
            throw EventSQLError(.invalidInput, "the CSV header makes column '\(name)' twice", path: path)
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
            for (column, field) in reader.fields.enumerated() where field.start < field.end && !seen[column][3] {
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
