internal import EventBase
internal import EventColumns

extension SegmentWriter {
    /// A name that more than one row in this many has gets no row bitmap: a scan of its codes is as quick.
    static let rowsPerRowBitmapMin = 64
    /// Event codes in the index of user bitmaps that mean "any event".
    static let anyEventCode = UInt32.max
    /// Days times names beyond which no user bitmaps are kept: the table that collects them stays small.
    static let userBitmapSlotCountMax = 1 << 20
    /// Bitmaps beyond which none are kept.
    static let userBitmapCountMax = 1 << 16

    /// Bitmaps of the rows of each rare event name, then their index.
    mutating func addRowBitmaps(_ codes: [UInt32], nameCount: Int) {
        var counts = [Int](repeating: 0, count: nameCount)
        for code in codes where code != EventBuffer.noCode { counts[Int(code)] += 1 }
        let isKept = counts.map { $0 * Self.rowsPerRowBitmapMin <= codes.count }
        var rows = [[UInt32]](repeating: [], count: nameCount)
        for (row, code) in codes.enumerated() where code != EventBuffer.noCode && isKept[Int(code)] {
            rows[Int(code)].append(UInt32(row))
        }
        var index = ByteWriter()
        for code in 0..<nameCount {
            let place = isKept[code] ? append(Bitmap(rows[code]).portableBytes(), alignedTo: 8) : ByteRef()
            place.write(to: &index)
        }
        summary.rowBitmaps = append(index.bytes)
    }

    /// The days, and bitmaps of the users per day and per (day, event name), then their index.
    mutating func addUserBitmaps(_ content: SegmentContent, _ codes: [UInt32], nameCount: Int) {
        let first = Int(CalendarMath.day(ofMicros: summary.times.lowerBound))
        let last = Int(CalendarMath.day(ofMicros: summary.times.upperBound))
        let width = nameCount + 1
        guard (last - first + 1) * width <= Self.userBitmapSlotCountMax else {
            summary.days = Set(content.times.map { CalendarMath.day(ofMicros: $0) }).sorted()
            return
        }
        var users = [[UInt32]](repeating: [], count: (last - first + 1) * width)
        var isSeen = [Bool](repeating: false, count: last - first + 1)
        for row in 0..<content.rowCount {
            let day = Int(CalendarMath.day(ofMicros: content.times[row])) - first
            isSeen[day] = true
            let user = content.users[row]
            if user == 0 { continue }
            Self.add(user, to: &users[day * width + nameCount])
            if codes[row] != EventBuffer.noCode { Self.add(user, to: &users[day * width + Int(codes[row])]) }
        }
        summary.days = isSeen.indices.filter { isSeen[$0] }.map { Int32(first + $0) }
        guard users.count(where: { !$0.isEmpty }) <= Self.userBitmapCountMax else { return }
        var index = ByteWriter()
        for (slot, members) in users.enumerated() where !members.isEmpty {
            let place = append(Bitmap(members).portableBytes(), alignedTo: 8)
            index.write(Int32(first + slot / width))
            index.write(slot % width == nameCount ? Self.anyEventCode : UInt32(slot % width))
            place.write(to: &index)
        }
        summary.userBitmaps = append(index.bytes)
    }

    /// Users ascend from row to row, so a user is new exactly when it is not the last.
    private static func add(_ user: UInt32, to members: inout [UInt32]) {
        if members.last != user { members.append(user) }
    }
}
