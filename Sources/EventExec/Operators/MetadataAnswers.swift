import EventBase
import EventColumns
import EventPlan

/// Answers to aggregates that indexes give without reading rows.
enum MetadataAnswers {
    /// nil where rows must be read.
    static func answer(
        _ node: AggregateNode, _ snapshots: StatementSnapshots, counting readings: ReadCounters
    ) throws(EventSQLError) -> [Batch]? {
        if let answer = try ActiveUsers.answer(node, snapshots, counting: readings) { return answer }
        var input = node.input
        // A projection of plain columns hides nothing from count(*).
        while case .project(let project) = input, node.keys.isEmpty,
            node.aggregates.allSatisfy({ $0.function == "count_rows" }),
            project.expressions.isEmpty
        { input = project.input }
        guard node.keys.isEmpty, node.groupingSets == nil, case .scan(let scan) = input, scan.predicates.isEmpty else {
            return nil
        }
        let snapshot = try snapshots.snapshot(ofTable: scan.table, counting: readings)
        guard snapshot.rowGroups.allSatisfy({ $0.hiddenRows == nil }) else { return nil }
        var columns: [Vector] = []
        for call in node.aggregates {
            guard call.filter == nil, !call.isDistinct, let value = try count(call, scan, snapshot) else { return nil }
            columns.append(Vector(type: .int64, values: .int64([Int64(value)])))
        }
        return columns.isEmpty ? nil : [Batch(columns: columns, rowCount: 1)]
    }

    private static func count(
        _ call: AggregateCall, _ scan: ScanNode, _ snapshot: any EventSnapshot
    ) throws(EventSQLError) -> Int? {
        if call.function == "count_rows" { return snapshot.rowGroups.reduce(0) { $0 + $1.rowCount } }
        guard call.function == "count_distinct", case .column(let index, _, _) = call.arguments[0],
            scan.layout.columns[scan.outputs[index]].role == .user, snapshot.canonicalUsers == nil,
            snapshot.rowGroups.allSatisfy(\.hasUserBitmaps)
        else { return nil }
        var users: [Bitmap] = []
        for group in snapshot.rowGroups {
            for day in group.days { users.append(try group.users(onDay: day)) }
        }
        return users.isEmpty ? 0 : Bitmap.union(users).count
    }
}
