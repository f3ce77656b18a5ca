import EventBase
import EventColumns
import EventPlan

/// A join of two sides that are dealt out by their keys: one part of the right side is held at once, and parts that are too
/// large are dealt out again.
struct PartJoin: PartWork {
    let node: JoinNode
    let left: [SpillFile]
    let right: [SpillFile]
    let rightSide: JoinTable.Side
    let environment: EvaluationEnvironment
    let context: QueryContext

    func run(part: Int, _ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError) {
        _ = try run(left, right, part, level: 1, push)
    }

    /// - Returns: whether more is wanted.
    private func run(
        _ left: [SpillFile], _ right: [SpillFile], _ part: Int, level: Int,
        _ push: (Batch) throws(EventSQLError) -> Bool
    ) throws(EventSQLError) -> Bool {
        let bytes = DealtRows.sizeBytes(right, part: part)
        if DealtRows.isTooLarge(bytes, level: level, context) {
            let innerRight = try dealer(node.right, node.keys.map(\.right), level)
                .dealOut(PartRows(files: right, part: part), for: "a join")
            let innerLeft = try dealer(node.left, node.keys.map(\.left), level)
                .dealOut(PartRows(files: left, part: part), for: "a join")
            for inner in 0..<SpillParts.count {
                let isAll = DealtRows.sizeBytes(innerRight, part: inner) == bytes
                let next = isAll ? SpillParts.levelMax : level + 1
                if try !run(innerLeft, innerRight, inner, level: next, push) { return false }
            }
            return true
        }
        // The rows as they are read, and put together with the table of keys.
        let heldBytes = 3 * bytes
        try context.reserve(bytes: heldBytes, for: "a join")
        defer { context.release(bytes: heldBytes) }
        let table = try JoinTable(
            try DealtRows.batches(right, part: part), types: node.right.columns.map(\.type),
            keys: node.keys.map(\.right), environment, context, side: rightSide)
        return try WholeJoin(
            node: node, table: table, left: PartRows(files: left, part: part), environment: environment,
            context: context
        ).join(push)
    }

    private func dealer(_ plan: LogicalPlan, _ keys: [BoundExpression], _ level: Int) -> DealtRows.Dealer {
        DealtRows.Dealer(
            types: plan.columns.map(\.type), keys: keys, environment: environment, context: context, level: level)
    }
}

/// INTERSECT or EXCEPT of two sides that are dealt out by all their columns.
struct PartSetOperation: PartWork {
    let node: SetNode
    let left: [SpillFile]
    let right: [SpillFile]
    let dealer: DealtRows.Dealer
    let purpose: String

    func run(part: Int, _ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError) {
        _ = try run(left, right, part, level: 1, push)
    }

    /// - Returns: whether more is wanted.
    private func run(
        _ left: [SpillFile], _ right: [SpillFile], _ part: Int, level: Int,
        _ push: (Batch) throws(EventSQLError) -> Bool
    ) throws(EventSQLError) -> Bool {
        let bytes = DealtRows.sizeBytes(left, part: part) + DealtRows.sizeBytes(right, part: part)
        if DealtRows.isTooLarge(bytes, level: level, dealer.context) {
            var dealer = self.dealer
            dealer.level = level
            let innerLeft = try dealer.dealOut(PartRows(files: left, part: part), for: purpose)
            let innerRight = try dealer.dealOut(PartRows(files: right, part: part), for: purpose)
            for inner in 0..<SpillParts.count {
                let size = DealtRows.sizeBytes(innerLeft, part: inner) + DealtRows.sizeBytes(innerRight, part: inner)
                let next = size == bytes ? SpillParts.levelMax : level + 1
                if try !run(innerLeft, innerRight, inner, level: next, push) { return false }
            }
            return true
        }
        // The rows, and their keys once more.
        try dealer.context.reserve(bytes: 2 * bytes, for: purpose)
        defer { dealer.context.release(bytes: 2 * bytes) }
        let batches = try SetOperators.combine(
            node, try DealtRows.batches(left, part: part), try DealtRows.batches(right, part: part),
            context: dealer.context)
        for batch in batches where batch.rowCount > 0 { if try !push(batch) { return false } }
        return true
    }
}
