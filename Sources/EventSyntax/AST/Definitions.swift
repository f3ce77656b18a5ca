package import EventBase

/// `CREATE VIRTUAL EVENT name [FROM table] AS selector`: a name for events of the past and the future.
package struct VirtualEvent: Sendable, Equatable {
    package var name: String
    package var table: String
    package var selector: EventSelector
    /// The text after AS, stored with the database.
    package var text: String
    package var position: SourcePosition

    package init(name: String, table: String, selector: EventSelector, text: String, position: SourcePosition) {
        self.name = name
        self.table = table
        self.selector = selector
        self.text = text
        self.position = position
    }
}

/// `CREATE TABLE name (column TYPE [PRIMARY KEY] [NOT NULL], ...)`: keyed with a primary key, an event table without.
package struct TableDefinition: Sendable, Equatable {
    package struct Column: Sendable, Equatable {
        /// Dotted paths are one name.
        package var name: String
        package var type: TypeName
        package var isNotNull = false
        package var position: SourcePosition

        package init(name: String, type: TypeName, position: SourcePosition) {
            self.name = name
            self.type = type
            self.position = position
        }
    }

    package var name: String
    package var columns: [Column] = []
    package var primaryKey: [String] = []
    package var ifNotExists = false
    package var orReplace = false
    package var position: SourcePosition

    package init(name: String, position: SourcePosition) {
        self.name = name
        self.position = position
    }
}

/// `INSERT [OR REPLACE | OR IGNORE] INTO table [(columns)] query [ON CONFLICT [(columns)] DO NOTHING | REPLACE]`.
package struct InsertStatement: Sendable, Equatable {
    /// What happens to a row whose key exists: an error, the old row stays, the new row wins.
    package enum Conflict: String, Sendable { case fail = "FAIL", ignore = "IGNORE", replace = "REPLACE" }

    package var table: String
    /// Empty: the table's own order. Dotted paths are one name.
    package var columns: [String]
    package var source: Query
    package var conflict: Conflict = .fail
    package var position: SourcePosition

    package init(table: String, columns: [String], source: Query, position: SourcePosition) {
        self.table = table
        self.columns = columns
        self.source = source
        self.position = position
    }
}

/// `UPDATE table SET a = x, ... [WHERE condition]`.
package struct UpdateStatement: Sendable, Equatable {
    package struct Assignment: Sendable, Equatable {
        /// Dotted paths are one name.
        package var column: String
        package var value: Expression
        package var position: SourcePosition

        package init(column: String, value: Expression, position: SourcePosition) {
            self.column = column
            self.value = value
            self.position = position
        }
    }

    package var table: String
    package var assignments: [Assignment]
    package var filter: Expression?
    package var position: SourcePosition

    package init(table: String, assignments: [Assignment], filter: Expression?, position: SourcePosition) {
        self.table = table
        self.assignments = assignments
        self.filter = filter
        self.position = position
    }
}

/// `COPY table [(columns)] FROM 'file' (options)` and `COPY table [(columns)] | (query) TO 'file' (options)`.
package struct CopyStatement: Sendable, Equatable {
    package enum Direction: Sendable, Equatable {
        case from(table: String, columns: [String])
        case to(Query)
    }
    /// `FORMAT csv`, `HEADER`, `DELIMITER ';'`: the name in lower case, the value nil where none is written.
    package struct Option: Sendable, Equatable {
        package var name: String
        package var value: Literal?
        package var position: SourcePosition

        package init(name: String, value: Literal?, position: SourcePosition) {
            self.name = name
            self.value = value
            self.position = position
        }
    }

    package var direction: Direction
    package var path: String
    package var options: [Option] = []
    package var position: SourcePosition

    package init(direction: Direction, path: String, position: SourcePosition) {
        self.direction = direction
        self.path = path
        self.position = position
    }
}
