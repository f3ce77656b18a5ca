import EventBase
import EventColumns
import EventPlan

/// greatest, least, hash, and queries used as values.
enum ConditionKernels {
    static let kernels: [String: Kernel] = [
        "greatest": { input throws(EventSQLError) in try extreme(input, wantsGreatest: true) },
        "least": { input throws(EventSQLError) in try extreme(input, wantsGreatest: false) },
        // A query used as a value: the value, and how many rows there were.
        "only_row": { input throws(EventSQLError) in
            let counts = input.arguments[1]
            for row in 0..<input.count where !counts.isNull(at: row) && input.int64(1, row) > 1 {
                throw EventSQLError(
                    .invalidInput, "a query used as a value gave \(input.int64(1, row)) rows for one row outside",
                    hint: "use an aggregate such as max", position: input.position)
            }
            return input.arguments[0].expanded(count: input.count)
        },
        "hash": { input throws(EventSQLError) in
            let operand = input.arguments[0]
            let text = try CastKernels.cast(operand.vector, to: .string, isTry: false, position: input.position)
            let strings = Operand(text, isConstant: operand.isConstant).strings
            return try input.buildInt64s { row in Int64(bitPattern: Hash64.hash(strings.bytes(at: row))) }
        },
    ]

    /// NULL arguments are passed over; NULL only where all are.
    private static func extreme(
        _ input: KernelInput, wantsGreatest: Bool
    ) throws(EventSQLError) -> Vector {
        let columns = input.arguments.map { $0.expanded(count: input.count) }
        var result = columns[0]
        for column in columns.dropFirst() {
            let wins = CompareKernels.compare(
                wantsGreatest ? .greater : .less, Operand(column), Operand(result), count: input.count)
            var pick = [Bool](repeating: false, count: input.count)
            for row in LogicKernels.trueRows(wins) { pick[row] = true }
            for row in 0..<input.count where result.isNull(at: row) { pick[row] = true }
            let kept = (0..<input.count).filter { !pick[$0] }
            let taken = (0..<input.count).filter { pick[$0] }
            result = try VectorAssembly.scatter(
                [(kept, result.gather(kept)), (taken, column.gather(taken))], type: input.type, count: input.count)
        }
        return result
    }
}
