import EventBase
package import Foundation

/// Retention by looking at every person's rows, written from SEMANTICS.md S36 to S45.
package struct ReferenceRetention: Sendable {
    package typealias Condition = @Sendable (TestEvent) -> Bool
    package enum Unit: Sendable { case hour, day, week, month, quarter, year }

    package var start: Condition
    package var returning: Condition
    package var unit = Unit.day
    /// Days of this place, as Foundation cuts them; nil: UTC.
    package var zone: TimeZone?
    package var isRecurring = false
    package var countsLaterReturns = false
    /// Instants that cohorts and returns must lie in; the first start is looked for everywhere.
    package var timeRange = Int64.min...Int64.max

    package init(start: @escaping Condition, returning: @escaping Condition) {
        self.start = start
        self.returning = returning
    }

    /// The first instant of the calendar period that contains `time`, by walking back day by day.
    package func periodStart(of time: Int64) -> Int64 {
        if let interval = zonedPeriod(of: time) { return interval.lowerBound }
        if unit == .hour {
            var start = CalendarMath.micros(ofDay: CalendarMath.day(ofMicros: time))
            while start + CalendarMath.microsPerHour <= time { start += CalendarMath.microsPerHour }
            return start
        }
        var day = Int(CalendarMath.day(ofMicros: time))
        if unit == .week { while CalendarMath.isoWeekday(day: day) != 1 { day -= 1 } }
        if let months = firstMonths {
            var date = CalendarMath.civil(day: day)
            while !months.contains(date.month) { date.month -= 1 }
            day = CalendarMath.days(year: date.year, month: date.month, day: 1)
        }
        return CalendarMath.micros(ofDay: Int32(day))
    }

    /// The months with which a period begins.
    private var firstMonths: [Int]? {
        switch unit {
        case .hour, .day, .week: nil
        case .month: Array(1...12)
        case .quarter: [1, 4, 7, 10]
        case .year: [1]
        }
    }

    private func zonedPeriod(of time: Int64) -> Range<Int64>? {
        guard let zone else { return nil }
        if unit == .hour { return fullHour(of: time, zone) }
        precondition(unit != .quarter, "Foundation cuts no quarters")
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = zone
        let component: Calendar.Component =
            unit == .day ? .day : unit == .week ? .weekOfYear : unit == .month ? .month : .year
        let date = Date(timeIntervalSince1970: Double(time / 1_000_000))
        guard let interval = calendar.dateInterval(of: component, for: date) else { return nil }
        func micros(_ date: Date) -> Int64 { Int64(date.timeIntervalSince1970.rounded()) * 1_000_000 }
        return micros(interval.start)..<micros(interval.end)
    }

    /// From one minute at which the clock shows a full hour to the next.
    private func fullHour(of time: Int64, _ zone: TimeZone) -> Range<Int64> {
        func showsFullHour(_ minute: Int64) -> Bool {
            let date = Date(timeIntervalSince1970: Double(minute * 60))
            return (minute * 60 + Int64(zone.secondsFromGMT(for: date))) % 3600 == 0
        }
        var start = time / CalendarMath.microsPerMinute
        while !showsFullHour(start) { start -= 1 }
        var end = start + 1
        while !showsFullHour(end) { end += 1 }
        return start * CalendarMath.microsPerMinute..<end * CalendarMath.microsPerMinute
    }

    package func nextPeriod(after start: Int64) -> Int64 {
        if let period = zonedPeriod(of: start) { return period.upperBound }
        let step = unit == .hour ? CalendarMath.microsPerHour : CalendarMath.microsPerDay
        var next = start + step
        while periodStart(of: next) == start { next += step }
        return next
    }

    /// Persons by the first instant of their cohort's period.
    package func cohorts(_ persons: [String: [TestEvent]]) -> [Int64: Set<String>] {
        var cohorts: [Int64: Set<String>] = [:]
        for (person, rows) in persons {
            let starts = rows.filter(start)
            for row in isRecurring ? starts : Array(starts.prefix(1)) where timeRange.contains(row.time) {
                cohorts[periodStart(of: row.time), default: []].insert(person)
            }
        }
        return cohorts
    }

    /// Those of `members` with a return in the `count` periods from `from` on (or in any later one).
    package func returned(
        _ members: Set<String>, from: Int64, count: Int, _ persons: [String: [TestEvent]]
    ) -> Int {
        var end = from
        for _ in 0..<count { end = nextPeriod(after: end) }
        return members.count { member in
            persons[member, default: []].contains {
                returning($0) && timeRange.contains($0.time) && $0.time >= from && (countsLaterReturns || $0.time < end)
            }
        }
    }
}
