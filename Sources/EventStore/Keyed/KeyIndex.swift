internal import EventBase
internal import EventColumns

/// Where the row of a key lies: a row of the memtable (unit 0), or of the segment that the unit stands for.
struct KeyPlace: Sendable, Equatable {
    var unit: UInt32
    var row: UInt32
}

/// The place of every key of a keyed table. Made when the table is first written to, then kept up to date.
///
/// - Complexity: about 24 bytes a key and the key's own; a look-up reads one or two cache lines.
struct KeyIndex: Sendable {
    private static let gone = UInt64.max

    private var keys = StringInterner()
    /// Unit and row by key code; `gone` for a deleted key.
    private var places: [UInt64] = []
    /// File names of units 1, 2, …; a unit never changes its segment.
    private var unitNames: [String] = []
    /// Keys that have a row.
    private(set) var count = 0

    /// Bytes of all keys ever seen.
    var keySizeBytes: Int { keys.heap.count }
    /// Keys that were deleted still take memory; a new index would not have them.
    var isMostlyGone: Bool { places.count > 4096 && count < places.count / 2 }

    /// The unit of a segment, made on first sight.
    mutating func unit(of fileName: String) -> UInt32 {
        if let index = unitNames.firstIndex(of: fileName) { return UInt32(index) + 1 }
        unitNames.append(fileName)
        return UInt32(unitNames.count)
    }

    /// The segment of a unit, nil for the memtable.
    func fileName(ofUnit unit: UInt32) -> String? { unit == 0 ? nil : unitNames[Int(unit) - 1] }

    func contains(_ key: RawSpan) -> Bool {
        guard let code = keys.find(key) else { return false }
        return places[Int(code)] != Self.gone
    }

    /// Gives a key a place.
    /// - Returns: where it was before, nil for a new key.
    mutating func set(_ key: RawSpan, to place: KeyPlace) -> KeyPlace? {
        let code = Int(keys.intern(key))
        let packed = UInt64(place.unit) << 32 | UInt64(place.row)
        if code == places.count {
            places.append(packed)
            count += 1
            return nil
        }
        let old = places[code]
        places[code] = packed
        if old == Self.gone { count += 1 }
        return Self.unpack(old)
    }

    /// Forgets a key.
    /// - Returns: where it was, nil when it was nowhere.
    mutating func remove(_ key: RawSpan) -> KeyPlace? {
        guard let code = keys.find(key), let place = Self.unpack(places[Int(code)]) else { return nil }
        places[Int(code)] = Self.gone
        count -= 1
        return place
    }

    /// Tells every key where its row lies now.
    mutating func move(_ newPlace: (KeyPlace) -> KeyPlace) {
        for code in places.indices {
            guard let old = Self.unpack(places[code]) else { continue }
            let place = newPlace(old)
            places[code] = UInt64(place.unit) << 32 | UInt64(place.row)
        }
    }

    private static func unpack(_ packed: UInt64) -> KeyPlace? {
        packed == gone ? nil : KeyPlace(unit: UInt32(packed >> 32), row: UInt32(truncatingIfNeeded: packed))
    }
}

/// The keys of some rows as bytes that are equal exactly where the keys are. Never stored.
struct EncodedKeys {
    private var heap: [UInt8] = []
    private var offsets: [Int] = [0]

    init() {}

    var count: Int { offsets.count - 1 }
    var sizeBytes: Int { heap.count }

    @_lifetime(borrow self)
    func bytes(at row: Int) -> RawSpan { heap.rawBytes.extracting(offsets[row]..<offsets[row + 1]) }

    func sizeBytes(at row: Int) -> Int { offsets[row + 1] - offsets[row] }

    /// Adds the keys of `count` rows; no value of `columns` is NULL.
    mutating func append(_ columns: [Vector], count: Int) {
        offsets.reserveCapacity(offsets.count + count)
        let isSingle = columns.count == 1
        for row in 0..<count {
            for column in columns { append(column, row, isSingle: isSingle) }
            offsets.append(heap.count)
        }
    }

    private mutating func append(_ column: Vector, _ row: Int, isSingle: Bool) {
        switch column.values {
        case .bool(let values): heap.append(values[row] ? 1 : 0)
        case .int64(let values): append(UInt64(bitPattern: values[row]))
        // Zero has one key, and so have all that are not numbers.
        case .double(let values):
            append(values[row] == 0 ? 0 : values[row].isNaN ? Double.nan.bitPattern : values[row].bitPattern)
        case .string(let codes, let pool):
            let bytes = pool.bytes(at: codes[row])
            if !isSingle { append(UInt64(bytes.byteCount)) }
            heap.append(bytes: bytes)
        case .interval: preconditionFailure("BUG: no key is an interval")
        }
    }

    private mutating func append(_ value: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) { heap.append(UInt8(truncatingIfNeeded: value >> UInt64(shift))) }
    }
}
