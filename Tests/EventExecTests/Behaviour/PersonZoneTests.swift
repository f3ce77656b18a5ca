import EventBase
import EventColumns
import EventExec
import EventPlan
import EventTestSupport
import Foundation
import Testing

/// Goal: with a zone of each person's own, everybody is counted as in a statement over the people of their zone alone. Method:
/// random streams; the numbers of all zones added up, and funnels by following each person. Refusals by what they say.
struct PersonZoneTests {
    private static let zones = ["America/New_York", "Asia/Tokyo", "Pacific/Kiritimati", "UTC", "-03:30"]
    private static let otherwise = "Asia/Kolkata"

    /// A stream in which some events of each person name a zone, the last of them the person's own.
    private struct Stream {
        var groups: [[TestEvent]]
        var merges: [String: String]
        /// The zone of each person, the one behind ELSE where nothing or nonsense is known.
        var zones: [String: String] = [:]

        init(seed: UInt64) {
            var random = SeededRandom(seed: seed &* 104_729)
            let plain = RandomEvents(seed: seed, instants: 20, stepSeconds: 17_000, withMerges: seed % 3 == 0)
            merges = plain.merges
            groups = plain.groups
            for (person, rows) in plain.persons.sorted(by: { $0.key < $1.key }) {
                let own = (PersonZoneTests.zones + ["Mars/Olympus", ""]).randomElement(using: &random) ?? ""
                let last = rows.map(\.time).max()
                zones[person] = PersonZoneTests.zones.contains(own) ? own : PersonZoneTests.otherwise
                for group in groups.indices {
                    for row in groups[group].indices {
                        let event = groups[group][row]
                        guard let user = event.user, (merges[user] ?? user) == person, !own.isEmpty else { continue }
                        if event.time == last {
                            groups[group][row].properties["tz"] = .string(own)
                        } else if Bool.random(using: &random) {
                            groups[group][row].properties["tz"] = .string("Europe/Paris")
                        }
                    }
                }
            }
            // What is left of a part of the stream must not end before the stream does.
            let end = (groups.joined().map(\.time).max() ?? 0) + 1
            groups.append([TestEvent(nil, end, "z", ["n": .int64(0), "tz": .string("UTC")])])
        }

        /// The people of one zone, and what is nobody's where `holdsNobody`.
        func part(_ zone: String, holdsNobody: Bool) -> BehaviourRun {
            let kept = groups.map { rows in
                rows.filter { row in
                    guard let user = row.user else { return row.name == "z" || holdsNobody }
                    return zones[merges[user] ?? user] == zone
                }
            }
            let ids = Set(kept.joined().compactMap(\.user))
            return BehaviourRun(
                MemorySnapshot(groups: kept, merges: merges.filter { ids.contains($0.key) && ids.contains($0.value) }))
        }
    }

