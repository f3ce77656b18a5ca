package import EventBase
package import EventColumns

/// An `EventSnapshot` over plain rows in memory: what execution is tested against without a disk.
///
/// `groups` become one row group each, so a test decides how rows are spread; empty groups are left out.
package final class MemorySnapshot: EventSnapshot {
    package let schema: TableSchema
    package let rowGroups: [any RowGroup]
    package let users: any StringPool
    package let canonicalUsers: [UInt32]?
    private let ordinals: [String: UInt32]
    private let cohorts: [String: Bitmap]

    /// - Parameter merges: user id -> the id of the person it belongs to.
    package init(
        groups: [[TestEvent]], merges: [String: String] = [:], cohorts: [String: [String]] = [:],
        tableName: String = "events", hasUserBitmaps: Bool = true
    ) {
        var ids: [String] = [""]
        var ordinals: [String: UInt32] = [:]
        for event in groups.joined() {
            guard let user = event.user, ordinals[user] == nil else { continue }
            ordinals[user] = UInt32(ids.count)
            ids.append(user)
        }
        let users = HeapStringPool(ids, isDistinct: true)
        self.users = users
        self.ordinals = ordinals
        self.cohorts = cohorts.mapValues { members in Bitmap(members.compactMap { ordinals[$0] }.sorted()) }
        if merges.isEmpty {
            canonicalUsers = nil
        } else {
            var canonical = (0..<UInt32(ids.count)).map { $0 }
            for (id, person) in merges {
                if let from = ordinals[id], let to = ordinals[person] { canonical[Int(from)] = to }
            }
            canonicalUsers = canonical
        }
        rowGroups = groups.filter { !$0.isEmpty }.enumerated().map { index, events in
            MemoryRowGroup(
                label: "memory-\(index)", events: events, ordinals: ordinals, users: users,
                hasUserBitmaps: hasUserBitmaps)
        }.sorted { $0.timeRange.lowerBound < $1.timeRange.lowerBound }
        schema = Self.schema(of: groups.flatMap { $0 }, tableName: tableName)
    }

    package func ordinal(ofUser id: String) -> UInt32? { ordinals[id] }

    package func members(ofCohort name: String) throws(EventSQLError) -> Bitmap? { cohorts[name] }

    private static func schema(of events: [TestEvent], tableName: String) -> TableSchema {
        var columns = [
            ColumnSchema(path: "timestamp", role: .time, storedTypes: []),
            ColumnSchema(path: "user_id", role: .user, storedTypes: []),
            ColumnSchema(path: "event_name", role: .eventName, storedTypes: []),
        ]
        var types: [String: StoredTypes] = [:]
        for event in events {
            for (path, value) in event.properties { types[path, default: []].formUnion(value.storedTypes) }
        }
        for path in types.keys.sorted() where types[path] != [] {
            let role: ColumnRole = path == "session_id" ? .session : path == "event_id" ? .eventID : .property
            columns.append(ColumnSchema(path: path, role: role, storedTypes: types[path] ?? []))
        }
        return TableSchema(name: tableName, columns: columns)
    }
}

extension Value {
    /// The stored type of a property value; empty for NULL.
    package var storedTypes: StoredTypes {
        switch self {
        case .null: []
        case .bool: .bool
        case .int64: .int64
        case .double: .double
        case .json: .json
        default: .string
        }
    }
}
