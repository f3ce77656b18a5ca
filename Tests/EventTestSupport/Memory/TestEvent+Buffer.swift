internal import EventBase
package import EventColumns

extension EventBuffer {
    /// A buffer of plain events in their order.
    package init(_ events: [TestEvent]) {
        self.init()
        for event in events { add(event) }
    }

    /// As a decoder's later blocks are, that has met ids before which hardly repeat: UUIDs packed, users and other ids not looked up.
    ///
    /// - Parameter paths: of the columns that held such ids, in the order in which the events have them.
    package init(packing events: [TestEvent], _ paths: [String]) {
        var earlier = EventBuffer()
        earlier.packsUUIDs = true
        for number in 0..<300 {
            let values = paths.map { ($0, Value.string("\(number)")) }
            earlier.add(TestEvent("user \(number)", 0, "n", Dictionary(uniqueKeysWithValues: values)))
        }
        self.init(roomFor: earlier)
        for event in events { add(event) }
    }

    package mutating func add(_ event: TestEvent) {
        for path in event.properties.keys.sorted() {
            switch event.properties[path]! {
            case .bool(let value): set(column(path: path), bool: value)
            case .int64(let value): set(column(path: path), int64: value)
            case .double(let value): set(column(path: path), double: value)
            case .string(let text): set(column(path: path), string: Array(text.utf8).rawBytes)
            case .json(let text): set(column(path: path), json: Array(text.utf8).rawBytes)
            default: break
            }
        }
        let user = Array((event.user ?? "").utf8)
        let name = Array((event.name ?? "").utf8)
        commitRow(time: event.time, user: user.rawBytes, name: name.rawBytes)
    }
}

extension EventSnapshot {
    /// Every visible row as a plain event, row group by row group; for comparing with a model.
    package func testEvents() throws -> [TestEvent] {
        var events: [TestEvent] = []
        for group in rowGroups {
            let hidden = group.hiddenRows
            for granule in 0..<group.granuleCount {
                let all = RowSelection.range(0..<group.rowCount(ofGranule: granule))
                let times = try group.read("timestamp", as: .timestamp, granule: granule, rows: all)
                let users = try group.read("user_id", as: .string, granule: granule, rows: all)
                let names = try group.read("event_name", as: .string, granule: granule, rows: all)
                var columns: [(String, Vector)] = []
                for column in schema.columns where ![.time, .user, .eventName].contains(column.role) {
                    columns.append(
                        (column.path, try group.read(column.path, as: column.type, granule: granule, rows: all)))
                }
                for row in 0..<all.count {
                    if hidden?.contains(UInt32(granule * Limits.granuleRowCount + row)) == true { continue }
                    var properties: [String: Value] = [:]
                    for (path, vector) in columns where !vector.isNull(at: row) {
                        properties[path] = vector.value(at: row)
                    }
                    guard case .timestamp(let time) = times.value(at: row) else { continue }
                    events.append(TestEvent(Self.text(users, row), time, Self.text(names, row), properties))
                }
            }
        }
        return events
    }

    private static func text(_ vector: Vector, _ row: Int) -> String? {
        if case .string(let text) = vector.value(at: row) { text } else { nil }
    }
}
