internal import EventBase
internal import EventColumns

/// The bitmaps of a segment to be: rows by event name, users by (UTC day, event name) and by UTC day (SPEC 1.6).
struct SegmentIndexes {
    /// A name in more than one row of this many gets no row bitmap: a scan of its codes is as quick.
    static let rowBitmapSparsity = 64
    /// Beyond this many (day, event) pairs a segment keeps no user bitmaps at all.
    static let userBitmapCountMax = 65_536

    struct UserEntry {
        var day: Int
        /// `UInt32.max` for any event.
        var eventCode: UInt32
        var users: Bitmap
    }

    let days: [Int32]
    private let users: [UInt32]
    private let codes: [UInt32]
    /// By row: the index of its day in `days`.
    private let dayIndexes: [UInt32]
    private let nameCount: Int

    init(content: SegmentContent, codes: [UInt32], nameCount: Int) {
        users = content.users
        self.codes = codes
        self.nameCount = nameCount
        let first = CalendarMath.day(ofMicros: content.times.min() ?? 0)
        let last = CalendarMath.day(ofMicros: content.times.max() ?? 0)
        let dayByRow = content.times.map { CalendarMath.day(ofMicros: $0) }
        if Int(last) - Int(first) < 100_000 {
            var indexes = [UInt32](repeating: .max, count: Int(last - first) + 1)
            for day in dayByRow { indexes[Int(day - first)] = 0 }
            days = indexes.indices.filter { indexes[$0] == 0 }.map { first + Int32($0) }
            for (index, day) in days.enumerated() { indexes[Int(day - first)] = UInt32(index) }
            dayIndexes = dayByRow.map { indexes[Int($0 - first)] }
        } else {
            let sorted = Set(dayByRow).sorted()
            let indexes = Dictionary(uniqueKeysWithValues: zip(sorted, UInt32(0)...))
            days = sorted
            dayIndexes = dayByRow.map { indexes[$0] ?? 0 }
        }
    }

    /// By event code; nil where the name is too frequent.
    func rowBitmaps() -> [Bitmap?] {
        var counts = [Int](repeating: 0, count: nameCount + 1)
        for code in codes { counts[Int(code)] += 1 }
        var rows = [[UInt32]](repeating: [], count: nameCount + 1)
        let isKept = counts.map { $0 * Self.rowBitmapSparsity <= codes.count }
        for (row, code) in codes.enumerated() where isKept[Int(code)] { rows[Int(code)].append(UInt32(row)) }
        return (0..<nameCount).map { isKept[$0] ? Bitmap(rows[$0]) : nil }
    }

    /// Ordered by day, then event code; nil beyond the cap. Rows without a user are in none.
    func userBitmaps() -> [UserEntry]? {
        let slotCount = days.count * (nameCount + 2)
        guard slotCount <= Self.userBitmapCountMax else { return nil }
        let stride = nameCount + 2  // names, no name, any event
        var lists = [[UInt32]](repeating: [], count: slotCount)
        for row in users.indices where users[row] != 0 {
            let user = users[row]
            let start = Int(dayIndexes[row]) * stride
            Self.append(user, to: &lists[start + Int(codes[row])])
            Self.append(user, to: &lists[start + stride - 1])
        }
        var entries: [UserEntry] = []
        for (slot, list) in lists.enumerated() where !list.isEmpty && slot % stride != nameCount {
            let code = slot % stride == stride - 1 ? UInt32.max : UInt32(slot % stride)
            entries.append(UserEntry(day: slot / stride, eventCode: code, users: Bitmap(list)))
        }
        return entries
    }

    /// Rows are sorted by user, so a repeat is next to its twin.
    private static func append(_ user: UInt32, to list: inout [UInt32]) {
        if list.last != user { list.append(user) }
    }
}
