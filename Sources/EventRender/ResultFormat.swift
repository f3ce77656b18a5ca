package import EventSQL

/// The forms a result can be printed in.
package enum ResultFormat: String, Sendable, CaseIterable {
    case table, csv, json, jsonl, markdown

    /// Prints a result, with a line break at the end of each row.
    package func print(_ result: QueryResult, style: RenderStyle, to write: (String) -> Void) {
        switch self {
        case .table: TableRenderer(style: style).print(result, to: write)
        case .csv, .json, .jsonl: write(String(decoding: text(result), as: UTF8.self))
        case .markdown: Self.markdown(result, to: write)
        }
    }

    /// The bytes of a whole result, as COPY TO would write them.
    private func text(_ result: QueryResult) -> [UInt8] {
        let names = result.columns.map(\.name)
        var bytes: [UInt8] = []
        switch self {
        case .csv:
            let csv = RowText.CSV()
            csv.appendHeader(names, to: &bytes)
            for batch in result.batches { csv.append(batch, to: &bytes) }
        case .jsonl: for batch in result.batches { RowText.JSONLines(names).append(batch, to: &bytes) }
        default: RowText.JSONLines(names).appendArray(result.batches, to: &bytes)
        }
        return bytes
    }

    private static func markdown(_ result: QueryResult, to write: (String) -> Void) {
        func cell(_ text: String) -> String {
            DisplayText.printable(text).split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
        }
        write("| " + result.columns.map { cell($0.name) }.joined(separator: " | ") + " |\n")
        write("|" + result.columns.map { $0.type.isNumeric ? "---:|" : "---|" }.joined() + "\n")
        for row in result.rows { write("| " + row.map { cell($0.text ?? "") }.joined(separator: " | ") + " |\n") }
    }
}

/// What the place of output can show.
package struct RenderStyle: Sendable {
    /// ANSI colours.
    package var usesColour: Bool
    /// Cells of a line.
    package var width: Int
    /// Rows of a table before the middle is left out; nil: all.
    package var rowCountMax: Int?

    package init(usesColour: Bool = false, width: Int = 120, rowCountMax: Int? = nil) {
        self.usesColour = usesColour
        self.width = width
        self.rowCountMax = rowCountMax
    }
}
