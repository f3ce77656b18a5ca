internal import EventBase
internal import EventColumns

/// Rows whose event id may have been seen before, and which of them really were: every id that is stored is shown to it.
///
/// - Complexity: O(1) for each id shown; a look at the bytes only where hashes agree.
struct DuplicateSearch {
    private let ids: EventIDRows
    /// Places in `ids.rows`, ascending.
    private let candidates: [Int]
    /// Candidate + 1 by hash, open addressing; a candidate of the same slot follows in `next`.
    private var slots: [UInt32]
    private var next: [UInt32]
    private(set) var isDuplicate: [Bool]

    init(_ ids: EventIDRows, candidates: [Int]) {
        self.ids = ids
        self.candidates = candidates
        var slotCount = 64
        while slotCount < candidates.count * 8 { slotCount *= 2 }
        slots = Array(repeating: 0, count: slotCount)
        next = Array(repeating: 0, count: candidates.count)
        isDuplicate = Array(repeating: false, count: candidates.count)
        for (number, place) in candidates.enumerated() {
            let slot = Int(truncatingIfNeeded: ids.rows[place].hash) & (slotCount - 1)
            next[number] = slots[slot]
            slots[slot] = UInt32(number + 1)
        }
    }

    /// Places in `ids.rows` that were found, ascending.
    var found: [Int] { candidates.indices.filter { isDuplicate[$0] }.map { candidates[$0] } }

    /// Months in which something is searched.
    var months: Set<Int32> { Set(candidates.map { ids.rows[$0].month }) }

    /// Those of the candidates that are UUIDs.
    var uuids: UUIDWords {
        UUIDWords(candidates.compactMap { ids.uuid(of: ids.rows[$0]) })
    }

    /// Shows an id that is stored in a month.
    mutating func see(_ id: RawSpan, hash: UInt64, month: Int32) {
        if slots[Int(truncatingIfNeeded: hash) & (slots.count - 1)] == 0 { return }
        let ids = ids
        mark(hash, month, after: -1) { ids.isID(of: $0, id) }
    }

    /// Shows the new rows to each other: the first of several with one id is none of them.
    mutating func seeNewRows() {
        let ids = ids
        for (place, row) in ids.rows.enumerated() {
            if slots[Int(truncatingIfNeeded: row.hash) & (slots.count - 1)] == 0 { continue }
            mark(row.hash, row.month, after: place) { ids.isSame(row, $0) }
        }
    }

    /// Marks the candidates behind a place that have an id of this hash.
    private mutating func mark(_ hash: UInt64, _ month: Int32, after place: Int, _ isID: (EventIDRows.Row) -> Bool) {
        var number = Int(slots[Int(truncatingIfNeeded: hash) & (slots.count - 1)])
        while number != 0 {
            let candidate = candidates[number - 1]
            let row = ids.rows[candidate]
            if candidate > place, row.hash == hash, row.month == month, isID(row) {
                isDuplicate[number - 1] = true
            }
            number = Int(next[number - 1])
        }
    }
}
