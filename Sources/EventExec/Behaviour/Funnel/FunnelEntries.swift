import EventBase
import EventColumns

/// The attempts of a range of persons whose entry rows' values are still to be read: all of them at once, so that each
/// granule is looked at once.
struct FunnelEntries: Sendable {
    /// The step times of all attempts, end to end; attempt `i` begins at `timeStarts[i]`.
    private var times: [Int64] = []
    private var timeStarts: [Int] = [0]
    /// Rows of the entries' instants, end to end: nearly always one an attempt.
    private var addresses: [UInt64] = []
    private var addressStarts: [Int] = [0]
    private var values: [UInt32] = []

    var count: Int { timeStarts.count - 1 }

    mutating func removeAll() {
        times.removeAll(keepingCapacity: true)
        timeStarts.removeAll(keepingCapacity: true)
        timeStarts.append(0)
        addresses.removeAll(keepingCapacity: true)
        addressStarts.removeAll(keepingCapacity: true)
        addressStarts.append(0)
    }

    /// An attempt with its step times, the row (`RowAddress.raw`) that opened it, and others of that instant that would have.
    mutating func append(_ stepTimes: ArraySlice<Int64>, row: UInt64, tied: some Sequence<UInt64>) {
        times.append(contentsOf: stepTimes)
        timeStarts.append(times.count)
        addresses.append(row)
        addresses.append(contentsOf: tied)
        addressStarts.append(addresses.count)
    }

    mutating func read(
        _ reader: any RowValues, _ interner: KeyInterner, _ snapshot: any EventSnapshot
    ) throws(EventSQLError) {
        values = Array(repeating: RowKey.none, count: addresses.count)
        try AddressedValues(addresses, positions: Array(addresses.indices), snapshot)
            .read(reader, interner, into: &values)
    }

    func times(of entry: Int) -> ArraySlice<Int64> { times[timeStarts[entry]..<timeStarts[entry + 1]] }
    /// The numbers of the values of an attempt's entry rows.
    func groups(of entry: Int) -> ArraySlice<UInt32> { values[addressStarts[entry]..<addressStarts[entry + 1]] }
}
