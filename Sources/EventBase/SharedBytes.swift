/// Bytes that many readers share and nobody changes: a mapped file, or a buffer in memory.
///
/// The owner keeps the memory alive; readers borrow `span` and never outlive it.
/// UNSAFE: benefit: zero-copy reads of mapped files from any thread. Soundness: the memory is immutable from
/// initialisation to `deinit`, and `span` borrows `self`.
@safe package final class SharedBytes: @unchecked Sendable {
    private let base: UnsafeRawBufferPointer
    private let release: @Sendable (UnsafeRawBufferPointer) -> Void
    private let forget: @Sendable (UnsafeRawBufferPointer) -> Void

    /// Takes over `base`; `release` runs once, when the last reader has gone. `forget` tells the system that some of the bytes
    /// need not stay in memory; it must not change what they read as.
    package init(
        unsafeOwning base: UnsafeRawBufferPointer,
        forget: @escaping @Sendable (UnsafeRawBufferPointer) -> Void = { _ in },
        release: @escaping @Sendable (UnsafeRawBufferPointer) -> Void
    ) {
        unsafe self.base = base
        unsafe self.forget = forget
        unsafe self.release = release
    }

    /// Takes a part of a mapped file out of this process's memory until it is touched again; nothing for bytes that lie in
    /// memory alone. For large parts that have been read once and will hardly be read again.
    package func forgetPages(_ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "BUG: a view outside its bytes")
        unsafe forget(UnsafeRawBufferPointer(rebasing: base[range]))
    }

    /// A private copy of `bytes`.
    package convenience init(_ bytes: [UInt8]) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 64)
        unsafe copy.copyBytes(from: bytes)
        unsafe self.init(unsafeOwning: UnsafeRawBufferPointer(rebasing: copy[0..<bytes.count])) { base in
            unsafe base.baseAddress?.deallocate()
        }
    }

    deinit { unsafe release(base) }

    package var count: Int { unsafe base.count }

    package var span: RawSpan {
        @_lifetime(borrow self)
        get {
            let span = unsafe RawSpan(_unsafeBytes: base)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// `range` of the bytes with the lifetime of `owner`, which must hold these bytes in a `let`.
    /// UNSAFE: benefit: a class may hand out views of bytes it holds. Soundness: the `let` keeps the bytes alive for as
    /// long as `owner` lives.
    @_lifetime(borrow owner)
    package func unsafeExtract(_ range: Range<Int>, heldBy owner: borrowing AnyObject) -> RawSpan {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "BUG: a view outside its bytes")
        let view = unsafe UnsafeRawBufferPointer(rebasing: base[range])
        let span = unsafe RawSpan(_unsafeBytes: view)
        return unsafe _overrideLifetime(span, borrowing: owner)
    }
}
