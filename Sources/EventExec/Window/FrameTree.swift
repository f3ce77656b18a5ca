import EventBase
import EventColumns
import EventPlan

/// Aggregates of many frames that begin and end anywhere, in steps that grow with the logarithm of their length: the states of 8 rows in
/// a row, of 8 such runs and so on are made once, and each frame adds up those that it holds and the rows at its ends. Frames that
/// follow one another mostly hold the same runs, which are then added up once for all of them.
///
/// Source: the segment tree of Leis et al., "Efficient Processing of Window Functions in Analytical SQL Queries", VLDB 2015.
struct FrameTree {
    private static let fanout = 8

    /// Numbered things, and what each belongs to.
    fileprivate struct Parts {
        var numbers: [UInt32] = []
        var owners: [UInt32] = []

        mutating func append(_ range: Range<Int>, of owner: Int) {
            for number in range {
                numbers.append(UInt32(truncatingIfNeeded: number))
                owners.append(UInt32(truncatingIfNeeded: owner))
            }
        }

        mutating func removeAll() {
            numbers.removeAll(keepingCapacity: true)
            owners.removeAll(keepingCapacity: true)
        }
    }

    /// Some frames, each as what makes it up: places, and a core of whole runs.
    struct Frames {
        fileprivate private(set) var count = 0
        fileprivate private(set) var places = Parts()
        fileprivate private(set) var cores = Parts()
        fileprivate private(set) var coreCount = 0
        /// What makes up the cores, by level: runs of 8 rows first.
        fileprivate private(set) var runs: [Parts] = []
        private var lastCore = 0..<0

        /// Whether enough was gathered to be worth a round.
        var isLarge: Bool { count >= Limits.granuleRowCount || places.numbers.count >= Pieces.rowCount }

        /// Adds one more frame, made of ranges of places.
        mutating func append(_ pieces: [Range<Int>]) {
            for piece in pieces { append(piece) }
            count += 1
        }

        private mutating func append(_ piece: Range<Int>) {
            if piece.count < 2 * fanout { return places.append(piece, of: count) }
            let core = Self.runs(within: piece)
            places.append(piece.lowerBound..<core.lowerBound * fanout, of: count)
            places.append(core.upperBound * fanout..<piece.upperBound, of: count)
            if core != lastCore || coreCount == 0 { appendCore(core) }
            cores.append(coreCount - 1..<coreCount, of: count)
        }

        private mutating func appendCore(_ core: Range<Int>) {
            (lastCore, coreCount) = (core, coreCount + 1)
            var (rest, level) = (core, 0)
            while !rest.isEmpty {
                if runs.count == level { runs.append(Parts()) }
                if rest.count < 2 * fanout { return runs[level].append(rest, of: coreCount - 1) }
                let inner = Self.runs(within: rest)
                runs[level].append(rest.lowerBound..<inner.lowerBound * fanout, of: coreCount - 1)
                runs[level].append(inner.upperBound * fanout..<rest.upperBound, of: coreCount - 1)
                (rest, level) = (inner, level + 1)
            }
        }

        /// The runs that lie in a range whole.
        private static func runs(within range: Range<Int>) -> Range<Int> {
            (range.lowerBound + fanout - 1) / fanout..<range.upperBound / fanout
        }

        fileprivate mutating func removeAll() {
            places.removeAll()
            cores.removeAll()
            for level in runs.indices { runs[level].removeAll() }
            (count, coreCount) = (0, 0)
        }
    }

    private let run: WindowRun
    private let arguments: [Vector]
    /// States of the runs of each level that a frame has asked for.
    private var levels: [any SummableAccumulator] = []

    /// - Parameter arguments: the function's, by place.
    init(_ run: WindowRun, _ arguments: [Vector]) {
        self.run = run
        self.arguments = arguments
    }

    /// The answers of the frames, which are then gone.
    mutating func take(_ frames: inout Frames) throws(EventSQLError) -> Vector {
        defer { frames.removeAll() }
        try run.context.check()
        let accumulator = make()
        accumulator.fill(frames.count)
        try update(accumulator, frames.places, groupCount: frames.count)
        if frames.coreCount > 0 {
            let cores = make()
            cores.fill(frames.coreCount)
            for (level, parts) in frames.runs.enumerated() where !parts.numbers.isEmpty {
                try build(through: level)
                try cores.add(levels[level], picks: parts.numbers, to: parts.owners)
            }
            try accumulator.add(cores, picks: frames.cores.numbers, to: frames.cores.owners)
        }
        return try accumulator.finish(groupCount: frames.count)
    }

    private func update(
        _ accumulator: any Accumulator, _ places: Parts, groupCount: Int
    ) throws(EventSQLError) {
        var (numbers, groups) = (mapValues(places.numbers) { Int($0) }, places.owners)
        if let filter = run.filter {
            let kept = numbers.indices.filter { filter[run.rows[numbers[$0]]] }
            (numbers, groups) = (kept.map { numbers[$0] }, kept.map { groups[$0] })
        }
        let input = AccumulatorInput(
            groups: groups, arguments: arguments.map { $0.gather(numbers) }, orderBy: [], count: numbers.count)
        try accumulator.update(input, groupCount: groupCount)
    }

    private mutating func build(through level: Int) throws(EventSQLError) {
        while levels.count <= level {
            let next = make()
            var size = Self.fanout
            for _ in levels { size *= Self.fanout }
            let groupCount = (run.rows.count + size - 1) / size
            next.fill(groupCount)
            if let below = levels.last {
                let belowCount = (run.rows.count * Self.fanout + size - 1) / size
                try next.add(
                    below, picks: [UInt32](indexes: belowCount),
                    to: (0..<belowCount).map { UInt32($0 / Self.fanout) })
            } else {
                try run.context.pieces(of: run.rows.indices) { places throws(EventSQLError) in
                    var parts = Parts()
                    for place in places { parts.append(place..<place + 1, of: place / size) }
                    try update(next, parts, groupCount: groupCount)
                }
            }
            levels.append(next)
        }
    }

    private func make() -> any SummableAccumulator {
        guard let made = AccumulatorFactory.make(run.call.aggregate, run.context) as? any SummableAccumulator else {
            preconditionFailure("BUG: states of \(run.call.function) do not add up")
        }
        return made
    }
}
