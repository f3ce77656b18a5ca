import EventBase
import EventColumns

/// Which rows a behaviour operator wants to see, and which of its conditions each of them meets.
package struct GatherRequest: Sendable {
    /// One condition on rows: any of some event names, and perhaps a predicate. Condition `i` is bit `i` of a row's mask.
    package struct Condition: Sendable {
        /// Empty: every event, also one without a name.
        package var names: [String]
        package var predicate: (any RowPredicate)?

        package init(names: [String], predicate: (any RowPredicate)? = nil) {
            self.names = names
            self.predicate = predicate
        }
    }

    /// At most 64.
    package var conditions: [Condition]
    /// Rows that fail it are not seen at all (WHERE).
    package var filter: (any RowPredicate)?
    /// Rows outside are not seen at all; groups and granules outside are not decoded.
    package var timeRange: ClosedRange<Int64> = Int64.min...Int64.max
    /// Whether rows that meet no condition come too, with mask 0.
    package var includesStrangers = false
    /// A value that rows with any of `groupBits` carry (`RowKey.group`).
    package var group: (any RowValues)?
    package var groupBits = UInt64.max
    /// Values that every row carries together (`RowKey.hold`); rows where any is NULL are not seen (S16, S17).
    package var hold: [any RowValues] = []
    /// A condition by its place: persons without any row that meets it may be left out altogether.
    package var neededCondition: Int?
    /// Persons may be left with this many rows, the first that have a name and meet a condition, and those of the last one's
    /// instant.
    package var firstRows: Int?
    /// Whether each row says where it lies (`RowAddress`), so that its other columns can be read later.
    package var includesAddresses = false

    package init(conditions: [Condition]) { self.conditions = conditions }
}

/// The keys a row carries: its held values in the upper half, its group in the lower, numbered by `KeyInterner`s.
struct RowKey: Sendable {
    /// A row that carries no value.
    static let none = UInt32.max

    var raw: UInt64

    init(raw: UInt64) { self.raw = raw }
    init(group: UInt32, hold: UInt32) { raw = UInt64(hold) << 32 | UInt64(group) }

    var group: UInt32 { UInt32(truncatingIfNeeded: raw) }
    var hold: UInt32 { UInt32(raw >> 32) }
}

/// Where a row lies in a snapshot: row group (upper 32 bits) and row (lower 32 bits).
package struct RowAddress: Sendable, Hashable {
    package var raw: UInt64

    init(group: Int, row: Int) { raw = UInt64(group) << 32 | UInt64(UInt32(truncatingIfNeeded: row)) }
    init(raw: UInt64) { self.raw = raw }

    package var group: Int { Int(raw >> 32) }
    package var row: Int { Int(UInt32(truncatingIfNeeded: raw)) }
    package var granule: Int { row / Limits.granuleRowCount }
    package var rowInGranule: Int { row % Limits.granuleRowCount }
}
