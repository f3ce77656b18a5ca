import EventBase
import EventColumns
import EventPlan

/// median and interpolated quantiles of DOUBLE, exact: keeps 12 bytes a value and selects without sorting.
///
/// Several quantiles of the same values share one collection: the first owns it and is updated and merged, the others
/// only read it.
final class QuantileAccumulator: Accumulator {
    private let fraction: Double
    private let values: QuantileValues
    private let isOwner: Bool

    init(_ call: AggregateCall) {
        fraction = call.fraction
        values = QuantileValues()
        isOwner = true
    }

    /// - Parameter owner: stands before this one among the aggregates.
    init(_ call: AggregateCall, sharing owner: QuantileAccumulator) {
        fraction = call.fraction
        values = owner.values
        isOwner = false
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
        let (keys, starts) = values.byGroup(groupCount)
        var result = [Double](repeating: 0, count: groupCount)
        var present = [Bool](repeating: false, count: groupCount)
        for group in 0..<groupCount where starts[group] < starts[group + 1] {
            let range = starts[group]..<starts[group + 1]
            let place = fraction * Double(range.count - 1)
            let (low, high) = OrderSelection.neighbours(at: Int(place), of: keys, in: range)
            let (from, to) = (OrderSelection.value(of: low), OrderSelection.value(of: high))
            result[group] = from + (place - place.rounded(.down)) * (to - from)
            present[group] = true
        }
        return Vector(type: .double, values: .double(result), validity: compacted(present))
    }
}

/// Values as order keys with the group of each, in order of arrival.
private final class QuantileValues {
    private struct Part {
        var keys: [Int64] = []
        var groups: [UInt32] = []
    }

    /// What this worker collects, then what others brought.
    private var parts = [Part()]
    private var sorted: (keys: [Int64], starts: [Int])?

    var sizeBytes: Int { parts.reduce(0) { $0 + $1.keys.count * 12 } }

    func append(_ values: [Double], _ groups: [UInt32]?, _ validity: [Bool]?) {
        sorted = nil
        var keys = mapValues(values) { OrderSelection.key(of: $0) }
        var owners = groups ?? [UInt32](repeating: 0, count: values.count)
        if let validity {
            let rows = LogicKernels.flaggedRows(mapValues(validity) { $0 ? 1 : 0 })
            keys = mapValues(rows) { keys[$0] }
            owners = mapValues(rows) { owners[$0] }
        }
        parts[0].keys.append(contentsOf: keys)
        parts[0].groups.append(contentsOf: owners)
    }

    func append(_ other: QuantileValues, map: [UInt32]) {
        sorted = nil
        for part in other.parts {
            parts.append(Part(keys: part.keys, groups: mapValues(part.groups) { map[Int($0)] }))
        }
    }

    /// The keys of group g are `keys[starts[g] ..< starts[g + 1]]`.
    func byGroup(_ groupCount: Int) -> (keys: [Int64], starts: [Int]) {
        if let sorted, sorted.starts.count == groupCount + 1 { return sorted }
        var starts = [Int](repeating: 0, count: groupCount + 1)
        for part in parts { Self.count(part.groups, &starts) }
        for group in 0..<groupCount { starts[group + 1] += starts[group] }
        var next = starts
        var keys = [Int64](repeating: 0, count: starts[groupCount])
        for part in parts { Self.scatter(part, &next, &keys) }
        sorted = (keys, starts)
        return (keys, starts)
    }

    private static func count(_ groups: [UInt32], _ counts: inout [Int]) {
        var counts = counts.mutableSpan
        let groups = groups.span
        for row in groups.indices { counts[Int(groups[row]) &+ 1] &+= 1 }
    }

    private static func scatter(_ part: Part, _ next: inout [Int], _ target: inout [Int64]) {
        var next = next.mutableSpan
        var target = target.mutableSpan
        let groups = part.groups.span
        let keys = part.keys.span
        for row in groups.indices {
            let group = Int(groups[row])
            target[next[group]] = keys[row]
            next[group] &+= 1
        }
    }
}

extension AggregateCall {
    /// The second argument of a quantile, from 0 to 1; the median's where there is none.
    var fraction: Double {
        if arguments.count > 1, case .double(let value) = arguments[1].constantValue { return min(1, max(0, value)) }
        return 0.5
    }
}
