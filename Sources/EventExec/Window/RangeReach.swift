import EventBase
import EventColumns
import EventPlan

/// Edges of RANGE frames with an offset: the rows whose ORDER BY value lies within a distance of the row's own.
struct RangeReach {
    /// The ORDER BY values as whole numbers that sort alike; empty where no frame has an offset.
    private let keys: [Int64]
    private let column: Vector?
    /// Rows in order of partition and ORDER BY.
    private let rows: [Int]
    private let isDescending: Bool

    init(_ call: WindowCall, _ orders: [Vector], _ rows: [Int]) {
        func hasOffset(_ bound: WindowCall.Frame.Bound) -> Bool {
            switch bound {
            case .below, .above: true
            default: false
            }
        }
        self.rows = rows
        isDescending = call.orderBy.first?.descending ?? false
        guard orders.count == 1, hasOffset(call.frame.start) || hasOffset(call.frame.end) else {
            (keys, column) = ([], nil)
            return
        }
        column = orders[0]
        switch orders[0].values {
        case .int64(let values): keys = values
        case .double(let values): keys = values.map { OrderSelection.key(of: $0 == 0 ? 0 : $0) }
        default: keys = []
        }
    }

    /// The place where a frame begins or ends; nil for a row without a value, whose frame holds its equals.
    func edge(_ place: Int, _ range: Range<Int>, _ distance: Value, isBelow: Bool, isStart: Bool) -> Int? {
        guard let column, !keys.isEmpty, !column.isNull(at: rows[place]) else { return nil }
        let isUp = isBelow == isDescending
        // Between two days the limit is the one inside the frame.
        let limit = moved(
            keys[rows[place]], distance, isUp: isUp, roundsUp: isStart != isDescending, isDate: column.type == .date)
        let (low, high) = valued(range, around: place, column)
        // Beyond all numbers lies no row.
        guard let limit else { return isUp == isDescending ? low : high }
        return Self.firstPlace(low..<high) { place in
            let key = keys[rows[place]]
            return isDescending ? (isStart ? key <= limit : key < limit) : (isStart ? key >= limit : key > limit)
        }
    }

    /// The places of a partition that have a value, one of which is known: NULLs stand at one end.
    private func valued(_ range: Range<Int>, around place: Int, _ column: Vector) -> (Int, Int) {
        var (low, high) = (range.lowerBound, range.upperBound)
        if column.isNull(at: rows[low]) {
            low = Self.firstPlace(low..<place) { !column.isNull(at: rows[$0]) }
        }
        if column.isNull(at: rows[high - 1]) {
            high = Self.firstPlace(place..<high) { column.isNull(at: rows[$0]) }
        }
        return (low, high)
    }

    /// The first place from which on a condition holds; the end of the range where it never does.
    private static func firstPlace(_ places: Range<Int>, _ holds: (Int) -> Bool) -> Int {
        var (low, high) = (places.lowerBound, places.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if holds(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// nil for a limit beyond what can be told.
    private func moved(_ key: Int64, _ distance: Value, isUp: Bool, roundsUp: Bool, isDate: Bool) -> Int64? {
        switch distance {
        case .int64(let value):
            let (sum, isOver) = isUp ? key.addingReportingOverflow(value) : key.subtractingReportingOverflow(value)
            return isOver ? nil : sum
        case .double(let value):
            let own = OrderSelection.value(of: key)
            let sum = own + (isUp ? value : -value)
            return OrderSelection.key(of: own.isNaN ? .nan : sum == 0 ? 0 : sum)
        case .interval(let span):
            let signed =
                isUp ? span : Interval(months: -span.months, days: -span.days, micros: -span.micros)
            let (micros, isOver) =
                isDate ? key.multipliedReportingOverflow(by: CalendarMath.microsPerDay) : (key, false)
            guard !isOver, let sum = DateMath.add(signed, to: micros) else { return nil }
            if !isDate { return sum }
            let day = DateMath.floorDivide(sum, CalendarMath.microsPerDay)
            return !roundsUp || sum == day * CalendarMath.microsPerDay ? day : day + 1
        default: return key
        }
    }
}
