/// A table whose rows are told apart by a key: its name and its columns, fixed when it is made (SPEC 1.15).
package struct KeyedTableSchema: Sendable, Equatable {
    /// One declared column.
    package struct Column: Sendable, Equatable {
        package var name: String
        /// Never `.null` nor `.interval`.
        package var type: ScalarType
        package var isNotNull: Bool
        /// Part of the primary key; such a column is never NULL.
        package var isKey: Bool

        package init(name: String, type: ScalarType, isNotNull: Bool = false, isKey: Bool = false) {
            self.name = name
            self.type = type
            self.isNotNull = isNotNull || isKey
            self.isKey = isKey
        }

        /// The path under which segments and frames keep the values; no fixed part of a segment begins like this.
        package var storedPath: String { ":\(name)" }

        /// The one type the values are stored with: instants and days are whole numbers.
        package var storedType: StoredTypes {
            switch type {
            case .bool: .bool
            case .int64, .timestamp, .date: .int64
            case .double: .double
            case .json: .json
            case .string, .null, .interval: .string
            }
        }
    }

    package var name: String
    /// Given once, so that a table made again under an old name shares nothing with the old one.
    package var id: UInt64
    package var columns: [Column]

    package init(name: String, id: UInt64, columns: [Column]) {
        self.name = name
        self.id = id
        self.columns = columns
    }

    /// Who segments and frames of this table belong to; no event table has `#` in its name.
    package var storageName: String { "\(name)#\(id)" }

    /// No statement can write this name.
    private static let rowNumberPath = "\u{0}rowid"

    /// The column of row numbers, the key of a table without a primary key; statements do not see it.
    package static let rowNumberColumn = Column(name: rowNumberPath, type: .int64, isKey: true)

    /// Whether rows are told apart by a number of their own because no primary key was declared.
    package var hasRowNumbers: Bool { columns.last?.name == Self.rowNumberPath }

    /// The columns that statements see.
    package var visibleColumns: [Column] { hasRowNumbers ? Array(columns.dropLast()) : columns }

    package var keyColumns: [Column] { columns.filter(\.isKey) }

    /// All columns as the binder knows them, the number of a row under a name that nobody can write.
    package var fullSchema: TableSchema { TableSchema(name: name, columns: columns.map(\.schema)) }

    /// The table as the binder knows it.
    package var schema: TableSchema {
        TableSchema(name: name, columns: visibleColumns.map(\.schema))
    }
}

extension KeyedTableSchema.Column {
    /// The column as the binder knows it.
    package var schema: ColumnSchema {
        var schema = ColumnSchema(path: name, role: .property, storedTypes: storedType)
        schema.declaredType = type
        return schema
    }
}
