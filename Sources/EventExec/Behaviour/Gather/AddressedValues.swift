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
        let isAscending = zip(positions, positions.dropFirst()).allSatisfy { addresses[$0] < addresses[$1] }
        for position in isAscending ? positions : positions.sorted(by: { addresses[$0] < addresses[$1] }) {
            let address = RowAddress(raw: addresses[position])
            if granules.last?.group != address.group || granules.last?.granule != address.granule {
                granules.append(Granule(group: address.group, granule: address.granule, rows: [], positions: []))
            }
            granules[granules.count - 1].rows.append(UInt16(truncatingIfNeeded: address.rowInGranule))
            granules[granules.count - 1].positions.append(position)
        }
        self.granules = granules
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
