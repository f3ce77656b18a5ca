import EventBase
import EventColumns
import EventFormat

/// A segment as plain rows, drawn at random: what a reader must answer.
struct SegmentModel {
    struct Row {
        var user: UInt32
        var time: Int64
        var name: String?
        var properties: [String: Value] = [:]
    }

    var rows: [Row]
    static let paths = ["flag", "plan", "amount", "mixed", "rare", "id", "uuid", "list", "stamp", "empty"]
    static let names = ["signup", "pay", "open", "", "Ünïcode 🎉"]

    init(rows: [Row]) { self.rows = rows }

    init(seed: UInt64, rowCount: Int, userCount: Int) {
        var random = SeededRandom(seed: seed)
        let users = (0..<rowCount).map { _ in UInt32.random(in: 0...UInt32(userCount), using: &random) }.sorted()
        let start = Int64(1_700_000_000_000_000)
        rows = users.map { user in
            let time = start + Int64.random(in: 0..<10 * 86_400, using: &random) * 1_000_000
            let draw = Int.random(in: 0..<600, using: &random)
            let name = draw == 0 ? nil : draw < 4 ? Self.names[draw] : draw < 300 ? Self.names[0] : Self.names[4]
            return Row(user: user, time: time, name: name)
        }
        rows.sort { ($0.user, $0.time) < ($1.user, $1.time) }
        for index in rows.indices { rows[index].properties = Self.properties(index, &random) }
    }

    private static func properties(_ index: Int, _ random: inout SeededRandom) -> [String: Value] {
        var values: [String: Value] = ["stamp": .int64(Int64(index) * 5_000 - 7), "id": .string("t\(index * 3)")]
        func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }
        if chance(2) { values["flag"] = .bool(chance(3)) }
        if chance(3) {
            values["plan"] = .string(["free", "pro", "", "𝔘nicode", "team"].randomElement(using: &random)!)
        }
        if chance(2) { values["amount"] = .double(amount(&random)) }
        if chance(200) { values["rare"] = .int64(Int64.random(in: .min ... .max, using: &random)) }
        if chance(2) { values["uuid"] = .string(uuid(&random)) }
        if chance(9) { values["list"] = .json("[\(Int.random(in: 0..<9, using: &random)),\"é\"]") }
        switch Int.random(in: 0..<8, using: &random) {
        case 0: values["mixed"] = .int64(Int64.random(in: -5...5, using: &random))
        case 1: values["mixed"] = .double(Double.random(in: -1...1, using: &random))
        case 2: values["mixed"] = .string("text \(index)")
        case 3: values["mixed"] = .bool(chance(2))
        case 4: values["mixed"] = .json("{\"a\":\(index)}")
        default: break
        }
        return values
    }

    private static func amount(_ random: inout SeededRandom) -> Double {
        switch Int.random(in: 0..<40, using: &random) {
        case 0: -0.0
        case 1: .infinity
        case 2: Double(bitPattern: random.next())
        default: Double(Int.random(in: 0..<100_000, using: &random)) / 100
        }
    }

    static func hex(_ number: Int, digits: Int, prefix: String) -> String {
        let text = String(number &* 2_654_435_761 & (1 << min(60, digits * 4)) - 1, radix: 16)
        return prefix + String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    static func uuid(_ random: inout SeededRandom, version: Int? = nil) -> String {
        var numbers = (0..<32).map { _ in Int.random(in: 0..<16, using: &random) }
        if let version {
            numbers[12] = version
            numbers[16] = 8 | numbers[16] & 3
        }
        let digits = numbers.map { String($0, radix: 16) }.joined()
        let cuts = [0, 8, 12, 16, 20, 32]
        return zip(cuts, cuts.dropFirst()).map { String(Array(digits)[$0..<$1]) }.joined(separator: "-")
    }

    /// The user directory: code 0 is no user.
    static let users = HeapStringPool([""] + (1...70_000).map { "user-\($0)" }, isDistinct: true)

    /// The bytes of the segment, columns in the order of `paths`.
    func encode(inParts: Bool = false) -> [UInt8] {
        var names = StringInterner()
        let codes = rows.map { $0.name.map { names.intern($0) } ?? EventBuffer.noCode }
        let content = SegmentContent(
            users: rows.map(\.user), times: rows.map(\.time), nameCodes: codes, names: names.makePool())
        var writer = SegmentWriter(content: content)
        var bytes: [UInt8] = []
        for path in Set(rows.flatMap { $0.properties.keys }).sorted() {
            writer.add(column(path))
            if inParts { bytes += writer.takeBytes() }
        }
        return bytes + writer.finish()
    }

    func column(_ path: String) -> SegmentColumn {
        var buffer = EventBuffer()
        let index = buffer.column(path: path)
        for row in rows {
            switch row.properties[path] {
            case .bool(let value): buffer.set(index, bool: value)
            case .int64(let value): buffer.set(index, int64: value)
            case .double(let value): buffer.set(index, double: value)
            case .string(let text): buffer.set(index, string: Array(text.utf8).rawBytes)
            case .json(let text): buffer.set(index, json: Array(text.utf8).rawBytes)
            default: break
            }
            let none: [UInt8] = []
            buffer.commitRow(time: 0, user: none.rawBytes, name: none.rawBytes)
        }
        var column = SegmentColumn(path: path)
        let source = buffer.columns[0]
        column.bools = source.bools
        column.integers = source.integers
        column.doubles = source.doubles
        column.strings = source.strings
        column.stringPool = source.stringValues.makePool()
        column.jsons = source.jsons
        column.jsonPool = source.jsonValues.makePool()
        return column
    }

    /// SPEC 1.7.5 by hand.
    static func seen(_ value: Value?, as type: ScalarType) -> String {
        switch (value, type) {
        case (.bool(let value)?, .bool), (.bool(let value)?, .string): "\(value)"
        case (.int64(let value)?, .int64), (.int64(let value)?, .string): "\(value)"
        case (.int64(let value)?, .double): "\(Double(value).bitPattern)"
        case (.double(let value)?, .double): "\(value.bitPattern)"
        case (.double(let value)?, .string): "\(value)"
        case (.string(let text)?, .string), (.json(let text)?, .string), (.json(let text)?, .json): text
        default: "NULL"
        }
    }

    static func seen(_ vector: Vector, at row: Int) -> String {
        if vector.isNull(at: row) { return "NULL" }
        switch vector.value(at: row) {
        case .bool(let value): return "\(value)"
        case .int64(let value), .timestamp(let value): return "\(value)"
        case .double(let value): return "\(value.bitPattern)"
        case .string(let text), .json(let text): return text
        default: return "?"
        }
    }
}
