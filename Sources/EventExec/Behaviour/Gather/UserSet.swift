import EventBase
import EventColumns

/// A set of user ordinals as bits: a look-up is one load, and a million users take an eighth of a megabyte.
struct UserSet: Sendable {
    /// Bit `i & 63` of word `i >> 6`.
    private(set) var words: [UInt64]

    init(userCount: Int) { words = Array(repeating: 0, count: userCount / 64 + 1) }

    mutating func insert(_ user: UInt32) { words[Int(user >> 6)] |= 1 << UInt64(user & 63) }

    var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    func contains(_ user: UInt32) -> Bool { words[Int(user >> 6)] >> UInt64(user & 63) & 1 != 0 }

    /// The users whose person may have a row of any of the names in a time range, from the groups' user bitmaps: everybody who
    /// has one, and perhaps others. nil where the bitmaps cannot tell.
    static func persons(
        with names: [String], in snapshot: any EventSnapshot, timeRange: ClosedRange<Int64>, userMax: UInt32
    ) throws(EventSQLError) -> UserSet? {
        if names.isEmpty || !snapshot.rowGroups.allSatisfy(\.hasUserBitmaps) { return nil }
        let canonical = snapshot.canonicalUsers
        var set = UserSet(userCount: max(Int(userMax), canonical?.count ?? 0))
        var found: [Bitmap] = []
        for group in snapshot.rowGroups {
            let codes = names.compactMap { group.eventNames.code(of: $0) }
            for day in group.days where overlaps(day, timeRange) {
                for code in codes { found.append(try group.users(onDay: day, eventCode: code)) }
            }
        }
        if found.isEmpty { return set }
        for user in Bitmap.union(found).values() { set.insert(canonical.map { $0[Int(user)] } ?? user) }
        guard let canonical else { return set }
        var all = UserSet(userCount: max(Int(userMax), canonical.count))
        for (user, person) in canonical.enumerated() where set.contains(person) { all.insert(UInt32(user)) }
        return all
    }

    private static func overlaps(_ day: Int32, _ timeRange: ClosedRange<Int64>) -> Bool {
        let start = CalendarMath.micros(ofDay: day)
        return start <= timeRange.upperBound && start + CalendarMath.microsPerDay > timeRange.lowerBound
    }
}
