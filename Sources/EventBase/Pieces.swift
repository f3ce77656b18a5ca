/// Loops over all rows of an operator, cut so that it may be asked between pieces whether to go on.
package enum Pieces {
    /// Takes about a millisecond, also where each row is a miss of the cache.
    package static let rowCount = 1 << 16

    /// Hands over consecutive pieces of `rows`, after `check` for each.
    package static func each<Failure: Error>(
        of rows: Range<Int>, check: () throws(Failure) -> Void, _ body: (Range<Int>) throws(Failure) -> Void
    ) throws(Failure) {
        var start = rows.lowerBound
        while start < rows.upperBound {
            try check()
            let end = min(rows.upperBound, start + rowCount)
            try body(start..<end)
            start = end
        }
    }
}

extension QueryContext {
    /// Hands over consecutive pieces of `rows`; throws between them when the statement should stop.
    package func pieces(
        of rows: Range<Int>, _ body: (Range<Int>) throws(EventSQLError) -> Void
    ) throws(EventSQLError) {
        try Pieces.each(of: rows, check: check, body)
    }

    /// For loops over places: looks whether the statement should stop at some of them.
    @inline(__always)
    package func check(at place: Int) throws(EventSQLError) {
        if place & (Pieces.rowCount - 1) == 0 { try check() }
    }
}
