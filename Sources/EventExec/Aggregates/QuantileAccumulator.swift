import EventBase
import EventColumns
import EventPlan

/// median and interpolated quantiles of DOUBLE, exact: keeps the values as they came and selects without sorting.
///
/// Several quantiles of the same values share one collection: the first owns it and is updated and merged, the others
/// only read it.
final class QuantileAccumulator: Accumulator {
    private let fraction: Double
    private let values: QuantileValues
    private let isOwner: Bool

    /// - Parameter threadCount: how many threads may select.
    init(_ call: AggregateCall, _ context: QueryContext, threadCount: Int) {
        fraction = call.fraction
        values = QuantileValues(context, threadCount: threadCount)
        isOwner = true
        values.fractions.append(fraction)
    }

    /// - Parameter owner: stands before this one among the aggregates.
    init(_ call: AggregateCall, sharing owner: QuantileAccumulator) {
        fraction = call.fraction
        values = owner.values
        isOwner = false
        values.fractions.append(fraction)
    }

    /// Whether two calls ask for quantiles of the same values.
    static func sharesValues(_ a: AggregateCall, _ b: AggregateCall) -> Bool {
        let names = ["median", "quantile_cont"]
        return names.contains(a.function) && names.contains(b.function) && !a.isDistinct && !b.isDistinct
            && a.arguments[0] == b.arguments[0] && a.filter == b.filter
    }

    var sizeBytes: Int { isOwner ? values.sizeBytes : 0 }

    func update(_ input: AccumulatorInput, groupCount: Int) throws(EventSQLError) {
        guard isOwner, case .double(let numbers) = input.arguments[0].values else { return }
        values.append(numbers, input.groups, input.arguments[0].validity)
    }

    func merge(_ other: any Accumulator, map: [UInt32], groupCount: Int) throws(EventSQLError) {
        let other = same(other)
        if isOwner { values.append(other.values, map: map) }
    }

    func finish(groupCount: Int) throws(EventSQLError) -> Vector {
        let found = try values.quantiles(fraction, groupCount: groupCount)
        return Vector(
            type: .double, values: .double(found.map { $0 ?? 0 }), validity: compacted(found.map { $0 != nil }))
    }
}

extension AggregateCall {
    /// The second argument of a quantile, from 0 to 1; the median's where there is none.
    var fraction: Double {
        if arguments.count > 1, case .double(let value) = arguments[1].constantValue { return min(1, max(0, value)) }
        return 0.5
    }
}
