internal import EventBase
internal import EventSyntax

/// What the parentheses behind COPY ask for (SPEC 2.8).
struct CopyOptions {
    var format = CopyFormat.csv
    var hasHeader = true
    /// One ASCII byte.
    var delimiter = UInt8(ascii: ",")
    /// What stands for NULL in CSV, never in quotes.
    var nullText = ""
    /// Store nothing when any row is refused.
    var isStrict = false
    var rejectsPath: String?
    var conflict = InsertStatement.Conflict.fail

    private static let names = [
        "format", "header", "delimiter", "null", "quote", "escape", "encoding", "strict", "on_error", "rejects",
        "on_conflict",
    ]

    init(_ copy: CopyStatement) throws(EventSQLError) {
        format = CopyFormat(fileName: copy.path)
        for option in copy.options { try read(option) }
        if format == .jsonLines, let option = copy.options.first(where: { Self.csvOnly.contains($0.name) }) {
            throw EventSQLError(.binding, "\(option.name) is for FORMAT csv", position: option.position)
        }
        if case .to = copy.direction, let option = copy.options.first(where: { Self.fromOnly.contains($0.name) }) {
            throw EventSQLError(.binding, "\(option.name) is for COPY FROM", position: option.position)
        }
    }

    private static let csvOnly: Set = ["header", "delimiter", "delim", "sep", "null", "nullstr", "quote", "escape"]
    private static let fromOnly: Set = ["strict", "on_error", "ignore_errors", "rejects", "on_conflict"]

    private mutating func read(_ option: CopyStatement.Option) throws(EventSQLError) {
        switch option.name {
        case "format":
            switch Self.word(option) {
            case "csv": format = .csv
            case "json", "jsonl", "ndjson": format = .jsonLines
            default: throw Self.refusal(option, "csv or jsonl")
            }
        case "header": hasHeader = try Self.flag(option)
        case "delimiter", "delim", "sep":
            guard let text = Self.text(option)?.utf8, text.count == 1, let byte = text.first, byte < 0x80,
                byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r")
            else { throw Self.refusal(option, "one ASCII character that is no quote and no line end") }
            delimiter = byte
        case "null", "nullstr":
            guard let text = Self.text(option), !text.contains(where: { "\"\r\n".contains($0) }) else {
                throw Self.refusal(option, "a text without quotes and line ends")
            }
            nullText = text
        case "quote", "escape":
            guard Self.text(option) == "\"" else { throw Self.refusal(option, "'\"' and nothing else") }
        case "encoding":
            guard ["utf8", "utf-8"].contains(Self.word(option)) else { throw Self.refusal(option, "'utf8'") }
        case "strict": isStrict = try Self.flag(option)
        case "ignore_errors": isStrict = try !Self.flag(option)
        case "on_error":
            guard let word = Self.word(option), ["stop", "ignore"].contains(word) else {
                throw Self.refusal(option, "stop or ignore")
            }
            isStrict = word == "stop"
        case "rejects":
            guard let text = Self.text(option), !text.isEmpty else { throw Self.refusal(option, "a file name") }
            rejectsPath = text
        case "on_conflict":
            switch Self.word(option) {
            case "fail": conflict = .fail
            case "ignore": conflict = .ignore
            case "replace": conflict = .replace
            default: throw Self.refusal(option, "fail, ignore or replace")
            }
        default:
            throw EventSQLError(
                .binding, "COPY knows no option \(option.name)",
                hint: EditDistance.nearest(to: option.name, in: Self.names).map { "did you mean \($0)?" }
                    ?? "known: \(Self.names.joined(separator: ", "))",
                position: option.position)
        }
    }

    private static func text(_ option: CopyStatement.Option) -> String? {
        if case .string(let text) = option.value { text } else { nil }
    }

    private static func word(_ option: CopyStatement.Option) -> String? { text(option)?.lowercased() }

    private static func flag(_ option: CopyStatement.Option) throws(EventSQLError) -> Bool {
        switch option.value {
        case nil, .bool(true), .integer(1): return true
        case .bool(false), .integer(0): return false
        case .string(let text):
            switch text.lowercased() {
            case "true", "on", "1": return true
            case "false", "off", "0": return false
            default: break
            }
        default: break
        }
        throw refusal(option, "true or false")
    }

    private static func refusal(_ option: CopyStatement.Option, _ wanted: String) -> EventSQLError {
        EventSQLError(.binding, "\(option.name) takes \(wanted)", position: option.position)
    }
}

extension CopyFormat {
    /// By the end of a file's name, also before `.gz` and `.zst`: JSON lines for `.jsonl`, `.ndjson` and `.json`, else CSV.
    init(fileName: String) {
        var name = fileName.lowercased()
        for suffix in [".gz", ".zst"] where name.hasSuffix(suffix) { name.removeLast(suffix.count) }
        self = [".jsonl", ".ndjson", ".json"].contains { name.hasSuffix($0) } ? .jsonLines : .csv
    }
}
