/// The rule behind the last transition of a zone file, `CET-1CEST,M3.5.0,M10.5.0/3` (POSIX TZ, as RFC 9636 extends it).
struct TimeZoneFooter: Sendable, Equatable {
    /// A day of the year and the seconds of local time after its midnight at which a change comes.
    enum Day: Sendable, Equatable {
        /// 1...365, without February 29.
        case julian(Int)
        /// 0...365, with it.
        case ordinal(Int)
        /// Weekday 0...6 from Sunday, week 1...5 of the month, 5 the last one.
        case weekday(month: Int, week: Int, day: Int)
    }

    struct Change: Sendable, Equatable {
        var day: Day
        var seconds: Int64
    }

    var standardOffset: Int64
    var summer: (offset: Int64, start: Change, end: Change)?

    static func == (a: Self, b: Self) -> Bool {
        a.standardOffset == b.standardOffset && a.summer?.offset == b.summer?.offset
            && a.summer?.start == b.summer?.start && a.summer?.end == b.summer?.end
    }

    func offset(atUTC seconds: Int64) -> Int64 {
        guard let summer else { return standardOffset }
        let day = Self.floorDivide(seconds + standardOffset, 86_400)
        let year = CalendarMath.civil(day: Int(day)).year
        let start = Self.instant(summer.start, year: year) - standardOffset
        let end = Self.instant(summer.end, year: year) - summer.offset
        let isSummer = start < end ? seconds >= start && seconds < end : seconds >= start || seconds < end
        return isSummer ? summer.offset : standardOffset
    }

    /// Local seconds since 1970 of a change.
    private static func instant(_ change: Change, year: Int) -> Int64 {
        let first = CalendarMath.days(year: year, month: 1, day: 1)
        let day: Int
        switch change.day {
        case .julian(let number): day = first + number - 1 + (CalendarMath.isLeap(year: year) && number >= 60 ? 1 : 0)
        case .ordinal(let number): day = first + number
        case .weekday(let month, let week, let weekday):
            let start = CalendarMath.days(year: year, month: month, day: 1)
            let firstWeekday = CalendarMath.isoWeekday(day: start) % 7
            var date = 1 + (weekday - firstWeekday + 7) % 7 + (week - 1) * 7
            if date > CalendarMath.dayCount(year: year, month: month) { date -= 7 }
            day = start + date - 1
        }
        return Int64(day) * 86_400 + change.seconds
    }

    private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { a >= 0 ? a / b : (a - b + 1) / b }

    /// nil for a text that is no such rule.
    init?(_ text: [UInt8]) {
        var reader = Reader(bytes: text)
        guard reader.name(), let standard = reader.time(hourMax: 24) else { return nil }
        standardOffset = -standard
        if reader.isAtEnd { return }
        guard reader.name() else { return nil }
        var offset = standardOffset + 3600
        if !reader.isAtEnd, reader.bytes[reader.place] != UInt8(ascii: ",") {
            guard let written = reader.time(hourMax: 24) else { return nil }
            offset = -written
        }
        guard reader.take(","), let start = reader.change(), reader.take(","), let end = reader.change(),
            reader.isAtEnd
        else { return nil }
        summer = (offset, start, end)
    }

    private struct Reader {
        let bytes: [UInt8]
        var place = 0
        var isAtEnd: Bool { place == bytes.count }

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func take(_ scalar: Unicode.Scalar) -> Bool {
            guard place < bytes.count, bytes[place] == UInt8(ascii: scalar) else { return false }
            place += 1
            return true
        }

        /// Letters, or anything between < and >.
        mutating func name() -> Bool {
            let start = place
            if take("<") {
                while place < bytes.count, bytes[place] != UInt8(ascii: ">") { place += 1 }
                return take(">")
            }
            while place < bytes.count, (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(bytes[place] & 0xDF) {
                place += 1
            }
            return place - start >= 3
        }

        mutating func number(max limit: Int) -> Int? {
            var value: Int?
            while place < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place]) {
                value = (value ?? 0) * 10 + Int(bytes[place] - UInt8(ascii: "0"))
                if value! > limit { return nil }
                place += 1
            }
            return value
        }

        /// `[+-]hh[:mm[:ss]]` in seconds.
        mutating func time(hourMax: Int) -> Int64? {
            let isNegative = take("-")
            if !isNegative { _ = take("+") }
            guard let hours = number(max: hourMax) else { return nil }
            var seconds = Int64(hours) * 3600
            for unit in [Int64(60), 1] {
                guard take(":") else { break }
                guard let part = number(max: 59) else { return nil }
                seconds += Int64(part) * unit
            }
            return isNegative ? -seconds : seconds
        }

        mutating func change() -> Change? {
            let day: Day
            if take("M") {
                guard let month = number(max: 12), month > 0, take("."), let week = number(max: 5), week > 0,
                    take("."), let weekday = number(max: 6)
                else { return nil }
                day = .weekday(month: month, week: week, day: weekday)
            } else if take("J") {
                guard let number = number(max: 365), number > 0 else { return nil }
                day = .julian(number)
            } else {
                guard let number = number(max: 365) else { return nil }
                day = .ordinal(number)
            }
            guard take("/") else { return Change(day: day, seconds: 7200) }
            guard let seconds = time(hourMax: 167) else { return nil }
            return Change(day: day, seconds: seconds)
        }
    }
}
