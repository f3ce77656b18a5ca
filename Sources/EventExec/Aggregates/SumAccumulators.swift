import EventBase
import EventColumns

/// sum of BIGINT. A sum beyond BIGINT is an error, found at the end: 128 bits hold what comes between.
final class IntegerSumAccumulator: SummableAccumulator {
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

    func add(_ other: any Accumulator, picks: [UInt32], to groups: [UInt32]) {
        let other = same(other)
        for (pick, group) in zip(picks, groups) where other.present[Int(pick)] {
            let (pick, group) = (Int(pick), Int(group))
            let (sum, over) = sums[group].addingReportingOverflow(other.sums[pick])
            if over { carries[group] += other.sums[pick] < 0 ? -1 : 1 }
            sums[group] = sum
            carries[group] += other.carries[pick]
            present[group] = true
        }
    }

    func finish(groupCount: Int) throws(EventSQLError) -> Vector {
        fill(groupCount)
        if carries.contains(where: { $0 != 0 }) {
            throw EventSQLError(.invalidInput, "BIGINT overflow in sum", position: position)
        }
        return Vector(type: .int64, values: .int64(sums), validity: compacted(present))
    }

    func fill(_ count: Int) {
        sums.fill(to: count, with: 0)
        carries.fill(to: count, with: 0)
        present.fill(to: count, with: false)
    }
}

/// sum and avg of DOUBLE.
final class DoubleSumAccumulator: SummableAccumulator {
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

    func add(_ other: any Accumulator, picks: [UInt32], to groups: [UInt32]) {
        let other = same(other)
        for (pick, group) in zip(picks, groups) {
            sums[Int(group)] += other.sums[Int(pick)]
            counts[Int(group)] += other.counts[Int(pick)]
        }
    }

    func finish(groupCount: Int) throws(EventSQLError) -> Vector {
        fill(groupCount)
        let values = isMean ? sums.indices.map { sums[$0] / Double(max(1, counts[$0])) } : sums
        return Vector(type: .double, values: .double(values), validity: compacted(counts.map { $0 > 0 }))
    }

    func fill(_ count: Int) {
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
final class ProductAccumulator: SummableAccumulator {
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

    func add(_ other: any Accumulator, picks: [UInt32], to groups: [UInt32]) {
        let other = same(other)
        for (pick, group) in zip(picks, groups) where other.present[Int(pick)] {
            products[Int(group)] *= other.products[Int(pick)]
            present[Int(group)] = true
        }
    }

    func finish(groupCount: Int) throws(EventSQLError) -> Vector {
        fill(groupCount)
        return Vector(type: .double, values: .double(products), validity: compacted(present))
    }

    func fill(_ count: Int) {
        products.fill(to: count, with: 1)
        present.fill(to: count, with: false)
    }
}

/// Variance and standard deviation, by Welford's running mean so that large offsets cost no digits.
final class MomentAccumulator: SummableAccumulator {
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

    func add(_ other: any Accumulator, picks: [UInt32], to groups: [UInt32]) {
        let other = same(other)
        for (pick, group) in zip(picks, groups) where other.counts[Int(pick)] > 0 {
            let (pick, group) = (Int(pick), Int(group))
            let total = counts[group] + other.counts[pick]
            let delta = other.means[pick] - means[group]
            squares[group] += other.squares[pick] + delta * delta * counts[group] * other.counts[pick] / total
            means[group] += delta * other.counts[pick] / total
            counts[group] = total
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

    func fill(_ count: Int) {
        counts.fill(to: count, with: 0)
        means.fill(to: count, with: 0)
        squares.fill(to: count, with: 0)
    }
}
