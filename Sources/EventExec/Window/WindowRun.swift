import EventBase
import EventColumns
import EventPlan

/// One window function over all rows.
struct WindowRun {
    let call: WindowCall
    let arguments: [Vector]
    let orders: [Vector]
    let filter: [Bool]?
    /// Rows in order of partition, then of ORDER BY.
    let rows: [Int]
    /// Place in `rows` where each partition begins, and the end.
    let starts: [Int]
    private let order: RowOrder
    private let reach: RangeReach
    private let count: Int
    private let context: QueryContext
    /// IGNORE NULLS: the places whose first argument is not NULL.
    private let present: PresentPlaces?
    private let lastPeers = Peers()

    /// The run of rows alike that was asked for last: rows are gone through in order, so each run is walked once.
    private final class Peers {
        var places = 0..<0
    }

    init(
        _ call: WindowCall, _ batch: Batch, _ environment: EvaluationEnvironment, _ context: QueryContext
    ) throws(EventSQLError) {
        self.context = context
        func evaluate(_ expression: BoundExpression) throws(EventSQLError) -> Vector {
            try ExpressionEvaluator(expression, environment: environment).evaluate(batch.columns, count: batch.rowCount)
        }
        var (arguments, partitions, orders): ([Vector], [Vector], [Vector]) = ([], [], [])
        for argument in call.arguments { arguments.append(try evaluate(argument)) }
        for key in call.partitionBy { partitions.append(Ranks.identities(try evaluate(key))) }
        for key in call.orderBy { orders.append(try evaluate(key.expression)) }
        var filter: [Bool]?
        if let condition = call.filter {
            var mask = [Bool](repeating: false, count: batch.rowCount)
            for row in LogicKernels.trueRows(try evaluate(condition)) { mask[row] = true }
            filter = mask
        }
        let directions = call.orderBy.map { SortDirection(descending: $0.descending, nullsFirst: $0.nullsFirst) }
        let whole = try RowOrder(
            partitions + orders, directions: partitions.map { _ in SortDirection() } + directions,
            count: batch.rowCount,
            context)
        let rows = try whole.sorted()
        self.call = call
        self.arguments = arguments
        self.orders = orders
        self.filter = filter
        self.rows = rows
        starts = try Self.starts(rows, whole.byColumns(0..<partitions.count), context)
        order = whole.byColumns(partitions.count..<(partitions.count + orders.count))
        reach = RangeReach(call, orders, rows)
        count = batch.rowCount
        present = call.ignoresNulls ? PresentPlaces(rows, arguments[0]) : nil
    }

    /// The places at which partitions begin, and the end.
    private static func starts(
        _ rows: [Int], _ byPartition: RowOrder, _ context: QueryContext
    ) throws(EventSQLError) -> [Int] {
        var starts = [0]
        for place in rows.indices.dropFirst() {
            try context.check(at: place)
            if !byPartition.isTie(rows[place - 1], rows[place]) { starts.append(place) }
        }
        starts.append(rows.count)
        return starts
    }

    func result() throws(EventSQLError) -> Vector {
        switch call.function {
        case "row_number", "rank", "dense_rank", "ntile", "percent_rank", "cume_dist": return try ranking()
        case "lag", "lead": return try shifted()
        case "sessionize": return try sessions()
        case "first_value", "last_value", "nth_value": return try framed()
        default: return try aggregated()
        }
    }

    private func partitions(_ body: (Range<Int>) throws(EventSQLError) -> Void) throws(EventSQLError) {
        for index in 0..<(starts.count - 1) { try body(starts[index]..<starts[index + 1]) }
    }

    private func isTie(_ a: Int, _ b: Int) -> Bool { orders.isEmpty || order.isTie(rows[a], rows[b]) }

