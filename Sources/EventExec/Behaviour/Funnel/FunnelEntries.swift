import EventBase
import EventColumns

/// The attempts of a range of persons whose entry rows' values are still to be read: all of them at once, so that each
/// granule is looked at once.
struct FunnelEntries: Sendable {
    /// The step times of all attempts, end to end; attempt `i` begins at `timeStarts[i]`.
    private(set) var stepTimes: [Int64] = []
    private var timeStarts: [Int] = [0]
    private var depths: [Int] = []
    /// Rows of the entries' instants, end to end: nearly always one an attempt.
    private var addresses: [UInt64] = []
    private var addressStarts: [Int] = [0]
    private var values: [UInt32] = []

    var count: Int { timeStarts.count - 1 }

    mutating func removeAll() {
        stepTimes.removeAll(keepingCapacity: true)
        timeStarts.removeAll(keepingCapacity: true)
        timeStarts.append(0)
        depths.removeAll(keepingCapacity: true)
        addresses.removeAll(keepingCapacity: true)
        addressStarts.removeAll(keepingCapacity: true)
        addressStarts.append(0)
    }

    /// An attempt with its step times, which may be left out, how many steps it reached, the row (`RowAddress.raw`) that opened it, and others of that instant that would have.
    mutating func append(_ times: Span<Int64>, depth: Int, row: UInt64, tied: [UInt64]) {
        depths.append(depth)
        for step in times.indices { stepTimes.append(times[step]) }
        timeStarts.append(stepTimes.count)
        addresses.append(row)
        if !tied.isEmpty { addresses += tied }
        addressStarts.append(addresses.count)
    }

    mutating func read(
        _ reader: any RowValues, _ interner: KeyInterner, _ snapshot: any EventSnapshot
    ) throws(EventSQLError) {
        values = Array(repeating: RowKey.none, count: addresses.count)
        try AddressedValues(addresses, positions: Array(addresses.indices), snapshot)
            .read(reader, interner, into: &values)
    }

    func depth(of entry: Int) -> Int { depths[entry] }

    /// Where in `stepTimes` those of an attempt lie.
    func times(of entry: Int) -> Range<Int> { timeStarts[entry]..<timeStarts[entry + 1] }

    /// The number of the value of an attempt's entry row; nil where several rows opened it.
    func group(of entry: Int) -> UInt32? {
        let place = addressStarts[entry]
        return addressStarts[entry + 1] == place + 1 ? values[place] : nil
    }

    /// The numbers of the values of an attempt's entry rows.
    func groups(of entry: Int) -> ArraySlice<UInt32> { values[addressStarts[entry]..<addressStarts[entry + 1]] }
}
