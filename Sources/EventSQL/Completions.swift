internal import EventBase
internal import EventColumns
internal import EventPlan
internal import EventStore
internal import EventSyntax

/// How the word at the end of a text might go on.
public struct Completions: Sendable, Hashable {
    /// What is there of the word.
    public var word: String
    /// Whole words that begin with it, sorted: keywords as they are typed, functions with their `(`.
    public var candidates: [String]
    /// The word stands in a text in quotes; the candidates are names of events.
    public var isQuoted: Bool
    /// The word is the path of a file, which is the caller's to complete.
    public var isFile: Bool
}

extension EventDatabase {
    /// What may follow the end of a statement that is being typed: tables after FROM, cohorts after COHORT, names of events
    /// inside quotes, else columns, functions, tables and keywords. Never throws; knows nothing of grammar beyond the last words.
    /// - Complexity: O(columns + names of events).
    public func completions(of text: String) -> Completions {
        let parts = TypedText(text)
        var result = Completions(word: parts.word, candidates: [], isQuoted: parts.isQuoted, isFile: false)
        let found: [String]
        if parts.isQuoted {
            result.isFile =
                parts.before.last.map { ["FROM", "TO", "REJECTS"].contains($0) } ?? false
                && parts.before.contains("COPY")
            found = result.isFile ? [] : eventNames
        } else {
            switch parts.before.last {
            case "FROM", "JOIN", "INTO", "TABLE", "DESCRIBE", "SUMMARIZE", "UPDATE", "COPY", "PURGE":
                found = relations + (parts.before.last == "FROM" ? [] : Self.keywords(like: parts.word))
            case "COHORT": found = store.cohorts.map(\.name)
            default: found = columnNames + relations + Self.functions + Self.keywords(like: parts.word)
            }
        }
        let lower = parts.word.lowercased()
        result.candidates = Array(Set(found.filter { $0.lowercased().hasPrefix(lower) })).sorted()
        return result
    }

    private var relations: [String] {
        store.tableNames + store.keyedTableNames + store.definitions(of: .view).map(\.name)
    }

    private var columnNames: [String] { info().tables.flatMap { $0.columns.map(\.name) } }

    private var eventNames: [String] {
        var names: Set<String> = []
        for table in store.tableNames {
            guard let snapshot = try? store.snapshot(ofTable: table) else { continue }
            for group in snapshot.rowGroups {
                for code in 0..<group.eventNames.count { names.insert(group.eventNames.string(at: UInt32(code))) }
            }
        }
        names.formUnion(store.definitions(of: .virtualEvent).map(\.name))
        return Array(names)
    }

    private static let functions: [String] = {
        let names = Array(FunctionTable.byName.keys) + Array(AggregateTable.byName.keys) + WindowTable.names
        return (names + ["coalesce", "nullif", "typeof"]).filter { $0.first?.isLetter == true }.map { $0 + "(" }
    }()

    /// Keywords in small letters where the word has small ones.
    private static func keywords(like word: String) -> [String] {
        word.contains(where: \.isLowercase) ? Keywords.all.map { $0.lowercased() } : Keywords.all
    }
}

/// The end of a text that is being typed.
private struct TypedText {
    /// What is there of the last word; empty after a blank or a sign.
    var word = ""
    /// The words before it, in capitals.
    var before: [String] = []
    var isQuoted = false

    init(_ text: String) {
        var last = ""
        for character in text {
            if character == "'" {
                if !isQuoted { push(&last) }
                isQuoted.toggle()
                last = ""
            } else if isQuoted || character.isLetter || character.isNumber || character == "_" || character == "." {
                last.append(character)
            } else {
                push(&last)
                if character == ";" { before = [] }
            }
        }
        word = last
    }

    private mutating func push(_ word: inout String) {
        if !word.isEmpty { before.append(word.uppercased()) }
        word = ""
    }
}
