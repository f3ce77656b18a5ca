import EventBase
import EventColumns

/// min and max of whole numbers, instants and days.
final class IntegerExtremeAccumulator: SummableAccumulator {
    private let type: ScalarType
    private let wantsGreatest: Bool
    private var best: [Int64] = []
    private var present: [Bool] = []

    init(type: ScalarType, wantsGreatest: Bool) {
        self.type = type
        self.wantsGreatest = wantsGreatest
    }

    var sizeBytes: Int { best.count * 9 }

    func update(_ input: AccumulatorInput, groupCount: Int) throws(EventSQLError) {
        fill(groupCount)
        guard case .int64(let values) = input.arguments[0].values else { return }
        take(values, input.arguments[0].validity, input.groups)
    }

    private func take(_ values: [Int64], _ validity: [Bool]?, _ groups: [UInt32]?) {
        var (best, present) = (self.best, self.present)
        (self.best, self.present) = ([], [])
        for row in values.indices {
            if let validity, !validity[row] { continue }
            let group = groups.map { Int($0[row]) } ?? 0
            if wantsGreatest ? values[row] >= best[group] : values[row] <= best[group] {
                best[group] = values[row]
                present[group] = true
            }
        }
        (self.best, self.present) = (best, present)
    }

    func add(_ other: any Accumulator, picks: [UInt32], to groups: [UInt32]) {
        let other = same(other)
        take(picks.map { other.best[Int($0)] }, picks.map { other.present[Int($0)] }, groups)
    }

    func finish(groupCount: Int) throws(EventSQLError) -> Vector {
        fill(groupCount)
        return Vector(type: type, values: .int64(best), validity: compacted(present))
    }

    func fill(_ count: Int) {
        best.fill(to: count, with: wantsGreatest ? .min : .max)
        present.fill(to: count, with: false)
    }
}

/// min and max of DOUBLE; NaN is the greatest.
final class DoubleExtremeAccumulator: SummableAccumulator {
    private let wantsGreatest: Bool
    private var best: [Double] = []
    private var present: [Bool] = []

    init(wantsGreatest: Bool) { self.wantsGreatest = wantsGreatest }

    var sizeBytes: Int { best.count * 9 }

    func update(_ input: AccumulatorInput, groupCount: Int) throws(EventSQLError) {
        fill(groupCount)
        guard case .double(let values) = input.arguments[0].values else { return }
        take(values, input.arguments[0].validity, input.groups)
    }

    private func take(_ values: [Double], _ validity: [Bool]?, _ groups: [UInt32]?) {
        for row in values.indices {
            if let validity, !validity[row] { continue }
            let group = groups.map { Int($0[row]) } ?? 0
            let wins =
                wantsGreatest
                ? CompareKernels.below(best[group], values[row]) : CompareKernels.below(values[row], best[group])
            if wins || !present[group] {
                best[group] = values[row]
                present[group] = true
            }
        }
    }

    func add(_ other: any Accumulator, picks: [UInt32], to groups: [UInt32]) {
        let other = same(other)
        take(picks.map { other.best[Int($0)] }, picks.map { other.present[Int($0)] }, groups)
    }

    func finish(groupCount: Int) throws(EventSQLError) -> Vector {
        fill(groupCount)
        return Vector(type: .double, values: .double(best), validity: compacted(present))
    }

    func fill(_ count: Int) {
        best.fill(to: count, with: 0)
        present.fill(to: count, with: false)
    }
}

/// min and max of strings and intervals: the best value of each group so far is kept as bytes or interval.
final class ValueExtremeAccumulator: SummableAccumulator {
    private let type: ScalarType
    private let wantsGreatest: Bool
    private var bytes: [[UInt8]] = []
    private var intervals: [Interval] = []
    private var present: [Bool] = []

    init(type: ScalarType, wantsGreatest: Bool) {
        self.type = type
        self.wantsGreatest = wantsGreatest
    }

