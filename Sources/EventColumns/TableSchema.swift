/// The columns of a table as statements see them.
package struct TableSchema: Sendable, Equatable {
    package var name: String
    /// In order of first sight; the first three of an event table are its time, user and event name.
    package var columns: [ColumnSchema]

    package init(name: String, columns: [ColumnSchema]) {
        self.name = name
        self.columns = columns
    }

    package func column(_ path: String) -> ColumnSchema? { columns.first { $0.path == path } }
    package func column(role: ColumnRole) -> ColumnSchema? { columns.first { $0.role == role } }
}

/// What a column is for in an event table.
package enum ColumnRole: UInt8, Sendable {
    case property = 0
    case time = 1
    case user = 2
    case eventName = 3
    case eventID = 4
    case session = 5
}

/// One column: its dotted path, the type statements see, and the types its values were stored with.
package struct ColumnSchema: Sendable, Equatable {
    /// `properties.plan_type`; `timestamp`, `user_id`, `event_name` for the roles' defaults.
    package var path: String
    package var role: ColumnRole
    /// What was seen, never empty for a property; each keeps its own part in a segment.
    package var storedTypes: StoredTypes
    /// What CREATE TABLE says of a keyed table's column; nil where the type follows from what was stored.
    package var declaredType: ScalarType?

    package init(path: String, role: ColumnRole, storedTypes: StoredTypes) {
        self.path = path
        self.role = role
        self.storedTypes = storedTypes
    }

    /// The type a statement sees: the stored one, DOUBLE for a mix of numbers, VARCHAR for any other mix (SPEC 2.4).
    package var type: ScalarType {
        if let declaredType { return declaredType }
        return switch role {
        case .time: .timestamp
        case .user, .eventName: .string
        default: storedTypes.visibleType
        }
    }
}

/// A set of the types that a column's values were stored with.
package struct StoredTypes: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let bool = StoredTypes(rawValue: 1)
    package static let int64 = StoredTypes(rawValue: 2)
    package static let double = StoredTypes(rawValue: 4)
    package static let string = StoredTypes(rawValue: 8)
    package static let json = StoredTypes(rawValue: 16)

    package var visibleType: ScalarType {
        switch self {
        case []: .null
        case .bool: .bool
        case .int64: .int64
        case .double, [.int64, .double]: .double
        case .json: .json
        default: .string
        }
    }
}
