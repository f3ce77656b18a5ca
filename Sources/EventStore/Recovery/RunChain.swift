internal import EventFormat

/// Finds the user runs that belong together where no manifest lists them (SPEC 1.19). Pure.
struct RunChain {
    /// A part of the chain.
    enum Entry {
        case run(UserRunRecord)
        /// Ordinals that no run has.
        case gap(first: UInt32, count: Int)
    }

    /// By first ordinal, newest first.
    private let runs: [UInt32: [UserRunRecord]]

    init(_ runs: [UserRunRecord]) {
        let newestFirst = runs.sorted {
            DatabaseLayout.number(of: $0.fileName) ?? 0 > DatabaseLayout.number(of: $1.fileName) ?? 0
        }
        self.runs = Dictionary(grouping: newestFirst.filter { $0.count > 0 }) { $0.first }
    }

    /// The first ordinal that no run from 1 on without a gap has.
    var end: UInt64 {
        var ends: [UInt32: UInt64] = [:]
        return reach(1, &ends)
    }

    /// Runs from ordinal 1 on: at each place the one from which one gets furthest, of several the newest. Gaps are told
    /// where a later run begins, or a row's user lies, behind them.
    func chain(through last: UInt32) -> [Entry] {
        var ends: [UInt32: UInt64] = [:]
        var chain: [Entry] = []
        var next: UInt32 = 1
        while true {
            if let run = best(at: next, &ends) {
                chain.append(.run(run))
                next += UInt32(run.count)
                continue
            }
            let later = runs.keys.filter { $0 > next }.min()
            guard let end = later ?? (last >= next ? last + 1 : nil) else { return chain }
            chain.append(.gap(first: next, count: Int(end - next)))
            next = end
        }
    }

    private func best(at first: UInt32, _ ends: inout [UInt32: UInt64]) -> UserRunRecord? {
        var best: (run: UserRunRecord, end: UInt64)?
        for run in runs[first] ?? [] {
            let end = reach(UInt64(first) + UInt64(run.count), &ends)
            if end > best?.end ?? 0 { best = (run, end) }
        }
        return best?.run
    }

    /// Where one gets from an ordinal on.
    private func reach(_ first: UInt64, _ ends: inout [UInt32: UInt64]) -> UInt64 {
        guard let start = UInt32(exactly: first), let here = runs[start] else { return first }
        if let known = ends[start] { return known }
        var end = first
        for run in here { end = max(end, reach(first + UInt64(run.count), &ends)) }
        ends[start] = end
        return end
    }
}
