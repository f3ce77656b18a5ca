internal import Glibc

/// How much to make, and from which seed.
public struct WorkloadPlan: Sendable {
    public var eventCount: Int
    public var userCount: Int
    public var dayCount: Int
    public var seed: UInt64
    /// Midnight UTC of the first day, milliseconds since 1970: 2024-03-01 unless set.
    public var startMillis: Int64 = 1_709_251_200_000

    public init(eventCount: Int, userCount: Int, dayCount: Int, seed: UInt64) {
        precondition(eventCount >= 0 && userCount > 0 && userCount <= 1 << 30 && dayCount > 0 && dayCount <= 3650)
        self.eventCount = eventCount
        self.userCount = userCount
        self.dayCount = dayCount
        self.seed = seed
    }
}

/// One event as numbers; an `EventEncoder` turns it into text.
public struct WorkloadEvent: Sendable {
    /// Milliseconds since 1970 UTC.
    public var timeMillis: Int64
    public var user: Int
    /// Indexes into the lists of `WorkloadShape`.
    public var name: Int
    public var country: Int
    public var platform: Int
    public var url: Int
    /// Hundredths of a second.
    public var durationHundredths: Int64
    /// Hundredths of a unit of money; only a payment has one.
    public var amountHundredths: Int64?
    /// 128 random bits.
    public var idHigh: UInt64
    public var idLow: UInt64
    /// 48 bits that change per user and half hour.
    public var session: UInt64
    /// A hash of the user alone, for what stays the same for a person.
    public var userHash: UInt64
}

/// Makes the events of a plan one after the other, nearly in time order, and always the same ones.
///
/// Users belong to a cohort by the day they came. For every hour the weights of the cohorts follow from their sizes and
/// ages, so a cohort and then a user of it are two draws in constant time, and the events of an hour need not be sorted.
/// Memory is about 16 bytes a user whatever the number of events.
public struct WorkloadGenerator: Sendable {
    public let plan: WorkloadPlan
    private var random: WorkloadRandom
    private let names = AliasTable(weights: WorkloadShape.events.map(\.weight))
    private let urls: AliasTable
    private let durations: LogNormalTable
    private let amounts: LogNormalTable
    private let paymentName: Int
    private let countries: AliasTable
    private let platforms = AliasTable(weights: WorkloadShape.platforms.map(\.weight))
    private let cohorts: WorkloadCohorts
    /// Where the hour under way ends among all events, and its cohorts.
    private var hour = -1
    private var hourStart = 0
    private var hourEnd = 0
    private var hourCohorts = AliasTable(weights: [1])
    private var produced = 0

    public init(plan: WorkloadPlan) {
        self.plan = plan
        random = WorkloadRandom(seed: plan.seed)
        urls = AliasTable(
            weights: (1...WorkloadShape.urlCount).map { pow(Double($0), -WorkloadShape.urlExponent) })
        durations = LogNormalTable(mean: WorkloadShape.duration.mean, deviation: WorkloadShape.duration.deviation)
        amounts = LogNormalTable(mean: WorkloadShape.amount.mean, deviation: WorkloadShape.amount.deviation)
        countries = AliasTable(weights: (1...WorkloadShape.countries.count).map { 1 / Double($0) })
        paymentName = WorkloadShape.events.firstIndex { $0.name == WorkloadShape.paymentName } ?? -1
        cohorts = WorkloadCohorts(plan: plan)
    }

    /// The next event, or nil after the last.
    public mutating func next() -> WorkloadEvent? {
        if produced == plan.eventCount { return nil }
        while produced >= hourEnd { beginHour() }
        let time = drawTime()
        let user = cohorts.user(of: hourCohorts.draw(random.next()), random.next())
        let userHash = WorkloadRandom.mix(UInt64(user) ^ (plan.seed &* 0x2545_f491_4f6c_dd1d))
        let name = names.draw(random.next())
        let session = WorkloadRandom.mix(userHash ^ UInt64(bitPattern: time / WorkloadShape.sessionMillis))
        let event = WorkloadEvent(
            timeMillis: time, user: user, name: name, country: countries.draw(userHash),
            platform: platforms.draw(userHash &* 0x9e37_79b9_7f4a_7c15), url: urls.draw(random.next()),
            durationHundredths: durations.draw(random.next()),
            amountHundredths: name == paymentName ? amounts.draw(random.next()) : nil,
            idHigh: random.next(), idLow: random.next(), session: session & 0xffff_ffff_ffff, userHash: userHash)
        produced += 1
        return event
    }

    private mutating func beginHour() {
        hour += 1
        hourStart = hourEnd
        let isLast = hour == plan.dayCount * 24 - 1
        hourEnd = isLast ? plan.eventCount : Int((Double(plan.eventCount) * cohorts.share(through: hour)).rounded())
        if hourEnd > hourStart { hourCohorts = AliasTable(weights: cohorts.weights(hour: hour)) }
    }

    /// Evenly spread over the hour with a jitter of one place, so that time goes forward; a few come late.
    private mutating func drawTime() -> Int64 {
        let hourMillis: UInt64 = 3_600_000
        let place = UInt64(produced - hourStart)
        let word = random.next()
        let jitter = (word >> 48) &* hourMillis >> 16
        var offset = (place &* hourMillis &+ jitter) / UInt64(hourEnd - hourStart)
        offset = min(offset, hourMillis - 1)
        var time = plan.startMillis + Int64(hour) * Int64(hourMillis) + Int64(offset)
        if word % WorkloadShape.latenessOneIn == 0 {
            time -= Int64(((word >> 8) & 0xffff_ffff) &* WorkloadShape.latenessMillisMax >> 32)
        }
        return max(time, plan.startMillis)
    }
}