    var sizeBytes: Int { bytes.reduce(intervals.count * 16) { $0 + $1.count + 16 } }

    func update(_ input: AccumulatorInput, groupCount: Int) throws(EventSQLError) {
        fill(groupCount)
        take(input.arguments[0], input.groups)
    }

    private func take(_ vector: Vector, _ groups: [UInt32]?) {
        switch vector.values {
        case .string(let codes, let pool):
            for row in codes.indices where !vector.isNull(at: row) {
                let group = groups.map { Int($0[row]) } ?? 0
                if present[group] {
                    let order = bytes[group].withSpanOrder(pool.bytes(at: codes[row]))
                    guard wantsGreatest ? order < 0 : order > 0 else { continue }
                }
                var copy: [UInt8] = []
                copy.append(bytes: pool.bytes(at: codes[row]))
                bytes[group] = copy
                present[group] = true
            }
        case .interval(let values):
            for row in values.indices where !vector.isNull(at: row) {
                let group = groups.map { Int($0[row]) } ?? 0
                let (a, b) = (values[row].comparable, intervals[group].comparable)
                if !present[group] || (wantsGreatest ? a > b : a < b) {
                    intervals[group] = values[row]
                    present[group] = true
                }
            }
        default: break
        }
    }

    func add(_ other: any Accumulator, picks: [UInt32], to groups: [UInt32]) throws(EventSQLError) {
        take(try same(other).best(of: picks.map(Int.init)), groups)
    }

    func finish(groupCount: Int) throws(EventSQLError) -> Vector {
        fill(groupCount)
        return try best(of: Array(0..<groupCount))
    }

    private func best(of groups: [Int]) throws(EventSQLError) -> Vector {
        if type == .null { return .nulls(type: type, count: groups.count) }
        let validity = compacted(groups.map { present[$0] })
        if type == .interval {
            return Vector(type: type, values: .interval(groups.map { intervals[$0] }), validity: validity)
        }
        var builder = StringBuilder(count: groups.count)
        for group in groups { builder.append(bytes[group]) }
        return try builder.vector(type: type, validity: validity)
    }

    func fill(_ count: Int) {
        if type == .interval { intervals.fill(to: count, with: Interval()) } else { bytes.fill(to: count, with: []) }
        present.fill(to: count, with: false)
    }
}

extension [UInt8] {
    /// Order of these bytes against others.
    func withSpanOrder(_ other: RawSpan) -> Int { ByteOrder.compare(rawBytes, other) }
}

/// bool_and, bool_or, and min and max of BOOLEAN.
final class BoolAccumulator: SummableAccumulator {
    private let isAnd: Bool
    private var values: [Bool] = []
    private var present: [Bool] = []

    init(isAnd: Bool) { self.isAnd = isAnd }

    var sizeBytes: Int { values.count * 2 }

    func update(_ input: AccumulatorInput, groupCount: Int) throws(EventSQLError) {
        fill(groupCount)
        guard case .bool(let flags) = input.arguments[0].values else { return }
        take(flags, input.arguments[0].validity, input.groups)
    }

    private func take(_ flags: [Bool], _ validity: [Bool]?, _ groups: [UInt32]?) {
        for row in flags.indices {
            if let validity, !validity[row] { continue }
            let group = groups.map { Int($0[row]) } ?? 0
            values[group] = isAnd ? values[group] && flags[row] : values[group] || flags[row]
            present[group] = true
        }
    }

    func add(_ other: any Accumulator, picks: [UInt32], to groups: [UInt32]) {
        let other = same(other)
        take(picks.map { other.values[Int($0)] }, picks.map { other.present[Int($0)] }, groups)
    }

    func finish(groupCount: Int) throws(EventSQLError) -> Vector {
        fill(groupCount)
        return Vector(type: .bool, values: .bool(values), validity: compacted(present))
    }

    func fill(_ count: Int) {
        values.fill(to: count, with: isAnd)
        present.fill(to: count, with: false)
    }
}
