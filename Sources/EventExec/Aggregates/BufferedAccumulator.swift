import EventBase
import EventColumns
import EventPlan

/// Aggregates that need their rows together: discrete quantiles, mode, string_agg, and those that pick one row of a group.
///
/// Those that pick one row throw the others away from time to time, so they hold about one row per group.
final class BufferedAccumulator: Accumulator {
    private let call: AggregateCall
    private let context: QueryContext
    private var groups: [UInt32] = []
    private var arguments: [[Vector]]
    private var orderBy: [[Vector]]
    private var rowCount = 0
    /// Rows after which losers are dropped again.
    private var compactionRowCount = 1 << 16

    init(_ call: AggregateCall, _ context: QueryContext) {
        self.call = call
        self.context = context
        arguments = Array(repeating: [], count: call.arguments.count)
        orderBy = Array(repeating: [], count: call.orderBy.count)
    }

    var sizeBytes: Int { rowCount * (4 + 9 * (arguments.count + orderBy.count)) }

    /// Whether the answer depends on the order of rows.
    static func needsOrder(_ call: AggregateCall) -> Bool {
        ["string_agg", "array_agg", "first", "last"].contains(call.function) && call.orderBy.isEmpty
    }

    private var picksOneRow: Bool { ["arg_min", "arg_max", "any_value", "first", "last"].contains(call.function) }

    func update(_ input: AccumulatorInput, groupCount: Int) throws(EventSQLError) {
        append(input.groups ?? [UInt32](repeating: 0, count: input.count), input.arguments, input.orderBy)
        if picksOneRow, rowCount > compactionRowCount { try compact(groupCount: groupCount) }
    }

    private func append(_ groups: [UInt32], _ arguments: [Vector], _ orderBy: [Vector]) {
        self.groups += groups
        for index in arguments.indices { self.arguments[index].append(arguments[index]) }
        for index in orderBy.indices { self.orderBy[index].append(orderBy[index]) }
        rowCount += groups.count
    }

    private func compact(groupCount: Int) throws(EventSQLError) {
        let rows = try Rows(self)
        let kept = try rows.picks(call, groupCount: groupCount).filter { $0 >= 0 }.sorted()
        let (newGroups, columns, keys) = (
            kept.map { groups[$0] }, rows.arguments.map { $0.gather(kept) }, rows.orderBy.map { $0.gather(kept) }
        )
        groups = []
        arguments = Array(repeating: [], count: arguments.count)
        orderBy = Array(repeating: [], count: orderBy.count)
        rowCount = 0
        append(newGroups, columns, keys)
        compactionRowCount = max(1 << 16, kept.count * 2)
    }

    func merge(_ other: any Accumulator, map: [UInt32], groupCount: Int) throws(EventSQLError) {
        let other = same(other)
        if other.rowCount == 0 { return }
        let rows = try Rows(other)
        append(other.groups.map { map[Int($0)] }, rows.arguments, rows.orderBy)
    }

    func finish(groupCount: Int) throws(EventSQLError) -> Vector {
        if rowCount == 0 { return .nulls(type: call.type, count: groupCount) }
        let rows = try Rows(self)
        if picksOneRow {
            return try VectorAssembly.pick(
                rows.arguments[0], try rows.picks(call, groupCount: groupCount), type: call.type)
        }
        switch call.function {
        case "quantile_disc", "quantile_disc_descending":
            return try VectorAssembly.pick(
                rows.arguments[0], try rows.discreteQuantiles(call, groupCount: groupCount), type: call.type)
        case "mode":
            return try VectorAssembly.pick(rows.arguments[0], try rows.modes(groupCount: groupCount), type: call.type)
        case "array_agg": return try rows.arrays(call, groupCount: groupCount)
        case "histogram": return try rows.histograms(groupCount: groupCount)
        case "top_k": return try rows.mostFrequent(call, groupCount: groupCount)
        case "string_agg": return try rows.joined(call, groupCount: groupCount)
        default: preconditionFailure("BUG: no accumulator for \(call.function)")
        }
    }

