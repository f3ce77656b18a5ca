import EventBase
import EventColumns
import EventPlan

/// Aggregates of many frames that begin and end anywhere, in steps that grow with the logarithm of their length: the states of 16 rows
/// in a row, of 16 such runs and so on are made once, and each frame adds up those that it holds and the rows at its ends.
///
/// Source: the segment tree of Leis et al., "Efficient Processing of Window Functions in Analytical SQL Queries", VLDB 2015.
struct FrameTree {
    /// Some frames, each as the rows and the runs of rows that make it up.
    struct Frames {
        fileprivate(set) var count = 0
        fileprivate var places = Parts()
        /// By level: runs of 16 rows first.
        fileprivate var runs: [Parts] = []

        fileprivate struct Parts {
            var numbers: [UInt32] = []
            /// The frame that each belongs to.
            var frames: [UInt32] = []

            mutating func append(_ range: Range<Int>, of frame: Int) {
                for number in range {
                    numbers.append(UInt32(number))
                    frames.append(UInt32(frame))
                }
            }
        }

        /// Whether enough was gathered to be worth a round.
        var isLarge: Bool { count >= Limits.granuleRowCount || places.numbers.count >= Pieces.rowCount }

        /// Adds one more frame, made of ranges of places.
        mutating func append(_ pieces: [Range<Int>]) {
            for piece in pieces { append(piece) }
            count += 1
        }

        private mutating func append(_ piece: Range<Int>) {
            var rest = piece
            var level = -1
            while rest.count >= 2 * FrameTree.fanout {
                let inner =
                    (rest.lowerBound + FrameTree.fanout - 1) / FrameTree.fanout..<rest.upperBound / FrameTree.fanout
                append(rest.lowerBound..<inner.lowerBound * FrameTree.fanout, level)
                append(inner.upperBound * FrameTree.fanout..<rest.upperBound, level)
                (rest, level) = (inner, level + 1)
            }
            append(rest, level)
        }

        private mutating func append(_ range: Range<Int>, _ level: Int) {
            if range.isEmpty { return }
            if level < 0 { return places.append(range, of: count) }
            while runs.count <= level { runs.append(Parts()) }
            runs[level].append(range, of: count)
        }
    }

    private static let fanout = 16
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
        defer { frames = Frames() }
        try run.context.check()
        let accumulator = make()
        accumulator.fill(frames.count)
        try update(accumulator, frames.places, groupCount: frames.count)
        for (level, parts) in frames.runs.enumerated() where !parts.numbers.isEmpty {
            try build(through: level)
            try accumulator.add(levels[level], picks: parts.numbers, to: parts.frames)
        }
        return try accumulator.finish(groupCount: frames.count)
    }

    private func update(
        _ accumulator: any Accumulator, _ places: Frames.Parts, groupCount: Int
    ) throws(EventSQLError) {
        var (numbers, groups) = (mapValues(places.numbers) { Int($0) }, places.frames)
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
                    var parts = Frames.Parts()
                    for place in places {
                        parts.numbers.append(UInt32(place))
                        parts.frames.append(UInt32(place / size))
                    }
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
