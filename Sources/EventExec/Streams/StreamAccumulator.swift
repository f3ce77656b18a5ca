import EventBase
import EventColumns
import EventPlan

/// Aggregates over the rows of a group in order of time: times and met conditions are collected, then each group is read
/// once.
final class StreamAccumulator: Accumulator {
    private let call: AggregateCall
    private let stream: StreamFunction
    private let context: QueryContext
    private let conditionCount: Int
    private var groups: [UInt32] = []
    private var rows: [StreamRow] = []
    /// The value column of `sequence_next_node`, in pieces.
    private var values: [Vector] = []

    init(_ call: AggregateCall, _ stream: StreamFunction, _ context: QueryContext) {
        self.call = call
        self.context = context
        self.stream = stream
        conditionCount = call.arguments.count - stream.leadCount
    }

    var sizeBytes: Int { rows.count * 20 + values.reduce(0) { $0 + $1.count * 5 } }

    /// Rows that meet no condition are read by few functions.
    private var keepsStrangers: Bool {
        switch stream {
        case .windowFunnel(let rules): rules.isStrictlyOrdered
        case .nextNode: true
        default: false
        }
    }

    func update(_ input: AccumulatorInput, groupCount: Int) throws(EventSQLError) {
        guard case .int64(let times) = input.arguments[0].values else { return }
        var masks = StreamMasks.conditions(input.arguments[stream.leadCount...], count: input.count)
        var isWanted = input.arguments[0].validity ?? [Bool](repeating: true, count: input.count)
        if case .nextNode = stream {
            StreamMasks.set(StreamRow.baseBit, where: input.arguments[2], in: &masks)
            if let present = input.arguments[1].validity {
                for row in isWanted.indices where !present[row] { isWanted[row] = false }
            }
        }
        let keepsStrangers = keepsStrangers
        var kept: [Int] = []
        for row in 0..<input.count where isWanted[row] && (keepsStrangers || masks[row] != 0) {
            groups.append(input.groups?[row] ?? 0)
            rows.append(StreamRow(time: times[row], mask: masks[row]))
            kept.append(row)
        }
        if case .nextNode = stream, !kept.isEmpty { values.append(input.arguments[1].gather(kept)) }
    }

    func merge(_ other: any Accumulator, map: [UInt32], groupCount: Int) throws(EventSQLError) {
        let other = same(other)
        groups += other.groups.map { map[Int($0)] }
        rows += other.rows
        values += other.values
    }

    func finish(groupCount: Int) throws(EventSQLError) -> Vector {
        switch stream {
        case .windowFunnel(let rules):
            return try rules.usesRowsOnce
                ? levels(groupCount, WindowFunnelOnceFold(rules, stepCount: conditionCount)) { $0.level($1) }
                : levels(groupCount, WindowFunnelFold(rules, stepCount: conditionCount)) { $0.level($1) }
        case .sequence(let pattern, .matches):
            return try levels(groupCount, SequenceMatcher(pattern)) { matcher, rows throws(EventSQLError) in
                try matcher.end(rows, from: 0) == nil ? 0 : 1
            }
        case .sequence(let pattern, .count):
            return try levels(groupCount, SequenceMatcher(pattern)) { matcher, rows throws(EventSQLError) in
                try matcher.count(rows)
            }
        case .sequence(let pattern, .times): return try times(pattern, groupCount)
        case .nextNode(let rules): return try nextNodes(rules, groupCount)
        case .retention: preconditionFailure("BUG: retention has an accumulator of its own")
        }
    }

    /// A whole number of each group.
    private func levels<Fold>(
        _ groupCount: Int, _ fold: Fold, _ level: (inout Fold, [StreamRow]) throws(EventSQLError) -> Int
    ) throws(EventSQLError) -> Vector {
        var (fold, result) = (fold, [Int64](repeating: 0, count: groupCount))
        try forEachGroup(groupCount) { group, rows throws(EventSQLError) in
            result[group] = Int64(try level(&fold, rows))
        }
        return Vector(type: .int64, values: .int64(result))
    }

    private func forEachGroup(
        _ groupCount: Int, _ body: (Int, [StreamRow]) throws(EventSQLError) -> Void
    ) throws(EventSQLError) {
        let order = GroupedRows(groups, groupCount: groupCount)
        var own: [StreamRow] = []
        for group in 0..<groupCount {
            try context.check()
            own.removeAll(keepingCapacity: true)
            var isSorted = true
            for row in order.rows(of: group) {
                let next = rows[Int(row)]
                if let last = own.last, StreamRow.precedes(next, last) { isSorted = false }
                own.append(next)
            }
            if !isSorted { own.sort(by: StreamRow.precedes) }
            try body(group, own)
        }
    }

