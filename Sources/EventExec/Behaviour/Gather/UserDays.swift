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
        let found = try RangeWorkers.run(count: days.count, context: context) {
            [(place: Int, users: Bitmap)]()
        } body: { (found: inout [(place: Int, users: Bitmap)], place: Int) throws(EventSQLError) in
            found.append((place, try users(of: names, onDay: days[place])))
        }
        var result = days.map { (day: $0, users: Bitmap()) }
        for (place, users) in found.joined() { result[place].users = users }
        return result
    }

    private func users(of names: [String], onDay day: Int32) throws(EventSQLError) -> Bitmap {
        var parts: [Bitmap] = []
        for group in groups where group.days.contains(day) {
            if names.isEmpty { parts.append(try group.users(onDay: day)) }
            for name in names {
                guard let code = group.eventNames.code(of: name) else { continue }
                parts.append(try group.users(onDay: day, eventCode: code))
            }
        }
        return parts.isEmpty ? Bitmap() : Bitmap.union(parts)
    }
}
