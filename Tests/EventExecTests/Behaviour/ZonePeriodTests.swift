import EventBase
import EventColumns
import EventExec
import EventPlan
import EventTestSupport
import Foundation
import Testing

/// Goal: with ZONE, periods are those of the place's calendar, also where clocks are changed. Method: random streams around
/// changes of clocks, against brute force over periods that Foundation cuts.
struct ZonePeriodTests {
    /// A zone and an instant at which its offset changes: hours forth and back, half an hour, and at midnight.
    private static let changes: [(String, Int64)] = [
        ("Europe/Berlin", 1_711_846_800), ("Europe/Berlin", 1_729_990_800), ("America/New_York", 1_710_054_000),
        ("America/Havana", 1_730_610_000), ("Asia/Kolkata", 1_711_846_800),
        ("Asia/Kathmandu", 1_711_846_800), ("America/St_Johns", 1_710_048_600),
        ("Australia/Lord_Howe", 1_712_415_600), ("America/Sao_Paulo", 1_541_300_400), ("+05:30", 1_711_846_800),
    ]
    private static let units: [(String, ReferenceRetention.Unit, Int64)] = [
        ("HOUR", .hour, 1_500), ("DAY", .day, 20_000), ("WEEK", .week, 150_000), ("MONTH", .month, 700_000),
        ("YEAR", .year, 8_000_000),
    ]

    private struct Setting {
        var zone: String
        var unit: String
        var stream: RandomEvents
        var reference: ReferenceRetention

        init(seed: UInt64) {
            var random = SeededRandom(seed: seed &* 131)
            let (zone, change) = ZonePeriodTests.changes[Int(seed) % ZonePeriodTests.changes.count]
            var (unit, kind, step) = ZonePeriodTests.units.randomElement(using: &random)!
            // There an hour of the change is no hour; see the test of its own.
            if zone == "Australia/Lord_Howe", kind == .hour { (unit, kind, step) = ZonePeriodTests.units[1] }
            self.zone = zone
            self.unit = unit
            stream = RandomEvents(seed: seed, rowsPerUser: 9, instants: 14, stepSeconds: step)
            // The middle of the stream lies within hours of the change.
            let shift = change - 1_700_000_000 - 7 * step + Int64.random(in: -9000...9000, using: &random)
            for group in stream.groups.indices {
                for row in stream.groups[group].indices { stream.groups[group][row].time += shift * 1_000_000 }
            }
            reference = ReferenceRetention(start: { $0.name == "a" }, returning: { _ in true })
            reference.unit = kind
            reference.zone = TimeZone(identifier: zone == "+05:30" ? "Asia/Kolkata" : zone)
        }

        var times: [Int64] { stream.groups.joined().map(\.time) }

        var periods: [Int64] {
            guard let first = times.min(), let last = times.max() else { return [] }
            var periods = [reference.periodStart(of: first)]
            while reference.nextPeriod(after: periods.last!) <= last {
                periods.append(reference.nextPeriod(after: periods.last!))
            }
            return periods
        }

        /// The day in the zone on which a period begins, as text; an hour's first instant.
        func label(_ period: Int64) -> String {
            if unit == "HOUR" { return TimestampText.print(micros: period) }
            let offset = reference.zone!.secondsFromGMT(for: Date(timeIntervalSince1970: Double(period / 1_000_000)))
            return String(TimestampText.print(micros: period + Int64(offset) * 1_000_000).prefix(10))
        }

        func clause(_ text: String) -> String { "\(text) EVERY \(unit) ZONE '\(zone)'" }
    }

