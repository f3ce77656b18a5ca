import EventBase
import EventColumns
import EventIO
import EventPlan
import EventSyntax

/// How each person's periods are cut: in the statement's zone, or in the person's own (SPEC 3.1).
struct PersonCalendars: Sendable {
    /// Of labels, and of people without a zone of their own.
    let common: CalendarBuckets
    /// `common`, and one for each zone that people have.
    let all: [CalendarBuckets]
    /// Places in `all` by person, `none` where nothing is known; nil: everybody has `common`.
    private let places: [UInt16]?
    private let hasElse: Bool

    private static let none = UInt16.max

    /// - Errors: those of reading; an unknown zone is one once somebody is counted who has it.
    init(
        _ unit: CalendarUnit, _ calendar: PeriodCalendar, _ readers: RowReaders, _ context: QueryContext
    ) throws(EventSQLError) {
        common = CalendarBuckets(unit: unit, calendar: calendar)
        hasElse = calendar.personal?.hasElse ?? true
        guard let personal = calendar.personal else {
            (all, places) = ([common], nil)
            return
        }
        let (values, named) = try Self.zones(personal.expression, readers, context)
        var found: [CalendarBuckets] = [common]
        // Zones of several names are told apart, which costs nothing but places. Where people were before is nobody's zone.
        var placeOfValue = [UInt16](repeating: Self.none, count: values.count)
        for value in Set(named.map(\.value)).sorted() {
            guard case .string(let name) = values[Int(value)], found.count < Int(Self.none),
                let zone = Self.zone(named: name)
            else { continue }
            var own = calendar
            own.zone = zone.isUTC ? nil : zone.zone
            placeOfValue[Int(value)] = UInt16(found.count)
            found.append(CalendarBuckets(unit: unit, calendar: own))
        }
        var places = [UInt16](repeating: Self.none, count: Int((named.map(\.person).max() ?? 0) + 1))
        for (person, value) in named { places[Int(person)] = placeOfValue[Int(value)] }
        self.places = places
        all = found
    }

    private static func zone(named name: String) -> (isUTC: Bool, zone: NamedZone?)? {
        if NamedZone.isUTC(name) { return (true, nil) }
        guard let rules = try? TimeZones.rules(named: name) else { return nil }
        return (false, NamedZone(name: name, rules: rules))
    }

    /// The last value that any event of each person has, whatever the statement looks at.
    private static func zones(
        _ expression: BoundExpression, _ readers: RowReaders, _ context: QueryContext
    ) throws(EventSQLError) -> (values: [Value], named: [(person: UInt32, value: UInt32)]) {
        struct Worker: Sendable {
            var choice: PersonValue
            var named: [(person: UInt32, value: UInt32)] = []
            var persons = PersonRows()
            var scratch = PersonGather.Scratch()
        }
        var request = GatherRequest(conditions: [GatherRequest.Condition(names: [])])
        request.filter = try readers.predicate(.isNull(expression, negated: true))
        request.group = try readers.values(expression)
        let gather = try readers.source(request, by: nil, context)
        guard let names = gather.keys?.groups else { preconditionFailure("BUG: zones are keys of their rows") }
        let workers = try RangeWorkers.run(count: gather.rangeCount, context: context) {
            Worker(choice: PersonValue(names))
        } body: { (worker: inout Worker, index: Int) throws(EventSQLError) in
            try gather.read(index, into: &worker.persons, scratch: &worker.scratch)
            let persons = worker.persons
            for (position, person) in persons.persons.enumerated() {
                let range = persons.starts[position]..<persons.starts[position + 1]
                let value = worker.choice.value(persons.rows, range, .last)
                if value != RowKey.none { worker.named.append((person, value)) }
            }
        }
        return (names.values, workers.flatMap(\.named))
    }

    /// - Errors: `.invalidInput` for somebody whose zone is not known, where the statement does not say what holds then.
    func buckets(of person: UInt32) throws(EventSQLError) -> CalendarBuckets {
        guard let places else { return common }
        let place = Int(person) < places.count ? places[Int(person)] : Self.none
        if place != Self.none { return all[Int(place)] }
        // Events of nobody are in nobody's zone.
        if hasElse || person == 0 { return common }
        throw EventSQLError(
            .invalidInput, "ZONE: somebody's zone is NULL in all their events, or no zone that is known",
            hint: "write ELSE 'UTC' behind it, or leave such people out with WHERE")
    }
}

extension [CalendarBuckets] {
    /// The first instant of a period where it begins first.
    func firstStart(_ period: Int) -> Int64 { reduce(.max) { Swift.min($0, $1.startMicros(period)) } }

    /// The first instant of a period where it begins last.
    func lastStart(_ period: Int) -> Int64 { reduce(.min) { Swift.max($0, $1.startMicros(period)) } }

    /// The periods that the instants of a range lie in, of everybody.
    func periods(from first: Int64, to last: Int64) -> ClosedRange<Int> {
        let lows = map { $0.bucket(ofMicros: first) }
        let highs = map { $0.bucket(ofMicros: last) }
        return (lows.min() ?? 0)...(highs.max() ?? 0)
    }
}
