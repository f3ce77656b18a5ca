import EventBase
import EventColumns
import EventPlan

/// The usual aggregates over frames that only grow, a value added at a time: running counts, sums, means and extremes.
struct RunningTotals {
    private let run: WindowRun

    init(_ run: WindowRun) { self.run = run }

    /// nil for other functions, and for values of other types.
    func result() throws(EventSQLError) -> Vector? {
        if run.call.isDistinct { return nil }
        let wantsGreatest = run.call.function == "max"
        switch (run.call.function, run.arguments.first?.values) {
        case ("count_rows", _), ("count", _): return try integers(Count())
        case ("sum", .int64(let values)?): return try integers(IntegerSum(values: values))
        case ("sum", .double(let values)?): return try doubles(DoubleSum(values: values, isMean: false))
        case ("avg", .double(let values)?): return try doubles(DoubleSum(values: values, isMean: true))
        case ("min", .int64(let values)?), ("max", .int64(let values)?):
            return try integers(IntegerExtreme(values: values, wantsGreatest: wantsGreatest))
        case ("min", .double(let values)?), ("max", .double(let values)?):
            return try doubles(DoubleExtreme(values: values, wantsGreatest: wantsGreatest))
        default: return nil
        }
    }

    private func integers<State: RunningState<Int64>>(_ state: State) throws(EventSQLError) -> Vector {
        let (values, validity) = try answers(state)
        return Vector(type: run.call.type, values: .int64(values), validity: validity)
    }

    private func doubles<State: RunningState<Double>>(_ state: State) throws(EventSQLError) -> Vector {
        let (values, validity) = try answers(state)
        return Vector(type: run.call.type, values: .double(values), validity: validity)
    }

    /// The answer beside each row, and where there is one.
    private func answers<State: RunningState>(
        _ nothing: State
    ) throws(EventSQLError) -> (values: [State.Answer], validity: [Bool]?) {
        var values = [State.Answer](repeating: nothing.answer ?? State.none, count: run.count)
        var present = [Bool](repeating: nothing.answer != nil, count: run.count)
        let validity = run.arguments.first?.validity
        try run.eachPartition { range throws(EventSQLError) in
            let groups = run.frames.groupStarts(range)
            var state = nothing
            var covered = range.lowerBound
            for place in range {
                try run.context.check(at: place)
                let end = run.frames.places(place, range, groups).upperBound
                if end < covered { (state, covered) = (nothing, range.lowerBound) }
                while covered < end {
                    let row = run.rows[covered]
                    covered += 1
                    if let validity, !validity[row] { continue }
                    if let filter = run.filter, !filter[row] { continue }
                    state.add(row)
                }
                if state.isBeyond {
                    throw EventSQLError(
                        .invalidInput, "BIGINT overflow in sum", position: run.call.place.position)
                }
                guard let answer = state.answer else { continue }
                values[run.rows[place]] = answer
                present[run.rows[place]] = true
            }
        }
        return (values, compacted(present))
    }
}

/// What a function has seen of a frame so far.
private protocol RunningState<Answer> {
    associatedtype Answer
    /// Stands where there is no answer.
    static var none: Answer { get }
    mutating func add(_ row: Int)
    /// nil is NULL.
    var answer: Answer? { get }
    /// Whether the answer is more than its type holds.
    var isBeyond: Bool { get }
}

extension RunningState {
    var isBeyond: Bool { false }
}

extension RunningState where Answer == Int64 {
    static var none: Int64 { 0 }
}

extension RunningState where Answer == Double {
    static var none: Double { 0 }
}

private struct Count: RunningState {
    private var count: Int64 = 0
    mutating func add(_ row: Int) { count += 1 }
    var answer: Int64? { count }
}

private struct IntegerSum: RunningState {
    let values: [Int64]
    private var sum: Int128 = 0
    private var hasValue = false

    init(values: [Int64]) { self.values = values }

    mutating func add(_ row: Int) {
        sum += Int128(values[row])
        hasValue = true
    }

    var answer: Int64? { hasValue ? Int64(truncatingIfNeeded: sum) : nil }
    var isBeyond: Bool { Int64(exactly: sum) == nil }
}

private struct DoubleSum: RunningState {
    let values: [Double]
    let isMean: Bool
    private var sum = 0.0
    private var count = 0.0

    init(values: [Double], isMean: Bool) {
        self.values = values
        self.isMean = isMean
    }

    mutating func add(_ row: Int) {
        sum += values[row]
        count += 1
    }

    var answer: Double? { count == 0 ? nil : isMean ? sum / count : sum }
}

private struct IntegerExtreme: RunningState {
    let values: [Int64]
    let wantsGreatest: Bool
    private(set) var answer: Int64?

    init(values: [Int64], wantsGreatest: Bool) {
        self.values = values
        self.wantsGreatest = wantsGreatest
    }

    mutating func add(_ row: Int) {
        guard let best = answer else { return answer = values[row] }
        if wantsGreatest ? values[row] > best : values[row] < best { answer = values[row] }
    }
}

/// NaN is the greatest.
private struct DoubleExtreme: RunningState {
    let values: [Double]
    let wantsGreatest: Bool
    private(set) var answer: Double?

    init(values: [Double], wantsGreatest: Bool) {
        self.values = values
        self.wantsGreatest = wantsGreatest
    }

    mutating func add(_ row: Int) {
        guard let best = answer else { return answer = values[row] }
        let wins =
            wantsGreatest ? CompareKernels.below(best, values[row]) : CompareKernels.below(values[row], best)
        if wins { answer = values[row] }
    }
}
