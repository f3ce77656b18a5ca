import EventBase
import EventColumns

/// count(*), count(x) and count_if(x).
final class CountAccumulator: SummableAccumulator {
    private let onlyPresent: Bool
    private let onlyTrue: Bool
    private var counts: [Int64] = []

    init(onlyPresent: Bool, onlyTrue: Bool = false) {
        self.onlyPresent = onlyPresent
        self.onlyTrue = onlyTrue
    }

    var sizeBytes: Int { counts.count * 8 }

    func update(_ input: AccumulatorInput, groupCount: Int) throws(EventSQLError) {
        fill(groupCount)
        var validity = onlyPresent ? input.arguments[0].validity : nil
        if onlyTrue, case .bool(let values) = input.arguments[0].values { validity = bothPresent(validity, values) }
        guard let groups = input.groups else {
            counts[0] += Int64(validity.map(CountKernels.count) ?? input.count)
            return
        }
        var local = counts
        counts = []
        CountKernels.add(groups, validity, to: &local)
        counts = local
    }

    /// Adds rows that were counted elsewhere.
    func add(_ rows: [Int64], to groups: [UInt32], groupCount: Int) {
        fill(groupCount)
        for (index, group) in groups.enumerated() { counts[Int(group)] += rows[index] }
    }

    func fill(_ groupCount: Int) { counts.fill(to: groupCount, with: 0) }

    func add(_ other: any Accumulator, picks: [UInt32], to groups: [UInt32]) {
        let other = same(other)
        for (pick, group) in zip(picks, groups) { counts[Int(group)] += other.counts[Int(pick)] }
    }

    func finish(groupCount: Int) throws(EventSQLError) -> Vector {
        fill(groupCount)
        return Vector(type: .int64, values: .int64(counts))
    }
}

/// Loops of counting.
enum CountKernels {
    static func count(_ mask: [Bool]) -> Int {
        var count = 0
        for flag in mask where flag { count &+= 1 }
        return count
    }

    static func add(_ groups: [UInt32], _ validity: [Bool]?, to counts: inout [Int64]) {
        if let validity {
            for row in groups.indices where validity[row] { counts[Int(groups[row])] &+= 1 }
        } else {
            for group in groups { counts[Int(group)] &+= 1 }
        }
    }
}

/// count(DISTINCT x): NULL is not counted.
final class CountDistinctAccumulator: Accumulator {
    private var values: KeyColumn
    private var pairs = PairTable()

    init(type: ScalarType) { values = KeyColumn(type: type) }

    var sizeBytes: Int { values.sizeBytes + pairs.sizeBytes }

    func update(_ input: AccumulatorInput, groupCount: Int) throws(EventSQLError) {
        let numbers = values.encode(input.arguments[0], count: input.count)
        guard let groups = input.groups else { return }
        _ = pairs.encode(groups, firstCount: groupCount, numbers, secondCount: values.count)
    }

    func merge(_ other: any Accumulator, map: [UInt32], groupCount: Int) throws(EventSQLError) {
        let other = same(other)
        let count = other.values.count
        let numbers = values.encode(other.values.vector(of: [UInt32](indexes: count)), count: count)
        let groups = other.pairs.firsts.map { map[Int($0)] }
        let members = other.pairs.seconds.map { numbers[Int($0)] }
        _ = pairs.encode(groups, firstCount: groupCount, members, secondCount: values.count)
    }

    func finish(groupCount: Int) throws(EventSQLError) -> Vector {
        var counts = [Int64](repeating: 0, count: groupCount)
        if pairs.count == 0, groupCount == 1 {
            counts[0] = Int64(values.valueByNumber.count { $0 != .max })
        } else {
            for index in pairs.firsts.indices where values.valueByNumber[Int(pairs.seconds[index])] != .max {
                counts[Int(pairs.firsts[index])] += 1
            }
        }
        return Vector(type: .int64, values: .int64(counts))
    }
}
