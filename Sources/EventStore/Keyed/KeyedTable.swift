internal import EventBase
internal import EventColumns
internal import EventFormat

/// Rows of one segment, or of the memtable, whose keys have gone or have newer rows. A row dies once.
struct DeadRows: Sendable {
    private var merged = Bitmap()
    private var added: [UInt32] = []
    private(set) var count = 0
    /// How many of them the manifest's bitmap holds.
    var persistedCount = 0

    init() {}

    /// The rows that the manifest's bitmap hides.
    init(persisted: Bitmap) {
        merged = persisted
        count = persisted.count
        persistedCount = count
    }

    mutating func insert(_ row: UInt32) {
        added.append(row)
        count += 1
    }

    /// All of them.
    mutating func bitmap() -> Bitmap {
        if added.isEmpty { return merged }
        added.sort()
        merged = merged.union(Bitmap(added))
        added = []
        return merged
    }
}

/// What changes of one keyed table: rows that no segment has yet, and which rows are dead.
struct KeyedTable: Sendable {
    /// Rows in the WAL, in order of arrival, dead ones among them.
    var memtable = Memtable()
    var deadInMemory = DeadRows()
    /// By file name; a segment without dead rows is absent.
    var deadInSegments: [String: DeadRows] = [:]
    /// nil until a write needs it.
    var index: KeyIndex?

    var liveMemtableRowCount: Int { memtable.rowCount - deadInMemory.count }

    /// Gives each row's key its new place in the memtable; older rows of these keys die.
    /// Without an index, rows are numbered and none can be older.
    mutating func append(_ buffer: EventBuffer, keys: EncodedKeys) {
        let first = UInt32(memtable.rowCount)
        memtable.append(buffer, ordinals: [UInt32](repeating: 0, count: buffer.rowCount))
        guard var index else { return }
        self.index = nil
        for row in 0..<keys.count {
            let place = KeyPlace(unit: 0, row: first + UInt32(row))
            if let old = index.set(keys.bytes(at: row), to: place) { kill(old, index) }
        }
        self.index = index
    }

    /// Rows of these keys die; keys that have none are passed over.
    mutating func delete(_ keys: EncodedKeys) {
        guard var index else { preconditionFailure("BUG: rows are deleted by an index") }
        self.index = nil
        for row in 0..<keys.count {
            if let old = index.remove(keys.bytes(at: row)) { kill(old, index) }
        }
        self.index = index
    }

    private mutating func kill(_ place: KeyPlace, _ index: KeyIndex) {
        if let name = index.fileName(ofUnit: place.unit) {
            deadInSegments[name, default: DeadRows()].insert(place.row)
        } else {
            deadInMemory.insert(place.row)
        }
    }

    /// The rows in memory as row groups, each with its first row's number and its dead rows.
    mutating func memoryGroups() throws(EventSQLError) -> [(reader: any RowGroup, first: Int, dead: Bitmap?)] {
        var groups: [(reader: any RowGroup, first: Int, dead: Bitmap?)] = []
        let dead = deadInMemory.bitmap()
        var first = 0
        for reader in try memtable.rowGroups() {
            let range = UInt32(first)..<UInt32(first + reader.rowCount)
            let own = dead.isEmpty ? [] : dead.values(in: range).map { $0 - range.lowerBound }
            groups.append((reader, first, own.isEmpty ? nil : Bitmap(own)))
            first += reader.rowCount
        }
        return groups
    }
}

/// Rows on their way into new segments: those that live when the move begins keep their order.
struct KeyedMove {
    struct Source {
        /// nil: the memtable's first rows.
        var fileName: String?
        var rowCount: Int
        /// Rows that are left behind.
        var dead: Bitmap
    }

    var sources: [Source]
    /// In the order of the rows.
    var targets: [SegmentRecord]
}

extension KeyedTable {
    /// Follows a move that has been committed. Rows that died meanwhile are dead where they are now.
    mutating func apply(_ move: KeyedMove) {
        var index = self.index
        self.index = nil
        let units = move.targets.map { index?.unit(of: $0.fileName) ?? 0 }
        var ends: [Int] = []
        for target in move.targets { ends.append((ends.last ?? 0) + target.rowCount) }
        var maps: [(map: RowMap, base: Int)] = []
        var base = 0
        for source in move.sources {
            let map = RowMap(rowCount: source.rowCount, hiddenRows: source.dead)
            maps.append((map, base))
            base += map.keptCount
        }
        /// The target and the row in it, nil for a row that was left behind.
        func place(_ source: Int, _ row: UInt32) -> (target: Int, row: UInt32)? {
            guard let kept = maps[source].map.place(0, Int(row)) else { return nil }
            let number = maps[source].base + Int(kept)
            guard let target = ends.firstIndex(where: { number < $0 }) else { return nil }
            return (target, UInt32(number - (target == 0 ? 0 : ends[target - 1])))
        }
        for (number, source) in move.sources.enumerated() {
            for row in takeDead(source) where !source.dead.contains(row) {
                guard let new = place(number, row) else { continue }
                deadInSegments[move.targets[new.target].fileName, default: DeadRows()].insert(new.row)
            }
        }
        let sourceUnits = move.sources.map { source in source.fileName.map { index?.unit(of: $0) ?? 0 } ?? 0 }
        let memoryRowCount = UInt32(move.sources.first { $0.fileName == nil }?.rowCount ?? 0)
        index?.move { old in
            guard let source = sourceUnits.firstIndex(of: old.unit) else { return old }
            if old.unit == 0, old.row >= memoryRowCount { return KeyPlace(unit: 0, row: old.row - memoryRowCount) }
            guard let new = place(source, old.row) else { preconditionFailure("BUG: a live row was left behind") }
            return KeyPlace(unit: units[new.target], row: new.row)
        }
        self.index = index?.isMostlyGone == true ? nil : index
    }

    /// The dead rows of a source, which the table forgets; the memtable's later rows are numbered anew.
    private mutating func takeDead(_ source: KeyedMove.Source) -> [UInt32] {
        if let name = source.fileName {
            guard var dead = deadInSegments.removeValue(forKey: name) else { return [] }
            return dead.bitmap().values()
        }
        let all = deadInMemory.bitmap().values()
        deadInMemory = DeadRows()
        for row in all where Int(row) >= source.rowCount { deadInMemory.insert(row - UInt32(source.rowCount)) }
        return all.filter { Int($0) < source.rowCount }
    }
}
