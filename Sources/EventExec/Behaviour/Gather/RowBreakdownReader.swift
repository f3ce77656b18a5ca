import EventBase
import EventColumns
import EventPlan

/// Reads the values that a statement is broken down by, of the rows of a range.
///
/// - Threads: shared by all workers.
struct RowBreakdownReader: Sendable {
    private let reader: any RowValues
    private let snapshot: any EventSnapshot
    /// The values by number.
    let values = KeyInterner()

    /// nil where nothing is broken down.
    init?(_ breakdown: RowBreakdown?, _ readers: RowReaders) throws(EventSQLError) {
        guard let breakdown else { return nil }
        reader = try readers.values(breakdown.expression)
        snapshot = readers.snapshot
    }

    /// The number of each row's value; `RowKey.none` for NULL. The rows have addresses.
    func read(_ rows: SelectedRows) throws(EventSQLError) -> [UInt32] {
        var ids = [UInt32](repeating: RowKey.none, count: rows.count)
        try AddressedValues(rows.addresses, positions: Array(0..<rows.count), snapshot).read(reader, values, into: &ids)
        return ids
    }
}
