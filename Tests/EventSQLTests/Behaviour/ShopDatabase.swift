import EventSQL
import EventTestSupport
import Foundation
import Testing

/// A database for tests of behaviour statements: rows go in as plain values, answers come out as lines of text.
final class ShopDatabase {
    let db: EventDatabase
    private let directory: TemporaryDirectory

    /// 2024-03-01T00:00:00Z, a Friday.
    static let start: Int64 = 1_709_251_200_000_000
    static let second: Int64 = 1_000_000
    static let day: Int64 = 86_400_000_000

    init(_ events: [Event] = []) throws {
        directory = try TemporaryDirectory()
        db = try EventDatabase.open(at: directory.file("db"))
        if !events.isEmpty { try db.append(events) }
    }

    /// `u1 a 0, u1 b 10 page=/x`: user, event, second (`3d`: day) after the start, properties; parted by commas. A `-` is nobody.
    convenience init(_ script: String, _ properties: [String: [String: EventValue]] = [:]) throws {
        try self.init(Self.events(script, properties))
    }

    /// - Parameter properties: by the label behind `#`: `u1 a 0 #x`.
    static func events(_ script: String, _ properties: [String: [String: EventValue]] = [:]) -> [Event] {
        script.split(separator: ",").map { part in
            let words = part.split(whereSeparator: \.isWhitespace).map(String.init)
            let offset =
                words[2].hasSuffix("d")
                ? Int64(Double(words[2].dropLast())! * Double(day)) : Int64(Double(words[2])! * Double(second))
            var own: [String: EventValue] = [:]
            for word in words.dropFirst(3) {
                if word.hasPrefix("#") {
                    own.merge(properties[String(word.dropFirst())] ?? [:]) { $1 }
                } else if let place = word.firstIndex(of: "=") {
                    let text = String(word[word.index(after: place)...])
                    own[String(word[..<place])] =
                        Int64(text).map { .int($0) } ?? Double(text).map { .double($0) } ?? .string(text)
                }
            }
            return Event(
                words[1], user: words[0] == "-" ? nil : words[0], at: EventTime(micros: start + offset), own)
        }
    }

    /// Rows as values parted by a blank, NULL as `-`; `columns` picks and orders them.
    func rows(_ sql: String, _ columns: String = "") throws -> [String] {
        let result = try db.query(sql)
        let names = columns.isEmpty ? result.columns.map(\.name) : columns.split(separator: " ").map(String.init)
        let picked = try names.map { name in
            try #require(result.columns.firstIndex { $0.name == name }, "no column \(name) in \(result.columns)")
        }
        return result.rows.map { row in picked.map { Self.text(row[$0]) }.joined(separator: " ") }
    }

    static func text(_ value: EventValue) -> String {
        switch value {
        case .null: "-"
        case .bool(let flag): String(flag)
        case .int(let number): String(number)
        case .double(let number): number == number.rounded() ? String(Int(number)) : String(number)
        case .string(let text), .json(let text): text
        case .timestamp(let time): "\(time)"
        case .date(let day): "\(EventTime(micros: Int64(day) * Self.day))".prefix(10).description
        default: "\(value)"
        }
    }

    /// The message of the error that a statement ends with.
    func error(_ sql: String) -> String {
        do {
            _ = try db.query(sql)
            return "no error"
        } catch { return "\(error)" }
    }
}