    /// What has been collected, as whole columns.
    struct Rows {
        let groups: [UInt32]
        let arguments: [Vector]
        let orderBy: [Vector]
        /// May end what takes long.
        let context: QueryContext

        fileprivate init(_ buffer: BufferedAccumulator) throws(EventSQLError) {
            let context = buffer.context
            func whole(_ pieces: [[Vector]], _ types: [ScalarType]) throws(EventSQLError) -> [Vector] {
                var columns: [Vector] = []
                for (vectors, type) in zip(pieces, types) {
                    columns.append(try VectorAssembly.concatenate(vectors, type: type, check: context.check))
                }
                return columns
            }
            self.context = context
            groups = buffer.groups
            arguments = try whole(buffer.arguments, buffer.call.arguments.map(\.type))
            orderBy = try whole(buffer.orderBy, buffer.call.orderBy.map(\.expression.type))
        }
    }
}

extension BufferedAccumulator.Rows {
    private func directions(_ call: AggregateCall) -> [SortDirection] {
        call.orderBy.map { SortDirection(descending: $0.descending, nullsFirst: $0.nullsFirst) }
    }

    /// The row that each group reports, -1 for none.
    func picks(_ call: AggregateCall, groupCount: Int) throws(EventSQLError) -> [Int] {
        var best = [Int](repeating: -1, count: groupCount)
        let first = arguments[0]
        if call.function == "arg_min" || call.function == "arg_max" {
            let key = SortDirection(descending: call.function == "arg_max")
            let order = try RowOrder(
                [arguments[1], first], directions: [key, SortDirection()], count: groups.count, context)
            for row in groups.indices where !first.isNull(at: row) && !arguments[1].isNull(at: row) {
                try context.check(at: row)
                let group = Int(groups[row])
                if best[group] < 0 || order.precedes(row, best[group]) { best[group] = row }
            }
            return best
        }
        let order = try RowOrder(orderBy, directions: directions(call), count: groups.count, context)
        for row in groups.indices where call.function != "any_value" || !first.isNull(at: row) {
            try context.check(at: row)
            let group = Int(groups[row])
            let isEarlier = best[group] < 0 || order.precedes(row, best[group])
            if best[group] < 0 || isEarlier != (call.function == "last") { best[group] = row }
        }
        return best
    }

    /// Rows of each group, end to end, in order of arrival: `starts[g] ..< starts[g + 1]`.
    func byGroup(
        _ groupCount: Int, where isWanted: (Int) -> Bool
    ) throws(EventSQLError) -> (rows: [Int], starts: [Int]) {
        var starts = [Int](repeating: 0, count: groupCount + 1)
        try context.pieces(of: groups.indices) { piece in
            for row in piece where isWanted(row) { starts[Int(groups[row]) + 1] += 1 }
        }
        for group in 0..<groupCount { starts[group + 1] += starts[group] }
        var next = starts
        var rows = [Int](repeating: 0, count: starts[groupCount])
        try context.pieces(of: groups.indices) { piece in
            for row in piece where isWanted(row) {
                rows[next[Int(groups[row])]] = row
                next[Int(groups[row])] += 1
            }
        }
        return (rows, starts)
    }

    /// The first value at or above the fraction of rows, counted from the smallest or from the greatest value.
    func discreteQuantiles(_ call: AggregateCall, groupCount: Int) throws(EventSQLError) -> [Int] {
        let (rows, starts) = try byGroup(groupCount) { !arguments[0].isNull(at: $0) }
        let order = try RowOrder([arguments[0]], directions: [SortDirection()], count: groups.count, context)
        return try (0..<groupCount).map { group throws(EventSQLError) in
            try context.check()
            let own = try order.sorted(Array(rows[starts[group]..<starts[group + 1]]))
            if own.isEmpty { return -1 }
            let place = Int((call.fraction * Double(own.count)).rounded(.up)) - 1
            let found = min(own.count - 1, max(0, place))
            return own[call.function == "quantile_disc" ? found : own.count - 1 - found]
        }
    }

