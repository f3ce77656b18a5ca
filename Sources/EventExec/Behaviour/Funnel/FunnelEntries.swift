import EventBase
import EventColumns

/// The attempts of a range of persons whose entry rows' values are still to be read: all of them at once, so that each
/// granule is looked at once.
struct FunnelEntries: Sendable {
    /// The step times of all attempts, end to end; attempt `i` begins at `timeStarts[i]`. None where nobody asks for them.
    private(set) var stepTimes: [Int64] = []
    private var timeStarts: [Int] = [0]
    /// How many steps each attempt reached.
    private(set) var depths: [Int] = []
    /// The row that opened each attempt.
    private var addresses: [UInt64] = []
    /// The number of the value of each attempt's entry row.
    private(set) var groups: [UInt32] = []
    /// Other rows that would have opened an attempt, attempt by attempt, and whose they are: next to none.
    private var tiedAddresses: [UInt64] = []
    private var tiedAttempts: [Int] = []
    private var tiedGroups: [UInt32] = []

    var count: Int { depths.count }

    mutating func removeAll() {
        stepTimes.removeAll(keepingCapacity: true)
        timeStarts.removeAll(keepingCapacity: true)
        timeStarts.append(0)
        depths.removeAll(keepingCapacity: true)
        addresses.removeAll(keepingCapacity: true)
        tiedAddresses.removeAll(keepingCapacity: true)
        tiedAttempts.removeAll(keepingCapacity: true)
    }

    /// An attempt with its step times, which may be left out, how many steps it reached, the row (`RowAddress.raw`) that opened
    /// it, and others of that instant that would have.
    mutating func append(_ times: Span<Int64>, depth: Int, row: UInt64, tied: [UInt64]) {
        tiedAddresses += tied
        tiedAttempts += repeatElement(depths.count, count: tied.count)
        depths.append(depth)
        for step in times.indices { stepTimes.append(times[step]) }
        timeStarts.append(stepTimes.count)
        addresses.append(row)
    }

    /// The attempts of a range of persons, without times; for a range without ties.
    mutating func replace(with persons: FunnelStream) {
        removeAll()
        depths.append(contentsOf: repeatElement(0, count: persons.personCount))
        addresses.append(contentsOf: repeatElement(0, count: persons.personCount))
        let count = persons.writeAttempts(&depths, &addresses)
        depths.removeLast(depths.count - count)
        addresses.removeLast(addresses.count - count)
    }

    mutating func read(
        _ reader: any RowValues, _ interner: KeyInterner, _ snapshot: any EventSnapshot
    ) throws(EventSQLError) {
        groups = try Self.values(at: addresses, reader, interner, snapshot)
        tiedGroups = try Self.values(at: tiedAddresses, reader, interner, snapshot)
    }

    private static func values(
        at addresses: [UInt64], _ reader: any RowValues, _ interner: KeyInterner, _ snapshot: any EventSnapshot
    ) throws(EventSQLError) -> [UInt32] {
        var values = [UInt32](repeating: RowKey.none, count: addresses.count)
        try AddressedValues(addresses, positions: Array(addresses.indices), snapshot)
            .read(reader, interner, into: &values)
        return values
    }

    /// Puts one value in the place of those of each attempt that several rows opened.
    mutating func settle(_ choose: (ArraySlice<UInt32>) -> UInt32) {
        var start = 0
        while start < tiedAttempts.count {
            let attempt = tiedAttempts[start]
            let end = tiedAttempts[start...].firstIndex { $0 != attempt } ?? tiedAttempts.count
            groups[attempt] = choose(tiedGroups[start..<end] + [groups[attempt]])
            start = end
        }
    }

    /// Where in `stepTimes` those of an attempt lie.
    func times(of entry: Int) -> Range<Int> { timeStarts[entry]..<timeStarts[entry + 1] }
}