    /// Times of the first match as a JSON array, empty where there is none.
    private func times(_ pattern: SequencePattern, _ groupCount: Int) throws(EventSQLError) -> Vector {
        var (matcher, builder) = (SequenceMatcher(pattern), StringBuilder(count: groupCount))
        let type = call.arguments[0].type
        try forEachGroup(groupCount) { _, rows throws(EventSQLError) in
            let times = try matcher.matchedRows(rows).map { rows[$0].time }
            let texts = times.map { time in
                switch type {
                case .timestamp: "\"\(TextConversion.text(.timestamp(time)))\""
                case .date: "\"\(TextConversion.text(.date(time)))\""
                default: String(time)
                }
            }
            builder.append("[\(texts.joined(separator: ","))]")
        }
        return try builder.vector(type: .json, validity: nil)
    }

    private func nextNodes(_ rules: NextNodeRules, _ groupCount: Int) throws(EventSQLError) -> Vector {
        let search = NextNodeSearch(rules: rules, conditionCount: conditionCount)
        let order = GroupedRows(groups, groupCount: groupCount)
        let all = try VectorAssembly.concatenate(values, type: .string)
        let texts = Operand(all).strings
        let picks = try (0..<groupCount).map { group throws(EventSQLError) in
            try context.check()
            // Rows of one instant stand in the order of their values.
            let own = order.rows(of: group).map { Int($0) }.sorted { a, b in
                if rows[a].time != rows[b].time { return rows[a].time < rows[b].time }
                let byValue = ByteOrder.compare(texts.bytes(at: a), texts.bytes(at: b))
                return byValue != 0 ? byValue < 0 : rows[a].mask < rows[b].mask
            }
            return search.answer(own.map { rows[$0] }).map { own[$0] } ?? -1
        }
        return try VectorAssembly.pick(all, picks, type: .string)
    }
}

/// `retention(first, others...)`: whether a group has a row that meets the first condition, and for each other condition
/// whether it also has a row that meets that one. A JSON array of 1 and 0.
final class RetentionAccumulator: Accumulator {
    private let conditionCount: Int
    private var met: [UInt64] = []

    init(conditionCount: Int) { self.conditionCount = conditionCount }

    var sizeBytes: Int { met.count * 8 }

    func update(_ input: AccumulatorInput, groupCount: Int) throws(EventSQLError) {
        met.fill(to: groupCount, with: 0)
        let masks = StreamMasks.conditions(input.arguments[...], count: input.count)
        if let groups = input.groups {
            for row in masks.indices { met[Int(groups[row])] |= masks[row] }
        } else {
            met[0] = masks.reduce(met[0], |)
        }
    }

    func merge(_ other: any Accumulator, map: [UInt32], groupCount: Int) throws(EventSQLError) {
        met.fill(to: groupCount, with: 0)
        let other = same(other)
        for group in other.met.indices { met[Int(map[group])] |= other.met[group] }
    }

    func finish(groupCount: Int) throws(EventSQLError) -> Vector {
        met.fill(to: groupCount, with: 0)
        var builder = StringBuilder(count: groupCount)
        for mask in met {
            let bits = (0..<conditionCount).map { mask & 1 != 0 && mask & (1 << UInt64($0)) != 0 ? "1" : "0" }
            builder.append("[\(bits.joined(separator: ","))]")
        }
        return try builder.vector(type: .json, validity: nil)
    }
}

/// Conditions as bits of one word per row.
enum StreamMasks {
    /// Bit n of a row: condition n is true, not NULL.
    static func conditions(_ conditions: ArraySlice<Vector>, count: Int) -> [UInt64] {
        var masks = [UInt64](repeating: 0, count: count)
        for (index, condition) in conditions.enumerated() { set(1 << UInt64(index), where: condition, in: &masks) }
        return masks
    }

    static func set(_ bit: UInt64, where condition: Vector, in masks: inout [UInt64]) {
        guard case .bool(let values) = condition.values else { return }
        if let validity = condition.validity {
            for row in masks.indices { masks[row] |= values[row] && validity[row] ? bit : 0 }
        } else {
            for row in masks.indices { masks[row] |= values[row] ? bit : 0 }
        }
    }
}

/// Row numbers by group, in order of arrival.
struct GroupedRows {
    private let rows: [UInt32]
    private let starts: [Int]

    init(_ groups: [UInt32], groupCount: Int) {
        var starts = [Int](repeating: 0, count: groupCount + 1)
        for group in groups { starts[Int(group) + 1] += 1 }
        for group in 0..<groupCount { starts[group + 1] += starts[group] }
        var next = starts
        var rows = [UInt32](repeating: 0, count: groups.count)
        for row in groups.indices {
            let group = Int(groups[row])
            rows[next[group]] = UInt32(truncatingIfNeeded: row)
            next[group] += 1
        }
        self.rows = rows
        self.starts = starts
    }

    func rows(of group: Int) -> ArraySlice<UInt32> { rows[starts[group]..<starts[group + 1]] }
}
