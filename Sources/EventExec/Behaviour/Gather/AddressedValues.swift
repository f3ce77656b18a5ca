import EventBase
import EventColumns

/// Other columns of rows that a gather found, read by address: each granule once.
struct AddressedValues {
    /// Some of `order`, all in one granule.
    private struct Granule {
        var group: Int
        var granule: Int
        var places: Range<Int>
    }

    private let snapshot: any EventSnapshot
    private var granules: [Granule] = []
    /// The rows' positions, by address.
    private let order: [Int]
    /// The rows in that order, counted from their granule's first.
    private var rows: [UInt16] = []

    /// - Parameter positions: which rows are read, as indexes into `addresses` (`RowAddress.raw`).
    init(_ addresses: [UInt64], positions: [Int], _ snapshot: any EventSnapshot) {
        self.snapshot = snapshot
        order = Self.ascending(positions, addresses, groupCount: snapshot.rowGroups.count)
        rows.reserveCapacity(order.count)
        var start = 0
        for place in order.indices {
            let address = RowAddress(raw: addresses[order[place]])
            rows.append(UInt16(truncatingIfNeeded: address.rowInGranule))
            let next = place + 1 < order.count ? RowAddress(raw: addresses[order[place + 1]]) : nil
            if next?.group == address.group, next?.granule == address.granule { continue }
            granules.append(Granule(group: address.group, granule: address.granule, places: start..<(place + 1)))
            start = place + 1
        }
    }

    /// Positions by address. Rows come person by person, so they ascend inside a row group: they are dealt to their groups, and
    /// sorted only if that was not enough.
    private static func ascending(_ positions: [Int], _ addresses: [UInt64], groupCount: Int) -> [Int] {
        var starts = [Int](repeating: 0, count: groupCount + 1)
        for position in positions { starts[RowAddress(raw: addresses[position]).group + 1] += 1 }
        for group in 0..<groupCount { starts[group + 1] += starts[group] }
        var next = starts
        var order = [Int](repeating: 0, count: positions.count)
        for position in positions {
            let group = RowAddress(raw: addresses[position]).group
            order[next[group]] = position
            next[group] += 1
        }
        for group in 0..<groupCount {
            let places = starts[group]..<starts[group + 1]
            let isAscending = places.dropLast().allSatisfy { addresses[order[$0]] < addresses[order[$0 + 1]] }
            if !isAscending { order[places].sort { addresses[$0] < addresses[$1] } }
        }
        return order
    }

    /// Calls `body` with the values of each granule's rows and their places in `order`.
    private func eachGranule(
        _ reader: any RowValues, _ body: (Vector, Range<Int>) -> Void
    ) throws(EventSQLError) {
        for granule in granules {
            let vector = try reader.values(
                Array(rows[granule.places]), granule: granule.granule, of: snapshot.rowGroups[granule.group])
            body(vector, granule.places)
        }
    }

    /// Numbers at their rows' positions; NaN where a row has none.
    func read(_ reader: any RowValues, into output: inout [Double]) throws(EventSQLError) {
        try eachGranule(reader) { vector, places in
            guard case .double(let values) = vector.values else { return }
            for (index, place) in places.enumerated() {
                output[order[place]] = vector.isNull(at: index) ? .nan : values[index]
            }
        }
    }

    /// Numbers at their rows' positions; nil where a row has none.
    func read(_ reader: any RowValues, into output: inout [Double?]) throws(EventSQLError) {
        try eachGranule(reader) { vector, places in
            guard case .double(let values) = vector.values else { return }
            for (index, place) in places.enumerated() {
                output[order[place]] = vector.isNull(at: index) ? nil : values[index]
            }
        }
    }

    /// The numbers of values at their rows' positions; `RowKey.none` where a row has none.
    func read(
        _ reader: any RowValues, _ interner: KeyInterner, into output: inout [UInt32]
    ) throws(EventSQLError) {
        try eachGranule(reader) { vector, places in
            for (place, id) in zip(places, interner.ids(of: vector)) { output[order[place]] = id }
        }
    }

    /// Boxed values at their rows' positions; for few rows.
    func read(_ reader: any RowValues, into output: inout [Value]) throws(EventSQLError) {
        try eachGranule(reader) { vector, places in
            for (index, place) in places.enumerated() { output[order[place]] = vector.value(at: index) }
        }
    }
}