    @Test(
        "numbers are those of the people of each zone, added up",
        arguments: [
            ("RETENTION FROM events START 'a' RETURN ANY EVENT EVERY DAY PERIODS 4", "users"),
            ("RETENTION FROM events START 'a' RETURN 'b' EVERY DAY PERIODS 3 RECURRING ON OR AFTER", "users"),
            ("RETENTION FROM events START 'a' RETURN 'b' EVERY DAY PERIODS 3 CLOCK ROLLING", "users"),
            ("RETENTION FROM events START ANY EVENT RETURN 'b' EVERY WEEK WHERE timestamp > '2023-11-15'", "users"),
            ("STICKINESS FROM events", "users"), ("STICKINESS FROM events OF 'a' EVERY WEEK", "users"),
            ("LIFECYCLE FROM events", "new"), ("LIFECYCLE FROM events", "dormant"),
            ("TRENDS FROM events SERIES n: USERS OF ANY EVENT", "n"),
            ("TRENDS FROM events SERIES n: COUNT OF 'a'", "n"),
            ("TRENDS FROM events SERIES n: USERS OF 'a' OVER 50 HOURS EVERY DAY", "n"),
            ("FUNNEL FROM events STEPS 'a', 'b' WITHIN 1 DAY EVERY DAY", "users"),
            ("FUNNEL FROM events STEPS 'a', 'b' WITHIN 9 HOURS ENTRY EVERY EVERY WEEK", "attempts"),
            ("FUNNEL FROM events STEPS 'a', 'b', 'c' WITHIN 2 DAYS ANY ORDER EVERY MONTH", "users"),
            ("FUNNEL FROM events STEPS 'a' FIRST TIME, 'b' EVERY DAY WHERE timestamp > '2023-11-15'", "users"),
        ])
    func sums(statement: String, column: String) throws {
        let keys = ["cohort", "period", "periods", "step"]
        func numbers(_ run: BehaviourRun, _ zone: String) throws -> [String: Int64] {
            let words = statement.split(separator: " WHERE ")
            let filter = words.count > 1 ? " WHERE \(words[1])" : ""
            let result = try run.run("\(words[0]) ZONE \(zone)\(filter)")
            let places = result.columns.indices.filter { keys.contains(result.columns[$0].name) }
            guard let place = result.columns.firstIndex(where: { $0.name == column }) else { return [:] }
            var found: [String: Int64] = [:]
            for row in result.rows {
                guard case .int64(let number) = row[place], number > 0 else { continue }
                found[places.map { BehaviourRun.text(row[$0]) }.joined(separator: " ")] = number
            }
            return found
        }
        var count = 0
        for seed in UInt64(1)...40 {
            let stream = Stream(seed: seed)
            var expected: [String: Int64] = [:]
            for zone in Self.zones + [Self.otherwise] {
                let isElse = zone == Self.otherwise
                let part = try numbers(stream.part(zone, holdsNobody: isElse), "'\(zone)'")
                // The end of the stream is nobody's, but in every part.
                expected.merge(part) { $0 + $1 }
            }
            let whole = BehaviourRun(MemorySnapshot(groups: stream.groups, merges: stream.merges))
            let found = try numbers(whole, "tz ELSE '\(Self.otherwise)'")
            #expect(found == expected, "seed \(seed): \(statement)")
            if found != expected { return }
            count += found.count
        }
        #expect(count >= 40)
    }

    @Test("a funnel's periods are those of each person's own place")
    func funnels() throws {
        let units: [(String, ReferenceRetention.Unit)] = [("DAY", .day), ("WEEK", .week), ("MONTH", .month)]
        for seed in UInt64(1)...60 {
            var random = SeededRandom(seed: seed &* 7919)
            let stream = Stream(seed: seed)
            let (unit, kind) = units.randomElement(using: &random)!
            let hours = Int64.random(in: 1...40, using: &random)
            let window = hours * CalendarMath.microsPerHour
            let steps = ["a", "b", "c"].map { name -> ReferenceFunnel.Condition in { $0.name == name } }
            let reference = ReferenceFunnel(steps: steps, windowMicros: window)
            let places = Set(stream.zones.values).union([Self.otherwise]).map { Place($0, kind) }
            let persons = ReferencePersons.rows(of: stream.groups, merges: stream.merges)
            let users = reference.users(persons) { person, row in
                Place(stream.zones[person]!, kind).label(row.time)
            }
            let last = stream.groups.joined().map(\.time).max()!
            let expected = users.sorted { $0.key < $1.key }.flatMap { period, numbers in
                let isOver = places.allSatisfy { $0.end(period) + window <= last }
                return numbers.enumerated().map { "\(period) \($0 + 1) \($1) \(isOver)" }
            }
            let run = BehaviourRun(MemorySnapshot(groups: stream.groups, merges: stream.merges))
            let text =
                "FUNNEL FROM events STEPS 'a', 'b', 'c' WITHIN \(hours) HOURS EVERY \(unit) ZONE tz ELSE '\(Self.otherwise)'"
            let found = try run.text(text, columns: ["period", "step", "users", "complete"])
            #expect(found == expected, "seed \(seed): \(text)")
        }
    }

    /// The calendar of one zone.
    private struct Place {
        var reference = ReferenceRetention(start: { _ in true }, returning: { _ in true })

        init(_ zone: String, _ unit: ReferenceRetention.Unit) {
            reference.unit = unit
            reference.zone = zone == "-03:30" ? TimeZone(secondsFromGMT: -12_600) : TimeZone(identifier: zone)
        }

        private func offset(_ time: Int64) -> Int64 {
            let date = Date(timeIntervalSince1970: Double(time / 1_000_000))
            return Int64(reference.zone!.secondsFromGMT(for: date)) * 1_000_000
        }

