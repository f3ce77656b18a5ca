import EventBase
import EventColumns

/// sum of BIGINT. A sum beyond BIGINT is an error, found at the end: 128 bits hold what comes between.
final class IntegerSumAccumulator: Accumulator {
    private let position: SourcePosition?
    private var sums: [Int64] = []
    private var carries: [Int64] = []
    private var present: [Bool] = []

    init(position: SourcePosition?) { self.position = position }

    var sizeBytes: Int { sums.count * 17 }

    func update(_ input: AccumulatorInput, groupCount: Int) throws(EventSQLError) {
        fill(groupCount)
        guard case .int64(let values) = input.arguments[0].values else { return }
        var (sums, carries, present) = (self.sums, self.carries, self.present)
        (self.sums, self.carries, self.present) = ([], [], [])
        SumKernels.add(values, input.groups, input.arguments[0].validity, &sums, &carries, &present)
        (self.sums, self.carries, self.present) = (sums, carries, present)
    }

    func merge(_ other: any Accumulator, map: [UInt32], groupCount: Int) throws(EventSQLError) {
        fill(groupCount)
        let other = same(other)
        for group in other.sums.indices where other.present[group] {
            let target = Int(map[group])
            let (sum, over) = sums[target].addingReportingOverflow(other.sums[group])
            if over { carries[target] += other.sums[group] < 0 ? -1 : 1 }
            sums[target] = sum
            carries[target] += other.carries[group]
            present[target] = true
        }
    }

    func finish(groupCount: Int) throws(EventSQLError) -> Vector {
        fill(groupCount)
        if carries.contains(where: { $0 != 0 }) {
            throw EventSQLError(.invalidInput, "BIGINT overflow in sum", position: position)
        }
        return Vector(type: .int64, values: .int64(sums), validity: compacted(present))
    }

    private func fill(_ count: Int) {
        sums.fill(to: count, with: 0)
        carries.fill(to: count, with: 0)
        present.fill(to: count, with: false)
    }
}

/// sum and avg of DOUBLE.
final class DoubleSumAccumulator: Accumulator {
    private let isMean: Bool
    private var sums: [Double] = []
    private var counts: [Int64] = []

    init(isMean: Bool) { self.isMean = isMean }

    var sizeBytes: Int { sums.count * 16 }

    func update(_ input: AccumulatorInput, groupCount: Int) throws(EventSQLError) {
        fill(groupCount)
        guard case .double(let values) = input.arguments[0].values else { return }
        var (sums, counts) = (self.sums, self.counts)
        (self.sums, self.counts) = ([], [])
        SumKernels.add(values, input.groups, input.arguments[0].validity, &sums, &counts)
        (self.sums, self.counts) = (sums, counts)
    }

    func merge(_ other: any Accumulator, map: [UInt32], groupCount: Int) throws(EventSQLError) {
        fill(groupCount)
        let other = same(other)
        for group in other.sums.indices {
            sums[Int(map[group])] += other.sums[group]
            counts[Int(map[group])] += other.counts[group]
        }
    }

    func finish(groupCount: Int) throws(EventSQLError) -> Vector {
        fill(groupCount)
        let values = isMean ? sums.indices.map { sums[$0] / Double(max(1, counts[$0])) } : sums
        return Vector(type: .double, values: .double(values), validity: compacted(counts.map { $0 > 0 }))
    }

    private func fill(_ count: Int) {
        sums.fill(to: count, with: 0)
        counts.fill(to: count, with: 0)
    }
}

/// Loops of summing.
enum SumKernels {
    static func add(
        _ values: [Int64], _ groups: [UInt32]?, _ validity: [Bool]?, _ sums: inout [Int64], _ carries: inout [Int64],
        _ present: inout [Bool]
    ) {
        for row in values.indices {
            if let validity, !validity[row] { continue }
            let group = groups.map { Int($0[row]) } ?? 0
            let (sum, over) = sums[group].addingReportingOverflow(values[row])
            if over { carries[group] &+= values[row] < 0 ? -1 : 1 }
            sums[group] = sum
            present[group] = true
        }
    }

