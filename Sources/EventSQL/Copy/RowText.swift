package import EventColumns
internal import EventPlan

/// Rows as CSV and as JSON lines (SPEC 2.8): what COPY TO writes and what results print as.
package enum RowText {
    /// RFC 4180; a line feed ends a record. NULL is `nullText` without quotes; a text that reads so stands in quotes.
    package struct CSV: Sendable {
        private let delimiter: UInt8
        private let nullText: [UInt8]

        package init(delimiter: UInt8 = UInt8(ascii: ","), nullText: String = "") {
            self.delimiter = delimiter
            self.nullText = Array(nullText.utf8)
        }

        package func appendHeader(_ names: [String], to output: inout [UInt8]) {
            for (index, name) in names.enumerated() {
                if index > 0 { output.append(delimiter) }
                append(Array(name.utf8), to: &output)
            }
            output.append(UInt8(ascii: "\n"))
        }

        package func append(_ batch: Batch, to output: inout [UInt8]) {
            for row in 0..<batch.rowCount {
                for (index, column) in batch.columns.enumerated() {
                    if index > 0 { output.append(delimiter) }
                    if column.isNull(at: row) {
                        output.append(contentsOf: nullText)
                    } else {
                        append(RowText.bytes(column, row), to: &output)
                    }
                }
                output.append(UInt8(ascii: "\n"))
            }
        }

        private func append(_ text: [UInt8], to output: inout [UInt8]) {
            guard needsQuotes(text) else {
                output.append(contentsOf: text)
                return
            }
            output.append(UInt8(ascii: "\""))
            for byte in text {
                if byte == UInt8(ascii: "\"") { output.append(byte) }
                output.append(byte)
            }
            output.append(UInt8(ascii: "\""))
        }

        private func needsQuotes(_ text: [UInt8]) -> Bool {
            if text == nullText || text.isEmpty { return true }
            if text[0] == UInt8(ascii: " ") || text[text.count - 1] == UInt8(ascii: " ") { return true }
            return text.contains {
                $0 == delimiter || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r")
            }
        }
    }

    /// One object a line. JSON values stand as they are; what JSON has no word for (instants, days, spans, NaN, infinities)
    /// is a string.
    package struct JSONLines: Sendable {
        private let keys: [[UInt8]]

        package init(_ names: [String]) {
            keys = names.enumerated().map { index, name in
                var key: [UInt8] = [index == 0 ? UInt8(ascii: "{") : UInt8(ascii: ",")]
                RowText.appendQuoted(Array(name.utf8), to: &key)
                key.append(UInt8(ascii: ":"))
                return key
            }
        }

        package func append(_ batch: Batch, to output: inout [UInt8]) {
            for row in 0..<batch.rowCount {
                appendObject(batch, row, to: &output)
                output.append(UInt8(ascii: "\n"))
            }
        }

        /// All rows as one JSON array, an object a line.
        package func appendArray(_ batches: [Batch], to output: inout [UInt8]) {
            output.append(UInt8(ascii: "["))
            var isFirst = true
            for batch in batches {
                for row in 0..<batch.rowCount {
                    output.append(contentsOf: (isFirst ? "\n  " : ",\n  ").utf8)
                    appendObject(batch, row, to: &output)
                    isFirst = false
                }
            }
            output.append(contentsOf: (isFirst ? "]\n" : "\n]\n").utf8)
        }

        private func appendObject(_ batch: Batch, _ row: Int, to output: inout [UInt8]) {
            for (key, column) in zip(keys, batch.columns) {
                output.append(contentsOf: key)
                RowText.appendJSON(column, row, to: &output)
            }
            output.append(contentsOf: keys.isEmpty ? [UInt8(ascii: "{"), UInt8(ascii: "}")] : [UInt8(ascii: "}")])
        }
    }

    private static func appendJSON(_ column: Vector, _ row: Int, to output: inout [UInt8]) {
        if column.isNull(at: row) {
            output.append(contentsOf: "null".utf8)
            return
        }
        let text = bytes(column, row)
        switch column.values {
        case .bool: output.append(contentsOf: text)
        case .int64 where column.type == .int64: output.append(contentsOf: text)
        case .double(let values) where values[row].isFinite: output.append(contentsOf: text)
        case .string where column.type == .json: output.append(contentsOf: text)
        default: appendQuoted(text, to: &output)
        }
    }

    /// A value that is not NULL, as a cast to VARCHAR writes it.
    private static func bytes(_ column: Vector, _ row: Int) -> [UInt8] {
        if case .string(let codes, let pool) = column.values {
            var text: [UInt8] = []
            text.append(bytes: pool.bytes(at: codes[row]))
            return text
        }
        return Array(TextConversion.text(column.value(at: row)).utf8)
    }

    private static func appendQuoted(_ text: [UInt8], to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): output.append(contentsOf: [UInt8(ascii: "\\"), byte])
            case 0x0a: output.append(contentsOf: "\\n".utf8)
            case 0x0d: output.append(contentsOf: "\\r".utf8)
            case 0x09: output.append(contentsOf: "\\t".utf8)
            case 0..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                output.append(contentsOf: "\\u00".utf8)
                output.append(contentsOf: [digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
