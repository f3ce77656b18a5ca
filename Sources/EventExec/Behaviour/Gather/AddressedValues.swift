import EventBase
import EventColumns

/// Other columns of rows that a gather found, read by address: each granule once.
struct AddressedValues {
    private struct Granule {
        var group: Int
        var granule: Int
        /// Ascending, with the position of each among the rows.
        var rows: [UInt16]
        var positions: [Int]
    }

    private let snapshot: any EventSnapshot
    private let granules: [Granule]

    /// - Parameter positions: which rows are read, as indexes into `addresses` (`RowAddress.raw`).
    init(_ addresses: [UInt64], positions: [Int], _ snapshot: any EventSnapshot) {
        self.snapshot = snapshot
        var granules: [Granule] = []
        for position in Self.ascending(positions, addresses, groupCount: snapshot.rowGroups.count) {
            let address = RowAddress(raw: addresses[position])
            if granules.last?.group != address.group || granules.last?.granule != address.granule {
                granules.append(Granule(group: address.group, granule: address.granule, rows: [], positions: []))
            }
            granules[granules.count - 1].rows.append(UInt16(truncatingIfNeeded: address.rowInGranule))
            granules[granules.count - 1].positions.append(position)
        }
        self.granules = granules
    }

    /// Positions by address. Rows come person by person, so they ascend inside a row group: they are dealt to their groups, and
    /// sorted only if that was not enough.
    private static func ascending(_ positions: [Int], _ addresses: [UInt64], groupCount: Int) -> [Int] {
        var byGroup: [[Int]] = Array(repeating: [], count: groupCount)
        for position in positions { byGroup[RowAddress(raw: addresses[position]).group].append(position) }
        var result: [Int] = []
        result.reserveCapacity(positions.count)
        for group in byGroup {
            let isAscending = zip(group, group.dropFirst()).allSatisfy { addresses[$0] < addresses[$1] }
            result += isAscending ? group : group.sorted { addresses[$0] < addresses[$1] }
        }
        return result
    }

    /// Numbers at their rows' positions; NaN where a row has none.
    func read(_ reader: any RowValues, into output: inout [Double]) throws(EventSQLError) {
        for granule in granules {
            let vector = try reader.values(
                granule.rows, granule: granule.granule, of: snapshot.rowGroups[granule.group])
            guard case .double(let values) = vector.values else { continue }
            for (index, position) in granule.positions.enumerated() {
                output[position] = vector.isNull(at: index) ? .nan : values[index]
            }
        }
    }

    /// The numbers of values at their rows' positions; `RowKey.none` where a row has none.
    func read(
        _ reader: any RowValues, _ interner: KeyInterner, into output: inout [UInt32]
    ) throws(EventSQLError) {
        for granule in granules {
            let vector = try reader.values(
                granule.rows, granule: granule.granule, of: snapshot.rowGroups[granule.group])
            for (position, id) in zip(granule.positions, interner.ids(of: vector)) { output[position] = id }
        }
    }

    /// Boxed values at their rows' positions; for few rows.
    func read(_ reader: any RowValues, into output: inout [Value]) throws(EventSQLError) {
        for granule in granules {
            let vector = try reader.values(
                granule.rows, granule: granule.granule, of: snapshot.rowGroups[granule.group])
            for (index, position) in granule.positions.enumerated() { output[position] = vector.value(at: index) }
        }
    }
}
