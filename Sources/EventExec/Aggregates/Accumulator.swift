import EventBase
import EventColumns
import EventPlan

/// Rows of one batch as an accumulator sees them: which group each belongs to, and the arguments' values.
struct AccumulatorInput {
    /// nil: every row belongs to group 0.
    let groups: [UInt32]?
    let arguments: [Vector]
    /// ORDER BY inside the call.
    let orderBy: [Vector]
    let count: Int
}

/// The state of one aggregate for all groups of one worker.
///
/// - Threads: one worker at a time; states of several workers are merged when all are done.
protocol Accumulator: AnyObject {
    /// Adds rows. Groups are below `groupCount`.
    func update(_ input: AccumulatorInput, groupCount: Int) throws(EventSQLError)
    /// Adds another worker's state; its group `g` is group `map[g]` here.
    func merge(_ other: any Accumulator, map: [UInt32], groupCount: Int) throws(EventSQLError)
    /// One value per group.
    func finish(groupCount: Int) throws(EventSQLError) -> Vector
    /// Bytes held, for the memory budget.
    var sizeBytes: Int { get }
}

/// An accumulator whose state of one group is small and added in no time, whatever rows it stands for: states of runs of rows are
/// made once, and added up for each frame of a window that holds them.
protocol SummableAccumulator: Accumulator {
    /// Makes room for so many groups.
    func fill(_ groupCount: Int)
    /// Adds the state of group `picks[i]` of another to group `groups[i]`; each may be picked and added to many times.
    func add(_ other: any Accumulator, picks: [UInt32], to groups: [UInt32]) throws(EventSQLError)
}

extension SummableAccumulator {
    func merge(_ other: any Accumulator, map: [UInt32], groupCount: Int) throws(EventSQLError) {
        fill(groupCount)
        same(other).fill(map.count)
        try add(other, picks: [UInt32](indexes: map.count), to: map)
    }
}

extension Accumulator {
    /// `other` as this type; only states of one aggregate are merged.
    func same(_ other: any Accumulator) -> Self {
        guard let other = other as? Self else { preconditionFailure("BUG: states of different aggregates are merged") }
        return other
    }
}

extension Array {
    /// Makes room for all groups.
    mutating func fill(to count: Int, with value: Element) {
        if self.count < count { append(contentsOf: repeatElement(value, count: count - self.count)) }
    }
}

/// Makes accumulators by the kernel names of `AggregateTable`.
enum AccumulatorFactory {
    /// One accumulator per call; quantiles of the same values of the same rows share what they collect.
    /// - Parameter context: may end what takes long when groups are finished.
    static func make(_ calls: [AggregateCall], _ context: QueryContext) -> [any Accumulator] {
        var accumulators: [any Accumulator] = []
        for (index, call) in calls.enumerated() {
            if let earlier = ownerOfValues(index, calls), let owner = accumulators[earlier] as? QuantileAccumulator {
                accumulators.append(QuantileAccumulator(call, sharing: owner))
            } else {
                accumulators.append(make(call, context, threadCount: context.threadCount))
            }
        }
        return accumulators
    }

    /// The arguments of each call that its accumulator looks at row by row.
    static func readArguments(_ calls: [AggregateCall]) -> [[BoundExpression]] {
        calls.enumerated().map { index, call in
            if ownerOfValues(index, calls) != nil { return [] }
            // Which quantile is wanted is the same for all rows.
            return QuantileAccumulator.sharesValues(call, call) ? Array(call.arguments.prefix(1)) : call.arguments
        }
    }

    /// An earlier call that collects the values of a quantile.
    private static func ownerOfValues(_ index: Int, _ calls: [AggregateCall]) -> Int? {
        calls[..<index].firstIndex { QuantileAccumulator.sharesValues($0, calls[index]) }
    }

    static func make(_ call: AggregateCall, _ context: QueryContext, threadCount: Int = 1) -> any Accumulator {
        let position = call.place.position
        if call.isDistinct { return DistinctAccumulator(call, context) }
        if let stream = call.stream {
            return stream == .retention
                ? RetentionAccumulator(conditionCount: call.arguments.count) : StreamAccumulator(call, stream, context)
        }
        let type = call.arguments.first?.type ?? .null
        switch call.function {
        case "count_rows": return CountAccumulator(onlyPresent: false)
        case "count": return CountAccumulator(onlyPresent: true)
        case "count_if": return CountAccumulator(onlyPresent: true, onlyTrue: true)
        case "count_distinct": return CountDistinctAccumulator(type: type)
        case "sum" where type == .interval: return IntervalSumAccumulator(position: position)
        case "sum":
            return type == .int64 ? IntegerSumAccumulator(position: position) : DoubleSumAccumulator(isMean: false)
        case "avg": return DoubleSumAccumulator(isMean: true)
        case "product": return ProductAccumulator()
        case "min": return extreme(type, wantsGreatest: false)
        case "max": return extreme(type, wantsGreatest: true)
        case "median", "quantile_cont": return QuantileAccumulator(call, context, threadCount: threadCount)
        case "bool_and": return BoolAccumulator(isAnd: true)
        case "bool_or": return BoolAccumulator(isAnd: false)
        case "stddev_samp": return MomentAccumulator(isSample: true, isRoot: true)
        case "stddev_pop": return MomentAccumulator(isSample: false, isRoot: true)
        case "var_samp": return MomentAccumulator(isSample: true, isRoot: false)
        case "var_pop": return MomentAccumulator(isSample: false, isRoot: false)
        case "bit_and", "bit_or", "bit_xor": return BitAccumulator(call.function)
        case "bitmap_build": return BitmapAccumulator(position: position)
        case let name where RegressionAccumulator.functions.contains(name): return RegressionAccumulator(name)
        default: return BufferedAccumulator(call, context)
        }
    }

    private static func extreme(_ type: ScalarType, wantsGreatest: Bool) -> any Accumulator {
        switch type {
        case .int64, .timestamp, .date: IntegerExtremeAccumulator(type: type, wantsGreatest: wantsGreatest)
        case .double: DoubleExtremeAccumulator(wantsGreatest: wantsGreatest)
        case .bool: BoolAccumulator(isAnd: !wantsGreatest)
        default: ValueExtremeAccumulator(type: type, wantsGreatest: wantsGreatest)
        }
    }
}
