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

    /// An attempt whose first instant's rows are those from row `first` on of the same user and time.
    /// - Parameter bits: conditions that an entry row meets.
    mutating func append(
        _ stepTimes: [Int64], _ rows: SelectedRows, from first: Int, to end: Int? = nil, bits: UInt64
    ) {
        times += stepTimes
        timeStarts.append(times.count)
        var row = first
        while row < end ?? rows.count, rows.times[row] == stepTimes[0] {
            if end == nil, rows.users[row] != rows.users[first] { break }
            if rows.masks[row] & bits != 0 { addresses.append(rows.addresses[row]) }
            row += 1
        }
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
