internal import Glibc

/// The users by the day they came, and how much each day's newcomers do in every hour after.
struct WorkloadCohorts: Sendable {
    private let dayCount: Int
    /// Users of each cohort, one after the other; cohort 0 are those who were there before.
    private var members: [UInt32] = []
    private var starts: [Int] = [0]
    private var tables: [AliasTable] = []
    /// Sum of the activities of a cohort.
    private var masses: [Double] = []
    /// Shares of all events up to and with each hour.
    private var throughHour: [Double] = []

    init(plan: WorkloadPlan) {
        dayCount = plan.dayCount
        var byCohort = [[UInt32]](repeating: [], count: plan.dayCount + 1)
        var random = WorkloadRandom(seed: WorkloadRandom.mix(plan.seed ^ 0x636f_686f_7274))
        var activities: [Double] = []
        activities.reserveCapacity(plan.userCount)
        for user in 0..<plan.userCount {
            let isSettled = random.unit() < WorkloadShape.settledShare
            let day = Int(random.unit() * Double(plan.dayCount))
            byCohort[isSettled ? 0 : day + 1].append(UInt32(user))
            let tail = pow(1 - random.unit(), -1 / WorkloadShape.activityExponent) - 1
            activities.append(WorkloadShape.activityFloor + tail)
        }
        for cohort in byCohort {
            let weights = cohort.map { activities[Int($0)] }
            members.append(contentsOf: cohort)
            starts.append(members.count)
            masses.append(weights.reduce(0, +))
            tables.append(AliasTable(weights: weights.isEmpty ? [1] : weights))
        }
        var sum = 0.0
        for hour in 0..<plan.dayCount * 24 {
            sum += weights(hour: hour).reduce(0, +)
            throughHour.append(sum)
        }
        throughHour = throughHour.map { $0 / sum }
    }

    func share(through hour: Int) -> Double { throughHour[hour] }

    /// A user of the cohort, by activity.
    @inline(__always)
    func user(of cohort: Int, _ word: UInt64) -> Int {
        Int(members[starts[cohort] + tables[cohort].draw(word)])
    }

    /// How much each cohort does in an hour: the settled ones evenly, newcomers ever less with age.
    func weights(hour: Int) -> [Double] {
        let daily = WorkloadShape.hourWeights[hour % 24]
        let whole = Double(dayCount * 24)
        var result = [masses[0] * daily / whole]
        result.reserveCapacity(dayCount + 1)
        for day in 0..<dayCount {
            let age = hour - day * 24
            if age < 0 {
                result.append(0)
                continue
            }
            let from = pow(Double(age) / whole, WorkloadShape.decay)
            let to = pow(Double(age + 1) / whole, WorkloadShape.decay)
            result.append(masses[day + 1] * daily * (to - from))
        }
        return result
    }
}
