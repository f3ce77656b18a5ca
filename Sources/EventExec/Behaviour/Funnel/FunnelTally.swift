import EventColumns

/// What a funnel counts: persons at each step, and how long each step took them.
struct FunnelTally: Sendable {
    /// Persons whose reported attempt reached or passed each step.
    private(set) var reached: [Int]
    /// Microseconds from the required step before to step `i`, and from step 0 to step `i`.
    private(set) var gaps: [DurationSample]
    private(set) var totals: [DurationSample]

    init(stepCount: Int) {
        reached = Array(repeating: 0, count: stepCount)
        gaps = Array(repeating: DurationSample(), count: stepCount)
        totals = gaps
    }

    /// A person without optional steps: `times[i]` is when step `i` was reached.
    mutating func add(_ times: Span<Int64>) {
        if times.isEmpty { return }
        reached[0] += 1
        let start = times[0]
        var before = start
        for step in 1..<times.count {
            let time = times[step]
            reached[step] += 1
            gaps[step].append(time - before)
            totals[step].append(time - start)
            before = time
        }
    }

    /// Persons whose times nobody asks for, or who got no further than step 1.
    mutating func add(depth: Int, count: Int = 1) { for step in 0..<depth { reached[step] += count } }

    /// One step of a person, `before` being the required step before it.
    mutating func add(step: Int, time: Int64, before: Int64, start: Int64) {
        reached[step] += 1
        if step == 0 { return }
        gaps[step].append(time - before)
        totals[step].append(time - start)
    }

    mutating func merge(_ other: FunnelTally) {
        for step in reached.indices {
            reached[step] += other.reached[step]
            gaps[step].append(contentsOf: other.gaps[step])
            totals[step].append(contentsOf: other.totals[step])
        }
    }

    /// One result row per step: step, name, users, rates, times, intervals. `base[i]` is the step that step `i`'s rate
    /// is taken of.
    mutating func makeRows(names: [String], base: [Int], z: Double) -> [[Value]] {
        var rows: [[Value]] = []
        for step in reached.indices {
            let before = reached[base[step]]
            let stepRange = WilsonInterval(successes: reached[step], of: before, z: z)
            let totalRange = WilsonInterval(successes: reached[step], of: reached[0], z: z)
            let median = gaps[step].medianSeconds()
            let medianTotal = totals[step].medianSeconds()
            rows.append([
                .int64(Int64(step + 1)), .string(names[step]), .int64(Int64(reached[step])),
                .double(Self.rate(reached[step], of: before)), .double(Self.rate(reached[step], of: reached[0])),
                Self.optional(median), Self.optional(gaps[step].meanSeconds),
                Self.optional(gaps[step].p90Seconds()), Self.optional(medianTotal),
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
