import EventPlan

/// ClickHouse's `windowFunnel` with `strict_once`: a row serves one step, and no chain is forgotten.
///
/// Of all chains at a level the one that began last can do whatever the others can, once its instant has passed; only
/// inside an instant does it matter which rows a chain has used. So one time per level is kept, and the rows of an
/// instant are given to steps by matching.
struct WindowFunnelOnceFold {
    private let rules: WindowFunnelRules
    private let stepCount: Int
    private var matching: InstantMatching
    /// The latest begin of a chain at each level, before this instant and with it.
    private var before: [Int64?]
    private var now: [Int64?]
    private var level = 0

    init(_ rules: WindowFunnelRules, stepCount: Int) {
        self.rules = rules
        self.stepCount = stepCount
        matching = InstantMatching(stepCount: stepCount)
        before = Array(repeating: nil, count: stepCount)
        now = before
    }

    mutating func level(_ rows: [StreamRow]) -> Int {
        level = 0
        for step in 0..<stepCount { now[step] = nil }
        var start = 0
        while start < rows.count, level < stepCount {
            var end = start + 1
            while end < rows.count, rows[end].time == rows[start].time { end += 1 }
            before = now
            if !add(rows[start..<end].map(\.mask), at: rows[start].time) { break }
            start = end
        }
        return level
    }

    /// False: nothing behind this instant counts.
    private mutating func add(_ masks: [UInt64], at time: Int64) -> Bool {
        if rules.isStrictlyOrdered, level > 0, masks.contains(0) { return false }
        var open = masks.reduce(0, |)
        let union = open
        while open != 0 {
            let step = open.trailingZeroBitCount
            open &= open - 1
            let bit: UInt64 = 1 << UInt64(step)
            if step == 0 {
                now[0] = time
                level = max(level, 1)
                continue
            }
            if rules.refusesRepeats {
                for row in masks.indices where masks[row] & bit != 0 {
                    if level > step { return false }
                    if level < step {
                        if isTooEarly { return false }
                        continue
                    }
                    // This row and no other takes the step.
                    var own = masks.map { $0 & ~bit }
                    own[row] = bit
                    extend(step, own, union, at: time)
                }
            } else if level < step {
                if isTooEarly { return false }
            } else {
                extend(step, masks, union, at: time)
            }
            if level == stepCount { return false }
        }
        return true
    }

    private var isTooEarly: Bool { rules.isStrictlyOrdered && level > 0 && !rules.passesEarlySteps }

    /// Chains that end with this step at this instant.
    private mutating func extend(_ step: Int, _ masks: [UInt64], _ union: UInt64, at time: Int64) {
        for reached in (rules.isIncreasing ? step : 0)...step {
            let first: Int64
            if reached == 0 {
                first = time
            } else {
                guard let begin = before[reached - 1] else { continue }
                let (end, isOver) = begin.addingReportingOverflow(rules.window)
                guard isOver || time <= end else { continue }
                first = begin
            }
            if let best = now[step], best >= first { continue }
            if matching.reach(from: reached, masks[...], stepBits: union) > step {
                now[step] = first
                level = max(level, step + 1)
            }
        }
    }
}
