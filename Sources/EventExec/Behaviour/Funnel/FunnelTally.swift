import EventColumns
import EventPlan

/// What a funnel counts: persons by depth, and how long each step took them.
struct FunnelTally: Sendable {
    /// Persons whose reported attempt has exactly this depth; index 0 are those who never entered.
    private(set) var personsByDepth: [Int]
    /// Microseconds from the previous step to step `i`, and from step 0 to step `i`.
    private(set) var gaps: [DurationSample]
    private(set) var totals: [DurationSample]

    init(stepCount: Int) {
        personsByDepth = Array(repeating: 0, count: stepCount + 1)
        gaps = Array(repeating: DurationSample(), count: stepCount)
        totals = gaps
    }

    mutating func add(depth: Int, times: [Int64]) {
        personsByDepth[depth] += 1
        for step in 1..<max(1, depth) {
            gaps[step].append(times[step] - times[step - 1])
            totals[step].append(times[step] - times[0])
        }
    }

    mutating func merge(_ other: FunnelTally) {
        for depth in personsByDepth.indices { personsByDepth[depth] += other.personsByDepth[depth] }
        for step in gaps.indices {
            gaps[step].append(contentsOf: other.gaps[step])
            totals[step].append(contentsOf: other.totals[step])
        }
    }

    /// Persons who reached each step.
    var reached: [Int] {
        var counts = [Int](repeating: 0, count: gaps.count)
        var deeper = 0
        for step in counts.indices.reversed() {
            deeper += personsByDepth[step + 1]
            counts[step] = deeper
        }
        return counts
    }

    /// One result row per step, in the columns of `FunnelPlan.columns`.
    mutating func makeRows(names: [String]) -> [[Value]] {
        let reached = reached
        var rows: [[Value]] = []
        for step in reached.indices {
            let before = step == 0 ? reached[0] : reached[step - 1]
            let stepRange = WilsonInterval(successes: reached[step], of: before)
            let totalRange = WilsonInterval(successes: reached[step], of: reached[0])
            let median = gaps[step].medianSeconds()
            let medianTotal = totals[step].medianSeconds()
            rows.append([
                .int64(Int64(step + 1)), .string(names[step]), .int64(Int64(reached[step])),
                .double(Self.rate(reached[step], of: before)), .double(Self.rate(reached[step], of: reached[0])),
                Self.optional(median), Self.optional(gaps[step].meanSeconds), Self.optional(medianTotal),
                Self.optional(stepRange?.low), Self.optional(stepRange?.high), Self.optional(totalRange?.low),
                Self.optional(totalRange?.high),
            ])
        }
        return rows
    }

    /// 0 when nobody came (S23).
    private static func rate(_ count: Int, of total: Int) -> Double { total == 0 ? 0 : Double(count) / Double(total) }
    private static func optional(_ value: Double?) -> Value { value.map { .double($0) } ?? .null }
}
