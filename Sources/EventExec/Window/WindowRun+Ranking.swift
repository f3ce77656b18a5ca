import EventBase
import EventColumns
import EventPlan

extension WindowRun {
    func ranking() throws(EventSQLError) -> Vector {
        var whole = [Int64](repeating: 0, count: count)
        var parts = [Double](repeating: 0, count: count)
        for index in 0..<(starts.count - 1) {
            let range = starts[index]..<starts[index + 1]
            var (rank, dense) = (0, 0)
            for place in range {
                try context.check(at: place)
                let number = place - range.lowerBound + 1
                if place == range.lowerBound || !frames.isTie(place - 1, place) { (rank, dense) = (number, dense + 1) }
                switch call.function {
                case "row_number": whole[rows[place]] = Int64(number)
                case "rank": whole[rows[place]] = Int64(rank)
                case "dense_rank": whole[rows[place]] = Int64(dense)
                case "ntile": whole[rows[place]] = tile(number - 1, of: range.count, at: rows[place])
                case "percent_rank":
                    parts[rows[place]] = range.count > 1 ? Double(rank - 1) / Double(range.count - 1) : 0
                default:
                    let end = frames.peers(place, range).upperBound
                    parts[rows[place]] = Double(end - range.lowerBound) / Double(range.count)
                }
            }
        }
        if call.type == .double { return Vector(type: .double, values: .double(parts)) }
        return Vector(type: .int64, values: .int64(whole))
    }

    /// The first tiles are one larger where rows do not divide evenly.
    private func tile(_ place: Int, of total: Int, at row: Int) -> Int64 {
        guard case .int64(let values) = arguments[0].values, values[row] > 0 else { return 0 }
        let tiles = Int(values[row])
        let (small, larger) = (total / tiles, total % tiles)
        if place < larger * (small + 1) { return Int64(place / (small + 1)) + 1 }
        return Int64(larger + (place - larger * (small + 1)) / max(1, small)) + 1
    }

    /// The number of each row's session in its partition, from 1: a session ends where the time to the next row exceeds
    /// the limit. Rows without a time are in no session.
    func sessions() throws(EventSQLError) -> Vector {
        guard case .int64(let times) = arguments[0].values, case .int64(let limits) = arguments[1].values else {
            return .nulls(type: .int64, count: count)
        }
        var numbers = [Int64](repeating: 0, count: count)
        for index in 0..<(starts.count - 1) {
            var (number, last): (Int64, Int64?) = (0, nil)
            for place in starts[index]..<starts[index + 1] where !arguments[0].isNull(at: rows[place]) {
                try context.check(at: place)
                let time = times[rows[place]]
                if let last {
                    let (distance, isOver) = max(time, last).subtractingReportingOverflow(min(time, last))
                    if isOver || distance > limits[rows[place]] { number += 1 }
                } else {
                    number = 1
                }
                numbers[rows[place]] = number
                last = time
            }
        }
        return Vector(type: .int64, values: .int64(numbers), validity: arguments[0].validity)
    }
}
