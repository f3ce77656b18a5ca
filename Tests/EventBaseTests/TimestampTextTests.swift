import EventBase
import Foundation
import Testing

struct TimestampTextTests {
    @Test(
        "ISO 8601 in its usual dresses",
        arguments: [
            ("1970-01-01", 0), ("1970-01-01T00:00:01Z", 1_000_000), ("1969-12-31 23:59:59.5", -500_000),
            ("2015-09-12T00:46:58.771Z", 1_442_018_818_771_000), ("2024-02-29T12:30", 1_709_209_800_000_000),
            ("2024-02-29T12:30:00+02:00", 1_709_202_600_000_000), ("2024-02-29T12:30:00-0530", 1_709_229_600_000_000),
            ("2024-02-29 12:30:00.1234567Z", 1_709_209_800_123_456), ("2024-02-29 12:30:00+02", 1_709_202_600_000_000),
        ] as [(String, Int64)])
    func parses(text: String, micros: Int64) { #expect(TimestampText.parse(text) == micros) }

    @Test(
        "what is no instant is refused",
        arguments: [
            "", "2024", "2024-13-01", "2023-02-29", "2024-02-30", "2024-01-01T24:00:00", "2024-01-01T12:60",
            "2024-01-01T12:00:60Z", "2024-01-01T12:00:00.Z", "2024-01-01Tx", "2024-01-01T12:00:00ZZ", "0000-01-01",
            "2024-1-1", "2024-01-01T12:00:00+25:00", "99999-01-01", "20é4-01-01",
        ])
    func refuses(text: String) { #expect(TimestampText.parse(text) == nil) }

    @Test("print and parse are inverse on random instants, and agree with Foundation")
    func roundTrip() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        let formatter = ISO8601DateFormatter()
        for _ in 0..<5000 {
            let micros = Int64.random(in: Limits.timestampMicrosMin...Limits.timestampMicrosMax, using: &random)
            let text = TimestampText.print(micros: micros)
            #expect(TimestampText.parse(text) == micros, "seed \(seed): \(text)")
            guard micros > -12_000_000_000_000_000 else { continue }  // Foundation turns Julian before 1582.
            let seconds = Int64((Double(micros) / 1e6).rounded(.down))
            let expected = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
            #expect(expected.prefix(10) == text.prefix(10), "seed \(seed): \(text)")
        }
    }

    @Test("months are added as PostgreSQL adds them")
    func addingMonths() throws {
        let january = try #require(TimestampText.parseDay("2024-01-31"))
        #expect(TimestampText.print(day: CalendarMath.adding(months: 1, toDay: january)) == "2024-02-29")
        #expect(TimestampText.print(day: CalendarMath.adding(months: -14, toDay: january)) == "2022-11-30")
        #expect(CalendarMath.isoWeekday(day: 0) == 4)
    }
}
