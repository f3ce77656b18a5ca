import EventBase
package import EventPlan
package import EventSyntax

/// A funnel ready to run: conditions and values are things to call, defaults are filled in (SPEC 3.2).
package struct FunnelTask: Sendable {
    package struct Step: Sendable {
        package var name: String
        package var condition: GatherRequest.Condition
        package var isOptional = false
        package var isAnchored = false
        package var occurrence = FunnelStatement.Step.Occurrence.any
        package var gapMicros: Int64?

        package init(name: String, condition: GatherRequest.Condition, isOptional: Bool = false) {
            self.name = name
            self.condition = condition
            self.isOptional = isOptional
        }
    }

    package struct Exclusion: Sendable {
        package var condition: GatherRequest.Condition
        /// Indexes into `steps`, both required.
        package var after: Int
        package var before: Int
        package var dropsPerson: Bool

        package init(condition: GatherRequest.Condition, after: Int, before: Int, dropsPerson: Bool = false) {
            self.condition = condition
            self.after = after
            self.before = before
            self.dropsPerson = dropsPerson
        }
    }

    package typealias Counting = FunnelPlan.Counting

    package enum Sessions: Sendable {
        case key(any RowValues)
        case gap(Int64)
    }

    package typealias Attribution = FunnelPlan.Attribution

    package struct Breakdown: Sendable {
        package var values: any RowValues
        package var attribution: Attribution
        package var top: Int?

        package init(values: any RowValues, attribution: Attribution = .entry, top: Int? = nil) {
            self.values = values
            self.attribution = attribution
            self.top = top
        }
    }

    package var steps: [Step]
    package var windowMicros: Int64
    package var order = FunnelStatement.Order.ordered
    package var ties = FunnelStatement.Ties.any
    /// Rows in one slot of this length, cut from 1970, are at one instant.
    package var tieMicros: Int64?
    /// The only row of step 1 that opens an attempt; nil: every one does.
    package var entersAt: FunnelPlan.OnlyEntry?
    package var exclusions: [Exclusion] = []
    package var hold: [any RowValues] = []
    package var breakdown: Breakdown?
    package var every: CalendarUnit?
    package var calendar = PeriodCalendar()
    /// Where each person has a calendar of their own.
    var calendars: PersonCalendars?
    package var counting = Counting.persons
    package var sessions: Sessions?
    /// Counted instead of persons.
    package var key: (any RowValues)?
    /// The normal quantile of the intervals' confidence.
    package var z = WilsonInterval.z95
    package var comparesBreakdown = false
    /// Whether people or conversions are listed, not counted.
    var isList = false
    /// Whether anybody asks how long steps took.
    package var keepsTimes = true
    package var filter: (any RowPredicate)?
    package var timeRange: ClosedRange<Int64> = Int64.min...Int64.max

    package init(steps: [Step], windowMicros: Int64) {
        self.steps = steps
        self.windowMicros = windowMicros
    }

    /// The periods of entry rows, as labels show them.
    var buckets: CalendarBuckets? { every.map { CalendarBuckets(unit: $0, calendar: calendar) } }

    /// The periods of a person's entry rows.
    func buckets(of person: UInt32) throws(EventSQLError) -> CalendarBuckets? {
        guard let calendars else { return buckets }
        return try calendars.buckets(of: person)
    }

    /// Whether whoever entered last in the period, wherever that is, had had the whole window at an instant (S22).
    func isOver(_ period: Int, at instant: Int64) -> Bool {
        guard let zones = calendars?.all ?? buckets.map({ [$0] }) else { return true }
        let end = zones.lastStart(period + 1).addingReportingOverflow(windowMicros)
        return !end.overflow && end.partialValue <= instant
    }

    /// Moves times to the beginnings of their slots, where ties are told by slots; none out of the time range.
    func coarsen(_ rows: inout SelectedRows) {
        guard let slot = tieMicros else { return }
        for row in rows.times.indices {
            let time = rows.times[row]
            let rest = time % slot
            let start = time &- (rest < 0 ? rest + slot : rest)
            rows.times[row] = time >= timeRange.lowerBound ? max(start, timeRange.lowerBound) : start
        }
    }

    /// Indexes into `steps`: required ones first, as their bits lie in a mask.
    var bitOrder: [Int] {
        steps.indices.filter { !steps[$0].isOptional } + steps.indices.filter { steps[$0].isOptional }
    }
    var requiredCount: Int { steps.count { !$0.isOptional } }

    var request: GatherRequest {
        var request = GatherRequest(
            conditions: bitOrder.map { steps[$0].condition } + exclusions.map(\.condition) + firstEverConditions)
        request.filter = filter
        // "First" looks at all history (S24); the counter leaves out the rest.
        request.timeRange = hasFirstSteps ? Int64.min...Int64.max : timeRange
        request.includesStrangers = order == .strict
        request.includesAddresses = key != nil || readsEntryValues
        // Who never took step 1 has no attempt.
        if order != .any, key == nil { request.neededCondition = 0 }
        request.hold = hold
        switch sessions {
        case .key(let values): request.hold.append(values)
        case .gap: request.includesStrangers = true
        case nil: break
        }
        request.group = readsEntryValues ? nil : breakdown?.values
        switch breakdown?.attribution {
        case .entry where order != .any: request.groupBits = 1
        case .step(let index): request.groupBits = 1 << UInt64(bitOrder.firstIndex(of: index) ?? 0)
        default: request.groupBits = steps.count == 64 ? .max : (1 << UInt64(steps.count)) - 1
        }
        return request
    }

    /// Whether a person is one attempt of all its rows, which can be folded where they lie.
    var isWhole: Bool {
        hasOnePart && every == nil && entersAt == nil && counting == .persons && !steps.contains(where: \.isOptional)
    }

    /// Whether a breakdown needs the value of nothing but the entry of the attempt that is counted: it is read then for
    /// that row alone, after folding.
    var readsEntryValues: Bool { isWhole && !isList && breakdown?.attribution == .entry }

    var hasFirstSteps: Bool { steps.contains { $0.occurrence != .any } }

    /// Steps that are FIRST EVER, as indexes into `steps`.
    private var firstEverSteps: [Int] { steps.indices.filter { steps[$0].occurrence == .firstEver } }

    /// The events of FIRST EVER steps whatever their predicates say; their bits follow those of the exclusions.
    private var firstEverConditions: [GatherRequest.Condition] {
        firstEverSteps.map { GatherRequest.Condition(names: steps[$0].condition.names) }
    }

    /// Steps of which only a person's first row counts: the step's bit, and the bit of the rows among which it is first.
    var firstSteps: [(step: UInt64, among: UInt64)] {
        var found: [(step: UInt64, among: UInt64)] = []
        for (place, index) in bitOrder.enumerated() where steps[index].occurrence != .any {
            let bit: UInt64 = 1 << UInt64(place)
            let ever = firstEverSteps.firstIndex(of: index)
            found.append((bit, ever.map { 1 << UInt64(steps.count + exclusions.count + $0) } ?? bit))
        }
        return found
    }

    var rules: FunnelRules {
        var rules = FunnelRules(stepCount: requiredCount, windowMicros: windowMicros)
        rules.order =
            switch order {
            case .ordered: .ordered
            // Strangers are left out of the gather for the second.
            case .strict, .strictAmongSteps: .strict
            case .any: .any
            }
        rules.tiesAreStrict = ties == .strict
        let required = bitOrder.prefix(requiredCount)
        if required.contains(where: { steps[$0].gapMicros != nil }) {
            rules.gaps = required.map { min(steps[$0].gapMicros ?? .max, FunnelRules.windowMicrosMax) }
        }
        for (place, index) in required.enumerated() where steps[index].isAnchored {
            rules.anchored |= 1 << UInt64(place)
        }
        rules.stepsAreDisjoint = Self.areDisjoint(steps.filter { !$0.isOptional }.map(\.condition))
        for (index, step) in steps.enumerated() where step.isOptional {
            let bit: UInt64 = 1 << UInt64(bitOrder.firstIndex(of: index) ?? 0)
            rules.optionals.append(.init(bit: bit, after: steps[..<index].count { !$0.isOptional }))
        }
        rules.exclusions = exclusions.enumerated().map { index, exclusion in
            FunnelRules.Exclusion(
                bit: 1 << UInt64(steps.count + index), after: bitOrder.firstIndex(of: exclusion.after) ?? 0,
                before: bitOrder.firstIndex(of: exclusion.before) ?? 0, dropsPerson: exclusion.dropsPerson)
        }
        return rules
    }

    /// Whether no row can meet two of the conditions: each has names, and no name twice.
    private static func areDisjoint(_ conditions: [GatherRequest.Condition]) -> Bool {
        var seen: Set<String> = []
        for condition in conditions {
            if condition.names.isEmpty { return false }
            for name in Set(condition.names) where !seen.insert(name).inserted { return false }
        }
        return true
    }
}
