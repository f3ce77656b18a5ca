import EventBase
import EventColumns
import EventTestSupport

/// A column of a generated table, under the name that both engines know.
struct FuzzColumn: Sendable {
    enum Kind: Sendable { case integer, double, text }
    var name: String
    var kind: Kind
}

/// A table of drawn columns and rows: many NULLs, many ties, and in some tables the ends of BIGINT. `id` tells every row.
struct RandomTable: Sendable {
    let name: String
    var columns: [FuzzColumn] = [FuzzColumn(name: "id", kind: .integer)]
    var rows: [[Value]] = []
    let hasExtremes: Bool

    init(name: String, hasExtremes: Bool, rowCountMax: Int, _ random: inout SeededRandom) {
        self.name = name
        self.hasExtremes = hasExtremes
        for index in 0..<Int.random(in: 1...3, using: &random) {
            columns.append(FuzzColumn(name: "a\(index)", kind: .integer))
        }
        for index in 0..<Int.random(in: 1...2, using: &random) {
            columns.append(FuzzColumn(name: "d\(index)", kind: .double))
        }
        for index in 0..<Int.random(in: 1...2, using: &random) {
            columns.append(FuzzColumn(name: "s\(index)", kind: .text))
        }
        let holes = Int.random(in: 2...6, using: &random)
        for id in 0..<Int.random(in: 0...rowCountMax, using: &random) {
            var row: [Value] = [.int64(Int64(id))]
            for column in columns.dropFirst() {
                row.append(
                    Int.random(in: 0..<holes, using: &random) == 0
                        ? .null : Self.value(column.kind, hasExtremes: hasExtremes, &random))
            }
            rows.append(row)
        }
        // Every column exists on both sides, whatever was drawn.
        rows.append(
            [.int64(-1)]
                + columns.dropFirst().map {
                    switch $0.kind {
                    case .integer: .int64(0)
                    case .double: .double(0.5)
                    case .text: .string("x")
                    }
                })
    }

    private static func value(_ kind: FuzzColumn.Kind, hasExtremes: Bool, _ random: inout SeededRandom) -> Value {
        switch kind {
        case .integer:
            if hasExtremes, Int.random(in: 0..<4, using: &random) == 0 {
                return .int64([.max, .min, .max - 1, 1 << 53].randomElement(using: &random)!)
            }
            return .int64(Int64.random(in: -4...5, using: &random))
        case .double: return .double(Double(Int.random(in: -12...12, using: &random)) / 4)
        case .text:
            return .string(
                ["", "a", "ab", "b", "abc", "zz", "A", "a%b", "ß", "日本", "x y"].randomElement(using: &random)!)
        }
    }

    /// The rows as events in two row groups.
    var snapshot: MemorySnapshot {
        let events = rows.enumerated().map { index, row in
            var properties: [String: Value] = [:]
            for (column, value) in zip(columns, row) where value != .null { properties[column.name] = value }
            return TestEvent("u\(index % 3)", Int64(index) * 1000, "e", properties)
        }
        let half = events.count / 2
        return MemorySnapshot(groups: [Array(events[..<half]), Array(events[half...])], tableName: name)
    }

    func copy(to peer: SQLiteDatabase) throws {
        let types = columns.map {
            switch $0.kind {
            case .integer: "\($0.name) BIGINT"
            case .double: "\($0.name) DOUBLE"
            case .text: "\($0.name) TEXT"
            }
        }
        _ = try peer.query("CREATE TABLE \(name) (\(types.joined(separator: ", ")))")
        for row in rows {
            let cells = row.map { value in
                switch value {
                case .int64(.min): "(-9223372036854775807 - 1)"
                case .int64(let value): "\(value)"
                case .double(let value): "\(value)"
                case .string(let value): "'\(value)'"
                default: "NULL"
                }
            }
            _ = try peer.query("INSERT INTO \(name) VALUES (\(cells.joined(separator: ", ")))")
        }
    }
}
