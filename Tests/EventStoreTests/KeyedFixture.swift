import EventBase
import EventColumns
import EventStore
import EventTestSupport
import Testing

/// A keyed table `plans (id VARCHAR PRIMARY KEY, seats BIGINT, price DOUBLE, since DATE, live BOOLEAN, note JSON)` beside
/// a dictionary that has what it should hold.
enum KeyedFixture {
    typealias Row = [Value]
    typealias Model = [String: Row]

    static let columns: [KeyedTableSchema.Column] = [
        .init(name: "id", type: .string, isKey: true), .init(name: "seats", type: .int64),
        .init(name: "price", type: .double), .init(name: "since", type: .date), .init(name: "live", type: .bool),
        .init(name: "note", type: .json),
    ]

    static func row(_ id: String, _ random: inout SeededRandom) -> Row {
        func maybe(_ value: Value) -> Value { random.next() % 4 == 0 ? .null : value }
        let number = Int64(random.next() % 1000)
        return [
            .string(id), maybe(.int64(number)), maybe(.double(Double(number) / 8)), maybe(.date(number)),
            maybe(.bool(number & 1 == 0)), maybe(.json("[\(number)]")),
        ]
    }

    /// Rows as one batch; a NULL's code lies outside its pool.
    static func batch(_ rows: [Row], types: [ScalarType] = columns.map(\.type)) -> Batch {
        let vectors = types.indices.map { column -> Vector in
            let values = rows.map { $0[column] }
            let mask = values.map { $0 != .null }
            let form: Vector.Values
            switch types[column] {
            case .bool: form = .bool(values.map { if case .bool(let value) = $0 { value } else { false } })
            case .int64, .date, .timestamp:
                form = .int64(
                    values.map {
                        switch $0 {
                        case .int64(let value), .date(let value), .timestamp(let value): value
                        default: 0
                        }
                    })
            case .double: form = .double(values.map { if case .double(let value) = $0 { value } else { 0 } })
            default:
                let texts: [String?] = values.map {
                    switch $0 {
                    case .string(let text), .json(let text): text
                    default: nil
                    }
                }
                let pool = HeapStringPool(texts.compactMap { $0 })
                var next: UInt32 = 0
                let codes = texts.map { text -> UInt32 in
                    defer { if text != nil { next += 1 } }
                    return text == nil ? .max : next
                }
                form = .string(codes: codes, pool: pool)
            }
            return Vector(type: types[column], values: form, validity: mask.contains(false) ? mask : nil)
        }
        return Batch(columns: vectors, rowCount: rows.count)
    }

    static func keys(_ ids: [String]) -> Batch { batch(ids.map { [.string($0)] }, types: [.string]) }

    /// All visible rows, one batch's worth of columns at a time.
    static func rows(_ store: EventStore, _ table: String = "plans") throws -> [Row] {
        let snapshot = try store.snapshot(ofTable: table)
        var rows: [Row] = []
        for group in snapshot.rowGroups {
            for granule in 0..<group.granuleCount {
                let count = group.rowCount(ofGranule: granule)
                let vectors = try snapshot.schema.columns.map {
                    try group.read($0.path, as: $0.type, granule: granule, rows: .range(0..<count))
                }
                for row in 0..<count
                where group.hiddenRows?.contains(UInt32(granule * Limits.granuleRowCount + row)) != true {
                    rows.append(vectors.map { $0.value(at: row) })
                }
            }
        }
        return rows
    }

    /// The table as a dictionary; a key that occurs twice is a failure.
    static func model(_ store: EventStore, _ what: String = "") throws -> Model {
        var model: Model = [:]
        for row in try rows(store) {
            guard case .string(let id) = row[0] else { throw EventSQLError(.internal, "a key of another type") }
            #expect(model.updateValue(row, forKey: id) == nil, "\(id) occurs twice \(what)")
        }
        return model
    }
}
