extension Array where Element == UInt8 {
    /// The array's bytes as a borrowed raw span.
    /// UNSAFE: benefit: one word `unsafe` here in place of one at every use. Soundness: a `Span`'s bytes are initialised
    /// and `UInt8` has no invalid bit patterns; the span borrows the array.
    package var rawBytes: RawSpan {
        @_lifetime(borrow self)
        get { unsafe span.bytes }
    }
}