    @Test("lifecycles and stickiness")
    func activity() throws {
        for seed in UInt64(1)...270 {
            let setting = Setting(seed: seed)
            var reference = ReferenceActivity(unit: setting.reference.unit, isWanted: { _ in true })
            reference.calendar = setting.reference
            let persons = setting.stream.persons
            let expected = setting.periods.map { period in
                let statuses = reference.statuses(persons, in: period)
                let numbers = ["new", "returning", "resurrecting", "dormant"].map { "\(statuses[$0]?.count ?? 0)" }
                return "\(setting.label(period)) \(numbers.joined(separator: " "))"
            }
            let run = BehaviourRun(setting.stream.snapshot)
            let text = setting.clause("LIFECYCLE FROM events")
            #expect(
                try run.text(text, columns: ["period", "new", "returning", "resurrecting", "dormant"]) == expected,
                "seed \(seed): \(text)")
            let people = reference.stickiness(persons)
            let exact = (0..<(people.keys.max() ?? 0)).map { "\($0 + 1) \(people[$0 + 1]?.count ?? 0)" }
            let stickiness = setting.clause("STICKINESS FROM events")
            #expect(try run.text(stickiness, columns: ["periods", "users"]) == exact, "seed \(seed): \(stickiness)")
        }
    }

    @Test("trends and funnels")
    func trends() throws {
        for seed in UInt64(1)...270 {
            let setting = Setting(seed: seed)
            let reference = setting.reference
            let rows = setting.stream.groups.joined()
            let last = setting.times.max() ?? 0
            let expected = setting.periods.map { period in
                let end = reference.nextPeriod(after: period)
                return "\(setting.label(period)) \(rows.count { $0.time >= period && $0.time < end }) \(end <= last)"
            }
            let run = BehaviourRun(setting.stream.snapshot)
            let text = setting.clause("TRENDS FROM events SERIES n: COUNT OF ANY EVENT")
            #expect(try run.text(text, columns: ["period", "n", "complete"]) == expected, "seed \(seed): \(text)")
            let entered = setting.periods.compactMap { period -> String? in
                let end = reference.nextPeriod(after: period)
                let people = setting.stream.persons.values.count { rows in
                    rows.contains { $0.name == "a" && $0.time >= period && $0.time < end }
                }
                return people == 0 ? nil : "\(setting.label(period)) \(people)"
            }
            let funnel = setting.clause("FUNNEL FROM events STEPS 'a', 'b' WITHIN 1 HOUR")
            let found = try run.run(funnel)
            let columns = ["period", "step", "users"].map { name in found.columns.firstIndex { $0.name == name }! }
            let first = found.rows.filter { $0[columns[1]] == .int64(1) }
            #expect(
                first.map { "\(BehaviourRun.text($0[columns[0]])) \(BehaviourRun.text($0[columns[2]]))" } == entered,
                "seed \(seed): \(funnel)")
        }
    }

    @Test("retentions")
    func retention() throws {
        for seed in UInt64(1)...270 {
            let setting = Setting(seed: seed)
            let persons = setting.stream.persons
            let cohorts = setting.reference.cohorts(persons)
            let periods = setting.periods
            var expected: [String] = []
            for cohort in cohorts.keys.sorted() {
                let members = cohorts[cohort] ?? []
                for (number, start) in periods.filter({ $0 >= cohort }).prefix(4).enumerated() {
                    let back = setting.reference.returned(members, from: start, count: 1, persons)
                    expected.append("\(setting.label(cohort)) \(number) \(number == 0 ? members.count : back)")
                }
            }
            let text = setting.clause("RETENTION FROM events START 'a' RETURN ANY EVENT") + " PERIODS 3"
            let run = BehaviourRun(setting.stream.snapshot)
            let found = try run.text(text, columns: ["cohort", "period", "users"])
            #expect(found == expected, "seed \(seed): \(text)")
        }
    }

    @Test("the minute of a day before clocks go back to the day before is of that one")
    func backOverMidnight() throws {
        // In St. John's clocks went from 00:01 on 7 November 2010 back to 23:01 on the 6th.
        let change: Int64 = 1_289_097_060
        let rows = [-30, 600, 3600].map { TestEvent("u", (change + $0) * 1_000_000, "a") }
        let text = "TRENDS FROM events SERIES n: COUNT OF ANY EVENT EVERY DAY ZONE 'America/St_Johns'"
        #expect(try BehaviourRun(rows).text(text, columns: ["period", "n"]) == ["2010-11-06 2", "2010-11-07 1"])
    }

    @Test(
        "where clocks move by half an hour, hours around the change still follow each other and hold every event once")
    func halfHourChanges() throws {
        for change: Int64 in [1_712_415_600, 1_728_142_200] {
            let rows = (-40..<40).map { TestEvent("u", (change + $0 * 300) * 1_000_000, "a") }
            let text = "TRENDS FROM events SERIES n: COUNT OF ANY EVENT EVERY HOUR ZONE 'Australia/Lord_Howe'"
            let found = try BehaviourRun(rows).run(text)
            let counts = found.rows.map { row -> Int in if case .int64(let count) = row[1] { Int(count) } else { 0 } }
            #expect(counts.reduce(0, +) == 80)
            #expect(counts.dropFirst().dropLast().allSatisfy { [6, 12, 18].contains($0) }, "\(counts)")
            #expect(counts.dropFirst().dropLast().count { $0 != 12 } == 1, "\(counts)")
            let starts = found.rows.map { BehaviourRun.text($0[0]) }
            #expect(starts == starts.sorted() && Set(starts).count == starts.count)
        }
    }

    @Test("a zone that there is none of is refused at its statement")
    func unknown() throws {
        let run = BehaviourRun([TestEvent("u", 0, "a")])
        let error = #expect(throws: EventSQLError.self) { try run.run("LIFECYCLE FROM events ZONE 'Nowhere/Town'") }
        #expect(error?.position != nil && error?.message.contains("Nowhere/Town") == true)
    }
}
