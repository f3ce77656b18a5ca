import EventPlan

/// ClickHouse's `windowFunnel` in all modes but `strict_once`: one chain is kept per level, the newest that reached it.
///
/// So a later, poorer chain may displace a better one; that is what the function is known to answer.
struct WindowFunnelFold {
    private let rules: WindowFunnelRules
    private let stepCount: Int
    /// Times of the first and of the last step of the chain at each level.
    private var firsts: [Int64]
    private var lasts: [Int64]
    /// Levels that have a chain; they are 0 ..< level.
    private var level = 0

    init(_ rules: WindowFunnelRules, stepCount: Int) {
        self.rules = rules
        self.stepCount = stepCount
        firsts = Array(repeating: 0, count: stepCount)
        lasts = firsts
    }

    /// The number of steps reached by rows in order of time.
    mutating func level(_ rows: [StreamRow]) -> Int {
        level = 0
        var start = 0
        while start < rows.count, level < stepCount {
            var end = start + 1
            while end < rows.count, rows[end].time == rows[start].time { end += 1 }
            if !add(rows[start..<end]) { break }
            start = end
        }
        return level
    }

    /// Steps of one instant are taken in their order. False: nothing behind this counts.
    private mutating func add(_ instant: ArraySlice<StreamRow>) -> Bool {
        var open: UInt64 = 0
        var hasStranger = false
        for row in instant {
            open |= row.mask
            if row.mask == 0 { hasStranger = true }
        }
        if rules.isStrictlyOrdered, hasStranger, level > 0 { return false }
        while open != 0 {
            let step = open.trailingZeroBitCount
            open &= open - 1
            for row in instant where row.mask & (1 << UInt64(step)) != 0 {
                if !take(step, at: row.time) { return false }
            }
        }
        return true
    }

    private mutating func take(_ step: Int, at time: Int64) -> Bool {
        if step == 0 {
            (firsts[0], lasts[0]) = (time, time)
            level = max(level, 1)
            return true
        }
        if rules.refusesRepeats, level > step { return false }
        if level < step { return !rules.isStrictlyOrdered || level == 0 || rules.passesEarlySteps }
        let (end, isOver) = firsts[step - 1].addingReportingOverflow(rules.window)
        guard isOver || time <= end, !rules.isIncreasing || lasts[step - 1] < time else { return true }
        (firsts[step], lasts[step]) = (firsts[step - 1], time)
        level = max(level, step + 1)
        return level < stepCount
    }
}