    /// The most frequent value, the smallest of those that are equally frequent.
    func modes(groupCount: Int) throws(EventSQLError) -> [Int] {
        let (rows, starts) = try byGroup(groupCount) { !arguments[0].isNull(at: $0) }
        let order = try RowOrder([arguments[0]], directions: [SortDirection()], count: groups.count, context)
        return try (0..<groupCount).map { group throws(EventSQLError) in
            try context.check()
            let own = try order.sorted(Array(rows[starts[group]..<starts[group + 1]]))
            var (best, bestLength, start) = (-1, 0, 0)
            for index in own.indices {
                try context.check(at: index)
                if !order.isTie(own[start], own[index]) { start = index }
                if index - start + 1 > bestLength { (best, bestLength) = (own[start], index - start + 1) }
            }
            return best
        }
    }

    func joined(_ call: AggregateCall, groupCount: Int) throws(EventSQLError) -> Vector {
        let (rows, starts) = try byGroup(groupCount) { !arguments[0].isNull(at: $0) }
        let order = try RowOrder(orderBy, directions: directions(call), count: groups.count, context)
        let texts = Operand(arguments[0]).strings
        let separators = arguments.count > 1 ? Operand(arguments[1]).strings : nil
        var builder = StringBuilder(count: groupCount)
        for group in 0..<groupCount {
            try context.check()
            var own = Array(rows[starts[group]..<starts[group + 1]])
            if !orderBy.isEmpty { own = try order.sorted(own) }
            var text: [UInt8] = []
            for (index, row) in own.enumerated() {
                try context.check(at: index)
                if index > 0 {
                    text +=
                        separators.map { arguments[1].isNull(at: row) ? [] : $0.array(at: row) } ?? [UInt8(ascii: ",")]
                }
                text.append(bytes: texts.bytes(at: row))
            }
            builder.append(text)
        }
        let present = (0..<groupCount).map { starts[$0] < starts[$0 + 1] }
        return try builder.vector(type: .string, validity: compacted(present))
    }
}

/// f(DISTINCT x): each value of a group reaches the inner aggregate once.
final class DistinctAccumulator: Accumulator {
    private let call: AggregateCall
    private let context: QueryContext
    private var values: KeyEncoder
    private var pairs = PairTable()

    init(_ call: AggregateCall, _ context: QueryContext) {
        self.call = call
        self.context = context
        values = KeyEncoder(types: call.arguments.map(\.type))
    }

    var sizeBytes: Int { values.sizeBytes + pairs.sizeBytes }

    func update(_ input: AccumulatorInput, groupCount: Int) throws(EventSQLError) {
        let numbers = values.encode(input.arguments, count: input.count)
        let groups = input.groups ?? [UInt32](repeating: 0, count: input.count)
        _ = pairs.encode(groups, firstCount: groupCount, numbers, secondCount: values.count)
    }

    func merge(_ other: any Accumulator, map: [UInt32], groupCount: Int) throws(EventSQLError) {
        let other = same(other)
        let numbers = try values.encode(other.values.allVectors(), count: other.values.count, context)
        let groups = other.pairs.firsts.map { map[Int($0)] }
        let members = other.pairs.seconds.map { numbers[Int($0)] }
        _ = pairs.encode(groups, firstCount: groupCount, members, secondCount: values.count)
    }

    func finish(groupCount: Int) throws(EventSQLError) -> Vector {
        var inner = call
        inner.isDistinct = false
        let accumulator = AccumulatorFactory.make(inner, context)
        let columns = values.vectors(of: pairs.seconds)
        // Values in their own order, so that the answer does not depend on the order of rows.
        let order = try RowOrder(
            columns, directions: columns.map { _ in SortDirection() }, count: pairs.count, context
        ).sorted()
        let sorted = try columns.map { column throws(EventSQLError) in try column.gather(order, check: context.check) }
        let orderBy = call.orderBy.isEmpty ? [] : call.orderBy.map { _ in sorted[0] }
        try accumulator.update(
            AccumulatorInput(
                groups: order.map { pairs.firsts[$0] }, arguments: sorted, orderBy: orderBy, count: order.count),
            groupCount: groupCount)
        return try accumulator.finish(groupCount: groupCount)
    }
}
