import Synchronization

/// What a statement has decoded of stored columns.
package struct ReadTotals: Sendable, Hashable {
    /// Columns of granules decoded, whole or in part: three columns of one granule are three.
    package var granulesDecoded = 0
    /// Values decoded, of all columns together.
    package var rowsDecoded = 0
    /// Encoded bytes of those values: a granule's bytes of a column, by the share of its rows that was asked for.
    package var bytesRead = 0
    /// Bitmaps of rows or users taken from segments.
    package var bitmapsRead = 0

    package init() {}

    package static func + (a: ReadTotals, b: ReadTotals) -> ReadTotals {
        var sum = a
        sum.granulesDecoded += b.granulesDecoded
        sum.rowsDecoded += b.rowsDecoded
        sum.bytesRead += b.bytesRead
        sum.bitmapsRead += b.bitmapsRead
        return sum
    }
}

/// Counts what is decoded, once a column of a granule. Neighbouring granules share a stripe, so that workers, which take
/// runs of granules, seldom write to the same cache line.
///
/// - Threads: any.
package final class ReadCounters: Sendable {
    private final class Stripe: Sendable {
        let granules = Atomic<Int>(0)
        let rows = Atomic<Int>(0)
        let bytes = Atomic<Int>(0)
        /// Keeps the next stripe off this one's cache lines.
        let padding: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
    }

    private static let stripeCount = 16
    /// As many as a scan's morsel has.
    private static let granulesPerStripe = 8

    private let stripes = (0..<stripeCount).map { _ in Stripe() }
    private let bitmaps = Atomic<Int>(0)

    package init() {}

    package func noteRead(granule: Int, rows: Int, bytes: Int) {
        let stripe = stripes[granule / Self.granulesPerStripe % Self.stripeCount]
        stripe.granules.add(1, ordering: .relaxed)
        stripe.rows.add(rows, ordering: .relaxed)
        stripe.bytes.add(bytes, ordering: .relaxed)
    }

    package func noteBitmap() { bitmaps.add(1, ordering: .relaxed) }

    package var totals: ReadTotals {
        var totals = ReadTotals()
        totals.bitmapsRead = bitmaps.load(ordering: .relaxed)
        for stripe in stripes {
            totals.granulesDecoded += stripe.granules.load(ordering: .relaxed)
            totals.rowsDecoded += stripe.rows.load(ordering: .relaxed)
            totals.bytesRead += stripe.bytes.load(ordering: .relaxed)
        }
        return totals
    }
}