    static func add(
        _ values: [Double], _ groups: [UInt32]?, _ validity: [Bool]?, _ sums: inout [Double], _ counts: inout [Int64]
    ) {
        guard let groups else {
            var (sum, count) = (0.0, Int64(0))
            if let validity {
                for row in values.indices where validity[row] {
                    sum += values[row]
                    count &+= 1
                }
            } else {
                for value in values { sum += value }
                count = Int64(values.count)
            }
            sums[0] += sum
            counts[0] &+= count
            return
        }
        for row in values.indices {
            if let validity, !validity[row] { continue }
            let group = Int(groups[row])
            sums[group] += values[row]
            counts[group] &+= 1
        }
    }
}

/// product of DOUBLE.
final class ProductAccumulator: Accumulator {
    private var products: [Double] = []
    private var present: [Bool] = []

    var sizeBytes: Int { products.count * 9 }

    func update(_ input: AccumulatorInput, groupCount: Int) throws(EventSQLError) {
        fill(groupCount)
        guard case .double(let values) = input.arguments[0].values else { return }
        for row in values.indices where !input.arguments[0].isNull(at: row) {
            let group = input.groups.map { Int($0[row]) } ?? 0
            products[group] *= values[row]
            present[group] = true
        }
    }

    func merge(_ other: any Accumulator, map: [UInt32], groupCount: Int) throws(EventSQLError) {
        fill(groupCount)
        let other = same(other)
        for group in other.products.indices {
            products[Int(map[group])] *= other.products[group]
            if other.present[group] { present[Int(map[group])] = true }
        }
    }

    func finish(groupCount: Int) throws(EventSQLError) -> Vector {
        fill(groupCount)
        return Vector(type: .double, values: .double(products), validity: compacted(present))
    }

    private func fill(_ count: Int) {
        products.fill(to: count, with: 1)
        present.fill(to: count, with: false)
    }
}

/// Variance and standard deviation, by Welford's running mean so that large offsets cost no digits.
final class MomentAccumulator: Accumulator {
    private let isSample: Bool
    private let isRoot: Bool
    private var counts: [Double] = []
    private var means: [Double] = []
    private var squares: [Double] = []

    init(isSample: Bool, isRoot: Bool) {
        self.isSample = isSample
        self.isRoot = isRoot
    }

    var sizeBytes: Int { counts.count * 24 }

    func update(_ input: AccumulatorInput, groupCount: Int) throws(EventSQLError) {
        fill(groupCount)
        guard case .double(let values) = input.arguments[0].values else { return }
        for row in values.indices where !input.arguments[0].isNull(at: row) {
            let group = input.groups.map { Int($0[row]) } ?? 0
            counts[group] += 1
            let delta = values[row] - means[group]
            means[group] += delta / counts[group]
            squares[group] += delta * (values[row] - means[group])
        }
    }

    func merge(_ other: any Accumulator, map: [UInt32], groupCount: Int) throws(EventSQLError) {
        fill(groupCount)
        let other = same(other)
        for group in other.counts.indices where other.counts[group] > 0 {
            let target = Int(map[group])
            let total = counts[target] + other.counts[group]
            let delta = other.means[group] - means[target]
            squares[target] += other.squares[group] + delta * delta * counts[target] * other.counts[group] / total
            means[target] += delta * other.counts[group] / total
            counts[target] = total
        }
    }

    func finish(groupCount: Int) throws(EventSQLError) -> Vector {
        fill(groupCount)
        let least = isSample ? 2.0 : 1.0
        let values = counts.indices.map { group in
            let variance = squares[group] / max(1, isSample ? counts[group] - 1 : counts[group])
            return isRoot ? variance.squareRoot() : variance
        }
        return Vector(type: .double, values: .double(values), validity: compacted(counts.map { $0 >= least }))
    }

    private func fill(_ count: Int) {
        counts.fill(to: count, with: 0)
        means.fill(to: count, with: 0)
        squares.fill(to: count, with: 0)
    }
}
