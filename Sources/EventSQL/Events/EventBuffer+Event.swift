internal import EventBase
internal import EventColumns

extension EventBuffer {
    /// Adds one event, or throws `.invalidInput` or `.limit` and leaves the buffer as it was.
    mutating func add(_ event: Event) throws(EventSQLError) {
        do throws(EventSQLError) {
            try check(event)
            try set("event_id", event.id.map { .string($0) } ?? .null)
            try set("session_id", event.session.map { .string($0) } ?? .null)
            try setMembers(of: event.properties, under: "properties", depth: 1)
            try setMembers(of: event.context, under: "context", depth: 1)
            try setMembers(of: event.userProperties, under: "user_properties", depth: 1)
        } catch {
            rollbackRow()
            throw error
        }
        let user = Array((event.user ?? "").utf8)
        let name = Array(event.name.utf8)
        commitRow(time: event.time.micros, user: user.rawBytes, name: name.rawBytes)
    }

    private func check(_ event: Event) throws(EventSQLError) {
        guard (Limits.timestampMicrosMin...Limits.timestampMicrosMax).contains(event.time.micros) else {
            throw EventSQLError(
                .invalidInput, "event '\(event.name)' has the time \(event.time.micros) µs, outside years 1 to 9999")
        }
        for (what, text) in [("name", event.name), ("user", event.user ?? "")] {
            guard text.utf8.count <= Limits.identifierSizeBytesMax else {
                throw EventSQLError(
                    .limit, "an event's \(what) has \(text.utf8.count) bytes; at most \(Limits.identifierSizeBytesMax)")
            }
        }
    }

    private mutating func setMembers(
        of object: [String: EventValue], under path: String, depth: Int
    ) throws(EventSQLError) {
        guard depth <= Limits.jsonDepthMax else {
            throw EventSQLError(.limit, "'\(path)' nests deeper than \(Limits.jsonDepthMax) objects")
        }
        for (key, value) in object {
            if case .object(let members) = value {
                try setMembers(of: members, under: "\(path).\(key)", depth: depth + 1)
            } else {
                try set("\(path).\(key)", value)
            }
        }
    }

    private mutating func set(_ path: String, _ value: EventValue) throws(EventSQLError) {
        if case .null = value { return }
        guard path.utf8.count <= Limits.pathSizeBytesMax else {
            throw EventSQLError(
                .limit, "a property path has \(path.utf8.count) bytes; at most \(Limits.pathSizeBytesMax)")
        }
        let column = self.column(path: path)
        guard column < Limits.columnCountMax else {
            throw EventSQLError(.limit, "more than \(Limits.columnCountMax) distinct property paths")
        }
        guard !hasValue(column) else {
            throw EventSQLError(.invalidInput, "the path '\(path)' occurs twice in one event")
        }
        switch value {
        case .null, .object: break
        case .bool(let value): set(column, bool: value)
        case .int(let value): set(column, int64: value)
        case .double(let value): set(column, double: value)
        case .timestamp(let time): try set(column, text: TimestampText.print(micros: time.micros), path: path)
        case .date(let day): try set(column, text: TimestampText.print(day: Int(day)), path: path)
        case .interval(let months, let days, let micros):
            try set(column, text: "\(months) months \(days) days \(micros) microseconds", path: path)
        case .string(let text): try set(column, text: text, path: path)
        case .json(let text): set(column, json: Array(text.utf8).rawBytes)
        }
    }

    private mutating func set(_ column: Int, text: String, path: String) throws(EventSQLError) {
        let utf8 = Array(text.utf8)
        guard utf8.count <= Limits.stringSizeBytesMax else {
            throw EventSQLError(.limit, "'\(path)' holds \(utf8.count) bytes; at most \(Limits.stringSizeBytesMax)")
        }
        set(column, string: utf8.rawBytes)
    }
}
