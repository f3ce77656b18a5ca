package import EventBase
package import EventColumns

/// A `RowGroup` over an array of events, sorted on creation; every answer is a plain loop.
package final class MemoryRowGroup: RowGroup {
    package let label: String
    private let events: [TestEvent]
    private let ordinals: [UInt32]
    private let users: any StringPool
    private let names: HeapStringPool
    private let codes: [UInt32]
    package let hasUserBitmaps: Bool
    package let timeRange: ClosedRange<Int64>
    package let userRange: ClosedRange<UInt32>

    init(
        label: String, events: [TestEvent], ordinals: [String: UInt32], users: any StringPool, hasUserBitmaps: Bool
    ) {
        self.label = label
        self.users = users
        self.hasUserBitmaps = hasUserBitmaps
        func ordinal(_ event: TestEvent) -> UInt32 { event.user.flatMap { ordinals[$0] } ?? 0 }
        let sorted = events.enumerated().sorted { a, b in
            (ordinal(a.element), a.element.time, a.offset) < (ordinal(b.element), b.element.time, b.offset)
        }.map(\.element)
        self.events = sorted
        self.ordinals = sorted.map(ordinal)
        let distinct = Set(sorted.compactMap(\.name)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        names = HeapStringPool(distinct, isDistinct: true, isSorted: true)
        let index = Dictionary(uniqueKeysWithValues: zip(distinct, UInt32(0)...))
        codes = sorted.map { $0.name.flatMap { index[$0] } ?? EventBuffer.noCode }
        let times = sorted.map(\.time)
        timeRange = times.min()!...times.max()!
        userRange = self.ordinals.min()!...self.ordinals.max()!
    }

    package var rowCount: Int { events.count }
    package var sizeBytes: Int { events.count * 64 }
    package var hiddenRows: Bitmap? { nil }
    package var eventNames: any StringPool { names }

    package func storedTypes(of path: String) -> StoredTypes {
        events.reduce(into: []) { $0.formUnion($1.properties[path]?.storedTypes ?? []) }
    }

    package func encodedSizeBytes(of path: String, granule: Int) -> Int { 0 }

    package func zone(of path: String, granule: Int) -> Zone {
        let values = events[rows(granule, .range(0..<rowCount(ofGranule: granule)))]
        switch path {
        case "timestamp":
            return .int64(min: values.map(\.time).min()!, max: values.map(\.time).max()!, nullCount: 0)
        case "user_id", "event_name": return .unknown
        default:
            let present = values.compactMap { $0.properties[path] }.filter { $0 != .null }
            if present.isEmpty { return .allNull }
            let integers = present.compactMap { if case .int64(let value) = $0 { value } else { nil } }
            guard integers.count == present.count else { return .unknown }
            return .int64(min: integers.min()!, max: integers.max()!, nullCount: values.count - present.count)
        }
    }

    package func read(
        _ path: String, as type: ScalarType, granule: Int, rows selection: RowSelection
    ) throws(EventSQLError) -> Vector {
        let picked = indexes(granule, selection)
        switch path {
        case "timestamp": return Vector(type: .timestamp, values: .int64(picked.map { events[$0].time }))
        case "user_id":
            let codes = picked.map { ordinals[$0] }
            return Vector(
                type: .string, values: .string(codes: codes, pool: users),
                validity: Self.validity(codes.map { $0 != 0 }))
        case "event_name":
            let codes = picked.map { self.codes[$0] }
            return Vector(
                type: .string, values: .string(codes: codes, pool: names),
                validity: Self.validity(codes.map { $0 != EventBuffer.noCode }))
        default:
            return Self.vector(picked.map { events[$0].properties[path] ?? .null }, as: type)
        }
    }

    package func readStoredTypeNames(
        _ path: String, granule: Int, rows selection: RowSelection
    ) throws(EventSQLError) -> Vector {
        let values = indexes(granule, selection).map { events[$0].properties[path] ?? .null }
        return Self.vector(values.map { $0 == .null ? .null : .string($0.type.name) }, as: .string)
    }

    package func readUsers(granule: Int, rows: RowSelection, into output: inout [UInt32]) throws(EventSQLError) {
        output = indexes(granule, rows).map { ordinals[$0] }
    }

    package func readTimes(granule: Int, rows: RowSelection, into output: inout [Int64]) throws(EventSQLError) {
        output = indexes(granule, rows).map { events[$0].time }
    }

    package func readEventCodes(granule: Int, rows: RowSelection, into output: inout [UInt32]) throws(EventSQLError) {
        output = indexes(granule, rows).map { codes[$0] }
    }

    package func rows(ofEventCode code: UInt32) throws(EventSQLError) -> Bitmap? {
        Bitmap(codes.indices.filter { codes[$0] == code }.map { UInt32($0) })
    }

    package func rows(ofUsers users: ClosedRange<UInt32>) throws(EventSQLError) -> Range<Int> {
        let start = ordinals.firstIndex { $0 >= users.lowerBound } ?? ordinals.count
        let end = ordinals.firstIndex { $0 > users.upperBound } ?? ordinals.count
        return start..<end
    }

    package var days: [Int32] { Set(events.map { CalendarMath.day(ofMicros: $0.time) }).sorted() }

    package func users(onDay day: Int32) throws(EventSQLError) -> Bitmap { users(onDay: day) { _ in true } }

    package func users(onDay day: Int32, eventCode code: UInt32) throws(EventSQLError) -> Bitmap {
        users(onDay: day) { $0 == code }
    }

    private func users(onDay day: Int32, where matches: (UInt32) -> Bool) -> Bitmap {
        let found = events.indices.filter {
            ordinals[$0] != 0 && CalendarMath.day(ofMicros: events[$0].time) == day && matches(codes[$0])
        }
        return Bitmap(Set(found.map { ordinals[$0] }).sorted())
    }

    private func rows(_ granule: Int, _ selection: RowSelection) -> Range<Int> {
        let start = granule * Limits.granuleRowCount
        guard case .range(let range) = selection else { preconditionFailure("BUG: only ranges are contiguous") }
        return (start + range.lowerBound)..<(start + range.upperBound)
    }

    private func indexes(_ granule: Int, _ selection: RowSelection) -> [Int] {
        let start = granule * Limits.granuleRowCount
        switch selection {
        case .range(let range): return range.map { start + $0 }
        case .rows(let rows): return rows.map { start + Int($0) }
        }
    }

    private static func validity(_ mask: [Bool]) -> [Bool]? { mask.allSatisfy { $0 } ? nil : mask }

    /// Values of one visible type; SPEC 2.4: a number reads as DOUBLE where asked, anything reads as text.
    static func vector(_ values: [Value], as type: ScalarType) -> Vector {
        let mask = validity(values.map { $0 != .null })
        switch type {
        case .bool:
            let plain = values.map { if case .bool(let value) = $0 { value } else { false } }
            return Vector(type: type, values: .bool(plain), validity: mask)
        case .int64, .null:
            let plain: [Int64] = values.map { if case .int64(let value) = $0 { value } else { 0 } }
            return Vector(type: type, values: .int64(plain), validity: mask)
        case .double:
            let plain: [Double] = values.map {
                switch $0 {
                case .int64(let value): Double(value)
                case .double(let value): value
                default: 0
                }
            }
            return Vector(type: type, values: .double(plain), validity: mask)
        default:
            let pool = HeapStringPool(values.map(text))
            return Vector(
                type: type, values: .string(codes: Array(0..<UInt32(values.count)), pool: pool), validity: mask)
        }
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .bool(let value): value ? "true" : "false"
        case .int64(let value): String(value)
        case .double(let value): "\(value)"
        case .string(let text), .json(let text): text
        default: ""
        }
    }
}