    private func ranking() throws(EventSQLError) -> Vector {
        var whole = [Int64](repeating: 0, count: count)
        var parts = [Double](repeating: 0, count: count)
        for index in 0..<(starts.count - 1) {
            let range = starts[index]..<starts[index + 1]
            var (rank, dense) = (0, 0)
            for place in range {
                try context.check(at: place)
                let number = place - range.lowerBound + 1
                if place == range.lowerBound || !isTie(place - 1, place) { (rank, dense) = (number, dense + 1) }
                switch call.function {
                case "row_number": whole[rows[place]] = Int64(number)
                case "rank": whole[rows[place]] = Int64(rank)
                case "dense_rank": whole[rows[place]] = Int64(dense)
                case "ntile": whole[rows[place]] = tile(number - 1, of: range.count, at: rows[place])
                case "percent_rank":
                    parts[rows[place]] = range.count > 1 ? Double(rank - 1) / Double(range.count - 1) : 0
                default: parts[rows[place]] = Double(peerEnd(place, range) - range.lowerBound) / Double(range.count)
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

    private func peerEnd(_ place: Int, _ range: Range<Int>) -> Int { peers(place, range).upperBound }
    private func peerStart(_ place: Int, _ range: Range<Int>) -> Int { peers(place, range).lowerBound }

    /// The places of a partition that are alike in ORDER BY.
    private func peers(_ place: Int, _ range: Range<Int>) -> Range<Int> {
        if lastPeers.places.contains(place) { return lastPeers.places }
        var (start, end) = (place, place + 1)
        while start > range.lowerBound, isTie(start - 1, place) { start -= 1 }
        while end < range.upperBound, isTie(place, end) { end += 1 }
        lastPeers.places = start..<end
        return start..<end
    }

    /// Once in a while; a frame may take long.
    @inline(__always)
    private func check(_ place: Int) throws(EventSQLError) {
        if place & 255 == 0 { try context.check() }
    }

    /// The number of each row's session in its partition, from 1: a session ends where the time to the next row exceeds
    /// the limit. Rows without a time are in no session.
    private func sessions() throws(EventSQLError) -> Vector {
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

    private func shifted() throws(EventSQLError) -> Vector {
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
        return VectorAssembly.scatter(
            [(inside, result.gather(inside)), (outside, arguments[2].gather(outside))], type: call.type, count: count)
    }

    /// The places that the frame of a row covers.
    private func frame(_ place: Int, _ range: Range<Int>, _ groups: [Int]) -> Range<Int> {
        func edge(_ bound: WindowCall.Frame.Bound, isStart: Bool) -> Int {
            switch bound {
            case .unboundedPreceding: return range.lowerBound
            case .unboundedFollowing: return range.upperBound
            case .currentRow:
                if call.frame.unit == .rows { return isStart ? place : place + 1 }
                return peers(isStart)
            case .preceding(let offset): return moved(-offset, isStart)
            case .following(let offset): return moved(offset, isStart)
            case .below(let distance):
                return reach.edge(place, range, distance, isBelow: true, isStart: isStart) ?? peers(isStart)
            case .above(let distance):
                return reach.edge(place, range, distance, isBelow: false, isStart: isStart) ?? peers(isStart)
            }
        }
        func peers(_ isStart: Bool) -> Int { isStart ? peerStart(place, range) : peerEnd(place, range) }
        func moved(_ offset: Int, _ isStart: Bool) -> Int {
            if call.frame.unit == .rows {
                return min(max(place + offset + (isStart ? 0 : 1), range.lowerBound), range.upperBound)
            }
            // GROUPS: `groups` holds where each run of equals begins.
            let own = Self.group(of: place, groups) + offset + (isStart ? 0 : 1)
            if own < 0 { return range.lowerBound }
            return own < groups.count ? groups[own] : range.upperBound
        }
        let (start, end) = (edge(call.frame.start, isStart: true), edge(call.frame.end, isStart: false))
        return start..<max(start, end)
    }

    /// The places of a frame that EXCLUDE leaves, in order.
    private func counted(_ frame: Range<Int>, _ place: Int, _ range: Range<Int>) -> [Range<Int>] {
        let left: [Range<Int>]
        switch call.frame.exclusion {
        case .nothing: left = [range]
        case .currentRow: left = [range.lowerBound..<place, (place + 1)..<range.upperBound]
        case .group:
            let peers = peers(place, range)
            left = [range.lowerBound..<peers.lowerBound, peers.upperBound..<range.upperBound]
        case .ties:
            let peers = peers(place, range)
            left = [range.lowerBound..<peers.lowerBound, place..<(place + 1), peers.upperBound..<range.upperBound]
        }
        return left.map { $0.clamped(to: frame) }.filter { !$0.isEmpty }
    }

    /// The row that first_value, last_value or nth_value picks from places in order; -1 for none.
    private func picked(_ place: Int, from pieces: [Range<Int>]) -> Int {
        let places = pieces.flatMap { piece in present.map { Array($0.within(piece)) } ?? Array(piece) }
        var wanted = call.function == "last_value" ? places.count - 1 : 0
        if call.function == "nth_value", case .int64(let numbers) = arguments[1].values {
            wanted = Int(numbers[rows[place]]) &- 1
        }
        return places.indices.contains(wanted) ? rows[places[wanted]] : -1
    }

    /// The number of the run that a place lies in.
    private static func group(of place: Int, _ starts: [Int]) -> Int {
        var (low, high) = (0, starts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= place { low = middle } else { high = middle }
        }
        return low
    }

    private func groupStarts(_ range: Range<Int>) -> [Int] {
        guard call.frame.unit == .groups else { return [] }
        return range.filter { $0 == range.lowerBound || !isTie($0 - 1, $0) }
    }

    private func framed() throws(EventSQLError) -> Vector {
        var picks = [Int](repeating: -1, count: count)
        for index in 0..<(starts.count - 1) {
            let range = starts[index]..<starts[index + 1]
            let groups = groupStarts(range)
            for place in range {
                try check(place)
                let frame = frame(place, range, groups)
                if frame.isEmpty { continue }
                if call.frame.exclusion != .nothing {
                    picks[rows[place]] = picked(place, from: counted(frame, place, range))
                    continue
                }
                if let present {
                    let places = present.within(frame)
                    var wanted = call.function == "last_value" ? places.count - 1 : 0
                    if call.function == "nth_value", case .int64(let numbers) = arguments[1].values {
                        wanted = Int(numbers[rows[place]]) &- 1
                    }
                    if wanted >= 0, wanted < places.count {
                        picks[rows[place]] = rows[places[places.startIndex + wanted]]
                    }
                    continue
                }
                switch call.function {
                case "first_value": picks[rows[place]] = rows[frame.lowerBound]
                case "last_value": picks[rows[place]] = rows[frame.upperBound - 1]
                default:
                    guard case .int64(let numbers) = arguments[1].values else { continue }
                    let wanted = frame.lowerBound &+ Int(numbers[rows[place]]) &- 1
                    if frame.contains(wanted) { picks[rows[place]] = rows[wanted] }
                }
            }
        }
        return try VectorAssembly.pick(arguments[0], picks, type: call.type, check: context.check)
    }

    /// Aggregates over frames. A frame that only grows is added to as it grows; others are computed afresh.
    private func aggregated() throws(EventSQLError) -> Vector {
        var results = SingleValues(type: call.type)
        var order: [Int] = []
        let aggregate = AggregateCall(
            function: call.function, arguments: call.arguments, isDistinct: call.isDistinct, type: call.type,
            place: call.place)
        try partitions { range throws(EventSQLError) in
            let groups = groupStarts(range)
            var accumulator = AccumulatorFactory.make(aggregate, context)
            var covered = range.lowerBound..<range.lowerBound
            var last: Vector?
            for place in range {
                try check(place)
                let frame = frame(place, range, groups)
                if call.frame.exclusion != .nothing {
                    accumulator = AccumulatorFactory.make(aggregate, context)
                    for piece in counted(frame, place, range) { try add(piece, to: accumulator) }
                    results.append(try accumulator.finish(groupCount: 1))
                    order.append(rows[place])
                    continue
                }
                if frame != covered || last == nil {
                    if frame.lowerBound != covered.lowerBound || frame.upperBound < covered.upperBound {
                        accumulator = AccumulatorFactory.make(aggregate, context)
                        covered = frame.lowerBound..<frame.lowerBound
                    }
                    try add(covered.upperBound..<frame.upperBound, to: accumulator)
                    covered = frame
                    last = try accumulator.finish(groupCount: 1)
                }
                if let last { results.append(last) }
                order.append(rows[place])
            }
        }
        let joined = try VectorAssembly.concatenate(results.pieces(), type: call.type, check: context.check)
        var inverse = [Int](repeating: 0, count: count)
        for (place, row) in order.enumerated() {
            try context.check(at: place)
            inverse[row] = place
        }
        return try joined.gather(inverse, check: context.check)
    }

    private func add(_ places: Range<Int>, to accumulator: any Accumulator) throws(EventSQLError) {
        if places.count > Pieces.rowCount {
            return try context.pieces(of: places) { piece throws(EventSQLError) in try add(piece, to: accumulator) }
        }
        var wanted = places.map { rows[$0] }
        if let filter { wanted = wanted.filter { filter[$0] } }
        try accumulator.update(
            AccumulatorInput(
                groups: nil, arguments: arguments.map { $0.gather(wanted) }, orderBy: [], count: wanted.count),
            groupCount: 1)
    }
}
