package import EventBase
package import EventColumns

/// A condition on rows, evaluated for some rows of one granule at a time.
///
/// The gather knows rows, masks and users; what a condition says is behind this door.
/// - Threads: called from several workers at once.
package protocol RowPredicate: Sendable {
    /// Those of `rows` (ascending, counted from the granule's first row) for which the condition is true; NULL is not.
    func matching(_ rows: [UInt16], granule: Int, of group: any RowGroup) throws(EventSQLError) -> [UInt16]
}

/// An expression over rows: what a breakdown or a HOLD reads.
/// - Threads: called from several workers at once.
package protocol RowValues: Sendable {
    /// One value for each of `rows` (ascending, counted from the granule's first row).
    func values(_ rows: [UInt16], granule: Int, of group: any RowGroup) throws(EventSQLError) -> Vector
}
