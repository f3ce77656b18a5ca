package import EventBase

/// `[t.]* [EXCLUDE (a, ...)] [REPLACE (x AS a, ...)] [RENAME (a AS b, ...)]`: which columns of FROM, and as what.
package struct ColumnSelection: Sendable, Equatable {
    /// A column as written: a path, or a table and a path.
    package struct Column: Sendable, Equatable {
        package var parts: [String]
        package var position: SourcePosition

        package init(parts: [String], position: SourcePosition) {
            self.parts = parts
            self.position = position
        }
    }

    package struct Replacement: Sendable, Equatable {
        package var expression: Expression
        package var column: Column

        package init(expression: Expression, column: Column) {
            self.expression = expression
            self.column = column
        }
    }

    package struct Renaming: Sendable, Equatable {
        package var column: Column
        package var name: String

        package init(column: Column, name: String) {
            self.column = column
            self.name = name
        }
    }

    /// The table, nil for all of FROM.
    package var qualifier: String?
    package var excluded: [Column] = []
    package var replaced: [Replacement] = []
    package var renamed: [Renaming] = []

    package init(qualifier: String?) { self.qualifier = qualifier }
}
