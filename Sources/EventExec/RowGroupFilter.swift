package import EventBase
package import EventColumns
package import EventPlan
import Synchronization

/// A condition over rows of a row group: reads only the columns it needs, and those only for rows still in question.
///
/// - Threads: any number of workers may ask at once; what is computed about dictionaries is kept between calls.
package final class RowGroupFilter: Sendable {
    /// One AND-ed part: its columns are numbered by their place in `columns`.
    private struct Part: Sendable {
        let expression: BoundExpression
        /// Layout columns that it reads.
        let columns: [Int]
    }

    private let parts: [Part]
    private let reader: ScanReader
    private let environment: EvaluationEnvironment
    private let idle = Mutex<[Evaluators]>([])

    /// The evaluators of one worker, one per part.
    private final class Evaluators: @unchecked Sendable {
        let parts: [ExpressionEvaluator]
        init(_ parts: [ExpressionEvaluator]) { self.parts = parts }
    }

    /// - Parameter predicate: over the columns of `layout`.
    package init(
        _ predicate: BoundExpression, layout: ScanLayout, snapshot: any EventSnapshot
    ) throws(EventSQLError) {
        parts = predicate.conjuncts.map { conjunct in
            let columns = conjunct.usedColumns
            let dense = conjunct.mapColumns { columns.firstIndex(of: $0)! }
            return Part(expression: dense, columns: columns)
        }
        reader = ScanReader(layout: layout, snapshot: snapshot)
        environment = try EvaluationEnvironment([predicate], snapshot: snapshot)
    }

    /// Those of `rows` (ascending, counted from the granule's first row) for which the condition is true; NULL is not.
    package func matching(_ rows: [UInt16], granule: Int, of group: any RowGroup) throws(EventSQLError) -> [UInt16] {
        let evaluators = idle.withLock { $0.popLast() } ?? makeEvaluators()
        var rows = rows
        for (part, evaluator) in zip(parts, evaluators.parts) where !rows.isEmpty {
            let selection = Self.selection(rows, of: group, granule: granule)
            var columns: [Vector] = []
            for column in part.columns {
                columns.append(try reader.read(column, granule: granule, of: group, rows: selection))
            }
            let found = try evaluator.select(columns, count: rows.count)
            if found.count < rows.count { rows = found.map { rows[$0] } }
        }
        idle.withLock { $0.append(evaluators) }
        return rows
    }

    /// Every row of a group for which the condition is true. Stops at a granule when the statement is cancelled.
    package func matching(_ group: any RowGroup, context: QueryContext) throws(EventSQLError) -> Bitmap {
        var found: [UInt32] = []
        for granule in 0..<group.granuleCount {
            try context.check()
            let all = (0..<UInt16(group.rowCount(ofGranule: granule))).map { $0 }
            let first = UInt32(granule * Limits.granuleRowCount)
            for row in try matching(all, granule: granule, of: group) { found.append(first + UInt32(row)) }
        }
        return Bitmap(found)
    }

    private func makeEvaluators() -> Evaluators {
        Evaluators(parts.map { ExpressionEvaluator($0.expression, environment: environment) })
    }

    /// A range where the rows are consecutive, which is cheaper to read.
    static func selection(_ rows: [UInt16], of group: any RowGroup, granule: Int) -> RowSelection {
        let (first, last) = (Int(rows[0]), Int(rows[rows.count - 1]))
        return last - first + 1 == rows.count ? .range(first..<(last + 1)) : .rows(rows)
    }
}

/// Reads columns of a table's rows as `ScanLayout` numbers them.
package struct ScanReader: Sendable {
    package let layout: ScanLayout
    private let canonicalUsers: [UInt32]?

    package init(layout: ScanLayout, snapshot: any EventSnapshot) {
        self.layout = layout
        canonicalUsers = snapshot.canonicalUsers
    }

    /// One column at some rows of a granule. User ids are those of the person after identity merges.
    package func read(
        _ column: Int, granule: Int, of group: any RowGroup, rows: RowSelection
    ) throws(EventSQLError) -> Vector {
        let description = layout.columns[column]
        if description.isTypeName {
            return try group.readStoredTypeNames(description.path, granule: granule, rows: rows)
        }
        if description.type == .null { return .nulls(type: .null, count: rows.count) }
        var vector = try group.read(description.path, as: description.type, granule: granule, rows: rows)
        if description.role == .user, let canonicalUsers, case .string(let codes, let pool) = vector.values {
            vector.values = .string(codes: mapValues(codes) { canonicalUsers[Int($0)] }, pool: pool)
        }
        return vector
    }
}

extension RowGroupFilter: RowPredicate {}
