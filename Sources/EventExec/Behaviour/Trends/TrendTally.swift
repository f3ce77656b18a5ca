import EventPlan

/// A sum of many numbers that is the same in whatever order they come: what rounding takes from `high` is kept in `low`.
struct WideSum: Sendable {
    private var high = 0.0
    private var low = 0.0

    var value: Double { low.isFinite ? high + low : high }

    mutating func add(_ number: Double) {
        let sum = high + number
        let taken = sum - high
        low += (high - (sum - taken)) + (number - taken)
        high = sum
    }

    mutating func add(_ other: WideSum) {
        add(other.high)
        low += other.low
    }
}

/// The numbers of every series in every period, for one value of the breakdown.
struct TrendTally: Sendable {
    /// Events of the first series; says how values are ordered.
    var weight = 0
    /// By series and period: events, people, sessions, or how many numbers there are.
    private(set) var counts: [[Int]]
    /// Left empty for series that need none.
    private var sums: [[WideSum]]
    private var extremes: [[Double]]
    private var samples: [[[Double]]]

    init(_ series: [TrendsPlan.Series], periodCount: Int) {
        counts = series.map { _ in [Int](repeating: 0, count: periodCount) }
        sums = series.map {
            [.sum, .average].contains($0.measure) ? Array(repeating: WideSum(), count: periodCount) : []
        }
        extremes = series.map {
            [.minimum, .maximum].contains($0.measure) ? Array(repeating: 0, count: periodCount) : []
        }
        samples = series.map {
            if case .quantile = $0.measure { Array(repeating: [], count: periodCount) } else { [] }
        }
    }

    static func sizeBytes(_ series: [TrendsPlan.Series], periodCount: Int) -> Int { series.count * periodCount * 24 }

    mutating func count(_ series: Int, _ periods: Range<Int>) {
        for period in periods { counts[series][period] += 1 }
    }

    mutating func add(_ number: Double, _ series: Int, _ measure: TrendsPlan.Measure, _ periods: Range<Int>) {
        for period in periods {
            let isFirst = counts[series][period] == 0
            counts[series][period] += 1
            switch measure {
            case .sum, .average: sums[series][period].add(number)
            case .minimum: extremes[series][period] = isFirst ? number : min(number, extremes[series][period])
            case .maximum: extremes[series][period] = isFirst ? number : max(number, extremes[series][period])
            case .quantile: samples[series][period].append(number)
            case .count, .users, .sessions: break
            }
        }
    }

    mutating func merge(_ other: TrendTally, _ series: [TrendsPlan.Series]) {
        weight += other.weight
        for (index, series) in series.enumerated() {
            for period in counts[index].indices where other.counts[index][period] > 0 {
                let isFirst = counts[index][period] == 0
                switch series.measure {
                case .sum, .average: sums[index][period].add(other.sums[index][period])
                case .minimum, .maximum:
                    let (mine, theirs) = (extremes[index][period], other.extremes[index][period])
                    let best = series.measure == .minimum ? min(mine, theirs) : max(mine, theirs)
                    extremes[index][period] = isFirst ? theirs : best
                case .quantile: samples[index][period] += other.samples[index][period]
                case .count, .users, .sessions: break
                }
                counts[index][period] += other.counts[index][period]
            }
        }
    }

    /// The number of a series in a period; nil where it has none.
    func number(_ series: Int, _ measure: TrendsPlan.Measure, _ period: Int) -> Double? {
        let count = counts[series][period]
        switch measure {
        case .count, .users, .sessions: return Double(count)
        case .sum: return sums[series][period].value
        default: break
        }
        if count == 0 { return nil }
        switch measure {
        case .average: return sums[series][period].value / Double(count)
        case .quantile(let share):
            let sorted = samples[series][period].sorted()
            let place = share * Double(count - 1)
            let rest = place - place.rounded(.down)
            let lower = sorted[Int(place)]
            return rest == 0 ? lower : lower * (1 - rest) + sorted[Int(place) + 1] * rest
        default: return extremes[series][period]
        }
    }
}
