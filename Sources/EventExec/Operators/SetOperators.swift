import EventBase
import EventColumns
import EventPlan
import EventSyntax

/// DISTINCT ON, INTERSECT and EXCEPT over rows numbered by `KeyEncoder`, in which NULL equals NULL.
enum SetOperators {
    /// The first row of each combination of keys, in order.
    static func distinct(
        _ batches: [Batch], on keys: [ExpressionEvaluator], context: QueryContext
    ) throws(EventSQLError) -> [Batch] {
        var encoder = KeyEncoder(types: keys.map(\.type), hashesCollide: context.tuning.hashesCollide)
        var result: [Batch] = []
        for batch in batches {
            try context.check()
            var columns: [Vector] = []
            for key in keys { columns.append(try key.evaluate(batch.columns, count: batch.rowCount)) }
            var known = encoder.count
            let numbers = encoder.encode(columns, count: batch.rowCount)
            var rows: [Int] = []
            for row in numbers.indices where Int(numbers[row]) >= known {
                rows.append(row)
                known = Int(numbers[row]) + 1
            }
            if !rows.isEmpty { result.append(rows.count == batch.rowCount ? batch : batch.gather(rows)) }
        }
        return result
    }

    static func combine(
        _ node: SetNode, _ left: [Batch], _ right: [Batch], context: QueryContext
    ) throws(EventSQLError) -> [Batch] {
        var encoder = KeyEncoder(types: node.columns.map(\.type), hashesCollide: context.tuning.hashesCollide)
        var counts: [Int] = []
        for batch in right {
            try context.check()
            let numbers = encoder.encode(batch.columns, count: batch.rowCount)
            counts.fill(to: encoder.count, with: 0)
            for number in numbers { counts[Int(number)] += 1 }
        }
        var result: [Batch] = []
        for batch in left {
            try context.check()
            let numbers = encoder.encode(batch.columns, count: batch.rowCount)
            counts.fill(to: encoder.count, with: 0)
            let rows = numbers.indices.filter { row in
                let number = Int(numbers[row])
                let isThere = counts[number] > 0
                if node.isAll, isThere { counts[number] -= 1 }
                if !node.isAll {
                    // Each row comes out once: -1 marks what has been answered.
                    let wanted = node.kind == .intersect ? isThere : counts[number] == 0
                    counts[number] = -1
                    return wanted
                }
                return node.kind == .intersect ? isThere : !isThere
            }
            if !rows.isEmpty { result.append(batch.gather(rows)) }
        }
        return result
    }
}
