// UNSAFE: benefit: the engine reads raw bytes without saying `unsafe` at every use, and without a second bounds check.
// Soundness: each member checks its own bounds first, and integers have no invalid bit patterns.

extension RawSpan {
    /// The little-endian integer at a byte offset, aligned or not.
    @inlinable @inline(__always)
    package func load<T: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: T.Type) -> T {
        precondition(offset >= 0 && offset &+ MemoryLayout<T>.size <= byteCount, "BUG: a read outside its bytes")
        return T(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: T.self))
    }

    /// Eight bytes as a little-endian word.
    @inlinable @inline(__always)
    package func word(at offset: Int) -> UInt64 { load(at: offset, as: UInt64.self) }

    @inlinable @inline(__always)
    package func byte(at offset: Int) -> UInt8 { load(at: offset, as: UInt8.self) }
}

extension Array where Element == UInt8 {
    /// The array's bytes as a borrowed raw span.
    @inlinable package var rawBytes: RawSpan {
        @_lifetime(borrow self)
        get { unsafe span.bytes }
    }

    @inlinable package mutating func append(bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
    }
}

extension String {
    /// The text of UTF-8 bytes; ill-formed parts become U+FFFD.
    package init(utf8 bytes: RawSpan) {
        self = unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
