import EventBase
import EventColumns
import EventPlan

extension WindowRun {
    func shifted() throws(EventSQLError) -> Vector {
        var picks = [Int](repeating: -1, count: count)
        var isOutside = [Bool](repeating: false, count: count)
        for index in 0..<(starts.count - 1) {
            let range = starts[index]..<starts[index + 1]
            for place in range {
                try context.check(at: place)
                var distance = 1
                if arguments.count > 1, case .int64(let values) = arguments[1].values {
                    distance = Int(values[rows[place]])
                }
                if let present {
                    let found = present.place(from: place, by: call.function == "lag" ? 0 &- distance : distance)
                    if let found, range.contains(found) {
                        picks[rows[place]] = rows[found]
                    } else {
                        isOutside[rows[place]] = true
                    }
                    continue
                }
                let other = call.function == "lag" ? place &- distance : place &+ distance
                if range.contains(other) { picks[rows[place]] = rows[other] } else { isOutside[rows[place]] = true }
            }
        }
        let result = try VectorAssembly.pick(arguments[0], picks, type: call.type, check: context.check)
        guard arguments.count > 2 else { return result }
        let (outside, inside) = (
            isOutside.indices.filter { isOutside[$0] }, isOutside.indices.filter { !isOutside[$0] }
        )
        return try VectorAssembly.scatter(
            [(inside, result.gather(inside)), (outside, arguments[2].gather(outside))], type: call.type, count: count)
    }

    func framed() throws(EventSQLError) -> Vector {
        var picks = [Int](repeating: -1, count: count)
        try eachPartition { range throws(EventSQLError) in
            let groups = frames.groupStarts(range)
            for place in range {
                try checkFrame(at: place)
                let places = frames.places(place, range, groups)
                if places.isEmpty { continue }
                let pieces =
                    frames.frame.exclusion == .nothing ? [places] : frames.counted(places, place, range)
                if let picked = picked(place, from: pieces) { picks[rows[place]] = rows[picked] }
            }
        }
        return try VectorAssembly.pick(arguments[0], picks, type: call.type, check: context.check)
    }

    /// The place that first_value, last_value or nth_value picks from those of a frame, which are given in order.
    private func picked(_ place: Int, from pieces: [Range<Int>]) -> Int? {
        let counts = pieces.map { present?.within($0).count ?? $0.count }
        var wanted = call.function == "last_value" ? counts.reduce(0, +) - 1 : 0
        if call.function == "nth_value", case .int64(let numbers) = arguments[1].values {
            wanted = Int(numbers[rows[place]]) &- 1
        }
        if wanted < 0 { return nil }
        for (piece, count) in zip(pieces, counts) {
            if wanted < count {
                guard let present else { return piece.lowerBound + wanted }
                let places = present.within(piece)
                return places[places.startIndex + wanted]
            }
            wanted -= count
        }
        return nil
    }
}
