import EventBase
import EventColumns
import EventPlan

extension WindowRun {
    /// Aggregates over frames.
    func aggregate() throws(EventSQLError) -> Vector {
        if frames.onlyGrow {
            if let running = try RunningTotals(self).result() { return running }
        } else if AccumulatorFactory.make(call.aggregate, context) is any SummableAccumulator {
            return try ofFrames()
        }
        return try rowByRow()
    }

    /// Frames that begin or end anywhere, of functions whose states add up.
    private func ofFrames() throws(EventSQLError) -> Vector {
        var ordered: [Vector] = []
        for argument in arguments { ordered.append(try argument.gather(rows, check: context.check)) }
        let bytes = Batch(columns: ordered, rowCount: count).sizeBytes
        try context.reserve(bytes: bytes, for: "window functions")
        defer { context.release(bytes: bytes) }
        var tree = FrameTree(self, ordered)
        var answers: [Vector] = []
        var pending = FrameTree.Frames()
        try eachPartition { range throws(EventSQLError) in
            let groups = frames.groupStarts(range)
            for place in range {
                let places = frames.places(place, range, groups)
                if frames.frame.exclusion == .nothing {
                    pending.append([places])
                } else {
                    pending.append(frames.counted(places, place, range))
                }
                if pending.isLarge { answers.append(try tree.take(&pending)) }
            }
        }
        answers.append(try tree.take(&pending))
        return try inOrderOfRows(answers)
    }

    /// Any function: a frame that only grows is added to as it grows, others are computed afresh.
    private func rowByRow() throws(EventSQLError) -> Vector {
        var results = SingleValues(type: call.type)
        try eachPartition { range throws(EventSQLError) in
            let groups = frames.groupStarts(range)
            var accumulator = AccumulatorFactory.make(call.aggregate, context)
            var covered = range.lowerBound..<range.lowerBound
            var last: Vector?
            for place in range {
                try checkFrame(at: place)
                let places = frames.places(place, range, groups)
                if frames.frame.exclusion != .nothing {
                    accumulator = AccumulatorFactory.make(call.aggregate, context)
                    for piece in frames.counted(places, place, range) { try add(piece, to: accumulator) }
                    try results.append(try accumulator.finish(groupCount: 1))
                    continue
                }
                if places != covered || last == nil {
                    if places.lowerBound != covered.lowerBound || places.upperBound < covered.upperBound {
                        accumulator = AccumulatorFactory.make(call.aggregate, context)
                        covered = places.lowerBound..<places.lowerBound
                    }
                    try add(covered.upperBound..<places.upperBound, to: accumulator)
                    covered = places
                    last = try accumulator.finish(groupCount: 1)
                }
                if let last { try results.append(last) }
            }
        }
        return try inOrderOfRows(results.pieces())
    }

    /// Answers by place, put beside the rows.
    private func inOrderOfRows(_ answers: [Vector]) throws(EventSQLError) -> Vector {
        let joined = try VectorAssembly.concatenate(answers, type: call.type, check: context.check)
        var inverse = [Int](repeating: 0, count: count)
        for (place, row) in rows.enumerated() {
            try context.check(at: place)
            inverse[row] = place
        }
        return try joined.gather(inverse, check: context.check)
    }

    private func add(_ places: Range<Int>, to accumulator: any Accumulator) throws(EventSQLError) {
        try context.pieces(of: places) { piece throws(EventSQLError) in
            var wanted = piece.map { rows[$0] }
            if let filter { wanted = wanted.filter { filter[$0] } }
            try accumulator.update(
                AccumulatorInput(
                    groups: nil, arguments: arguments.map { $0.gather(wanted) }, orderBy: [], count: wanted.count),
                groupCount: 1)
        }
    }
}
