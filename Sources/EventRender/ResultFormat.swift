package import EventSQL

/// The forms a result can be printed in.
package enum ResultFormat: String, Sendable, CaseIterable {
    case table, csv, json, jsonl, markdown

    /// Prints a result, with a line break at the end of each row.
    package func print(_ result: QueryResult, style: RenderStyle, to write: (String) -> Void) {
        switch self {
        case .table: TableRenderer(style: style).print(result, to: write)
        case .csv: Self.csv(result, to: write)
        case .json: Self.json(result, to: write)
        case .jsonl: for row in result.rows { write(Self.object(result.columns, row) + "\n") }
        case .markdown: Self.markdown(result, to: write)
        }
    }

    /// RFC 4180 with a header; line feeds end rows; NULL is an empty field and an empty text is `""`.
    private static func csv(_ result: QueryResult, to write: (String) -> Void) {
        write(result.columns.map { quoted($0.name) }.joined(separator: ",") + "\n")
        for row in result.rows {
            write(row.map { $0.text.map(quoted) ?? "" }.joined(separator: ",") + "\n")
        }
    }

    private static func quoted(_ text: String) -> String {
        let special = text.unicodeScalars.contains { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" }
        if text.isEmpty { return "\"\"" }
        guard special || text.first == " " || text.last == " " else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    private static func json(_ result: QueryResult, to write: (String) -> Void) {
        write("[")
        var isFirst = true
        for row in result.rows {
            write((isFirst ? "\n  " : ",\n  ") + object(result.columns, row))
            isFirst = false
        }
        write(isFirst ? "]\n" : "\n]\n")
    }

    private static func object(_ columns: [ResultColumn], _ row: [EventValue]) -> String {
        let members = zip(columns, row).map { "\(string($0.name)):\(json($1))" }
        return "{" + members.joined(separator: ",") + "}"
    }

    private static func json(_ value: EventValue) -> String {
        switch value {
        case .null: "null"
        case .bool, .int, .json: value.text ?? "null"
        case .double(let number): number.isFinite ? "\(number)" : string(value.text ?? "")
        default: string(value.text ?? "")
        }
    }

    private static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                if scalar.value < 0x20 {
                    let digits = String(scalar.value, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
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
