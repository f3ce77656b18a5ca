import Foundation

/// A file in the manner of sqllogictest: statements and queries with what they must answer.
///
/// ```
/// load mini
/// query IT rowsort
/// SELECT count(*), event_name FROM events GROUP BY 2
/// ----
/// 2  open
/// statement error there is no column
/// SELECT amuont FROM events
/// ```
struct LogicScript {
    enum Expectation: Equatable {
        case ok
        case error(String)
        /// Whether rows are compared in sorted order, and the lines.
        case rows(isSorted: Bool, [String])
    }

    struct Record {
        var line: Int
        var header: String
        var sql: String
        var expectation: Expectation
        /// Lines that begin with `#` above it.
        var comments: [String] = []
    }

    var fixture = "mini"
    var records: [Record] = []

    init(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var index = 0
        var comments: [String] = []
        while index < lines.count {
            let line = lines[index]
            let words = line.split(separator: " ").map(String.init)
            index += 1
            if line.hasPrefix("#") { comments.append(line) }
            guard let first = words.first, !line.hasPrefix("#") else { continue }
            switch first {
            case "load": fixture = words.count > 1 ? words[1] : fixture
            case "statement", "query":
                let start = index
                var sql: [String] = []
                while index < lines.count, !lines[index].isEmpty, lines[index] != "----" {
                    sql.append(lines[index])
                    index += 1
                }
                var expectation = Expectation.ok
                if first == "statement", words.count > 1, words[1] == "error" {
                    expectation = .error(words.dropFirst(2).joined(separator: " "))
                } else if first == "query" {
                    var rows: [String] = []
                    if index < lines.count, lines[index] == "----" { index += 1 }
                    while index < lines.count, !lines[index].isEmpty {
                        rows.append(lines[index])
                        index += 1
                    }
                    expectation = .rows(isSorted: words.contains("rowsort"), rows)
                }
                records.append(
                    Record(
                        line: start, header: line, sql: sql.joined(separator: "\n"), expectation: expectation,
                        comments: comments))
                comments = []
            default:
                records.append(Record(line: index, header: line, sql: "", expectation: .error("no such directive")))
            }
        }
    }
}
