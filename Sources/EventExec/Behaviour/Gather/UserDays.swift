import EventBase
import EventColumns

/// Users by UTC day, across all row groups, from the groups' bitmaps.
struct UserDays: Sendable {
    private let groups: [any RowGroup]
    /// Days with any row, ascending.
    let days: [Int32]

    init(_ snapshot: any EventSnapshot) {
        groups = snapshot.rowGroups
        days = Set(groups.flatMap(\.days)).sorted()
    }

    /// For every day, the users with an event of any of `names`; of any event at all when `names` is empty.
    func users(
        of names: [String], _ context: QueryContext
    ) throws(EventSQLError) -> [(day: Int32, users: Bitmap)] {
        var parts: [Int32: [Bitmap]] = [:]
        for group in groups {
            try context.check()
            let codes = names.compactMap { group.eventNames.code(of: $0) }
            if codes.isEmpty && !names.isEmpty { continue }
            for day in group.days {
                if names.isEmpty { parts[day, default: []].append(try group.users(onDay: day)) }
                for code in codes { parts[day, default: []].append(try group.users(onDay: day, eventCode: code)) }
            }
        }
        return days.map { day in (day, parts[day].map { Bitmap.union($0) } ?? Bitmap()) }
    }
}