        /// The first day of the period that an instant lies in.
        func label(_ time: Int64) -> String {
            let start = reference.periodStart(of: time)
            return String(TimestampText.print(micros: start + offset(start)).prefix(10))
        }

        /// The instant at which the period ends that begins on a day.
        func end(_ label: String) -> Int64 {
            let noon = TimestampText.parse(label + " 12:00:00")!
            return reference.nextPeriod(after: reference.periodStart(of: noon - offset(noon)))
        }
    }

    @Test("who has no zone that is known is an error, unless ELSE says where they are")
    func unknown() throws {
        let run = BehaviourRun([
            TestEvent("u1", BehaviourRun.day(0, hour: 22), "a", ["tz": .string("Asia/Tokyo"), "n": .int64(1)]),
            TestEvent("u2", BehaviourRun.day(0, hour: 22), "a", ["n": .int64(1)]),
            TestEvent("u1", BehaviourRun.day(1), "b"), TestEvent("u2", BehaviourRun.day(1), "b"),
        ])
        let text = "RETENTION FROM events START 'a' RETURN 'b' EVERY DAY PERIODS 1 ZONE tz"
        let error = #expect(throws: EventSQLError.self) { try run.run(text) }
        #expect(error?.message.contains("somebody's zone is NULL") == true && error?.hint?.contains("ELSE") == true)
        let funnel = "FUNNEL FROM events STEPS 'a', 'b' WITHIN 1 HOUR EVERY DAY ZONE tz"
        #expect(throws: EventSQLError.self) { try run.run(funnel) }
        // Nobody asks where somebody is who is not counted.
        #expect(
            try run.text(funnel + " WHERE tz IS NOT NULL OR event_name = 'b'", columns: ["period", "users"])
                == ["2024-03-02 1", "2024-03-02 0"])
        let columns = ["cohort", "period", "users", "returned", "complete"]
        #expect(try run.text(text + " WHERE tz IS NOT NULL", columns: columns) == ["2024-03-02 0 1 0 false"])
        // u1 starts and returns on the second of March in Tokyo; u2 starts on the first in Berlin, where it is over.
        #expect(
            try run.text(text + " ELSE 'Europe/Berlin'", columns: columns) == [
                "2024-03-01 0 1 0 true", "2024-03-01 1 1 1 false", "2024-03-02 0 1 1 false",
            ])
    }

    /// Periods stayed open until they were over in every zone that any event names, that of a journey too.
    @Test("where people were before keeps no period open")
    func before() throws {
        let run = BehaviourRun([
            TestEvent("u1", BehaviourRun.day(0, hour: 20), "a", ["tz": .string("America/New_York")]),
            TestEvent("u1", BehaviourRun.day(1, hour: 17), "z", ["tz": .string("Asia/Tokyo")]),
        ])
        let text = "FUNNEL FROM events STEPS 'a', 'b' WITHIN 1 HOUR EVERY DAY ZONE tz ELSE 'Asia/Tokyo'"
        #expect(
            try run.text(text, columns: ["period", "users", "complete"]) == ["2024-03-02 1 true", "2024-03-02 0 true"])
    }

    @Test(
        "a zone of each person is refused where it has no meaning",
        arguments: [
            "RETENTION FROM events START 'a' RETURN 'b' EVERY HOUR ZONE tz", "STICKINESS FROM events BY n ZONE tz",
            "TRENDS FROM events SERIES n: COUNT OF 'a' EVERY DAY ZONE n",
            "LIFECYCLE FROM events ZONE tz ELSE 'Mars/Olympus'",
            "FUNNEL FROM events STEPS 'a', 'b' WITHIN 1 DAY ZONE tz",
            "FUNNEL FROM events STEPS 'a', 'b' WITHIN 1 DAY ZONE 'UTC'",
            "FUNNEL FROM events STEPS 'a', 'b' WITHIN 1 DAY EVERY HOUR ZONE tz",
            "FUNNEL FROM events BY n STEPS 'a', 'b' WITHIN 1 DAY EVERY DAY ZONE tz",
        ])
    func refused(statement: String) throws {
        let run = BehaviourRun([TestEvent("u", 0, "a", ["tz": .string("UTC"), "n": .int64(1)])])
        let error = #expect(throws: EventSQLError.self) { try run.run(statement) }
        #expect(error?.position != nil, "\(statement)")
    }
}
