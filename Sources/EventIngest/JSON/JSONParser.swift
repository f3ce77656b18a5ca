internal import CSimdjson
internal import EventBase

/// simdjson's document model: parses one document and shows its flat tape until the next one.
///
/// - Threads: one owner at a time.
/// UNSAFE: benefit: simdjson parses at gigabytes a second and its tape is walked in place. Soundness: the pointer is owned
/// and freed once; `tape` and `strings` borrow `self`, whose buffers live until the next `parse`; the reach behind a
/// document that simdjson may read is checked against the block.
@safe final class JSONParser: @unchecked Sendable {
    /// Bytes behind a document that must belong to the same block.
    static let paddingBytes = Int(CSJ_PADDING)
    /// Capacity kept for the next block; one long line must not hold its memory for ever.
    private static let keptCapacityBytes = 1 << 20

    enum Status { case ok, malformed, invalidUTF8, tooDeep, badNumber, outOfMemory }

    private let raw: OpaquePointer
    private var document = unsafe csj_document()
    /// What simdjson said of the last document that it refused.
    private(set) var message = ""

    init(depthMax: Int) {
        guard let raw = unsafe csj_parser_create(depthMax) else { fatalError("out of memory for a JSON parser") }
        unsafe self.raw = raw
    }

    deinit { unsafe csj_parser_destroy(raw) }

    /// Parses the bytes at `range` of `block`.
    func parse(_ block: RawSpan, _ range: Range<Int>) -> Status {
        precondition(
            range.lowerBound >= 0 && range.upperBound &+ Self.paddingBytes <= block.byteCount,
            "BUG: a block lacks padding")
        var text: UnsafePointer<CChar>?
        let status = unsafe block.withUnsafeBytes { buffer in
            let start = unsafe buffer.baseAddress!.advanced(by: range.lowerBound).assumingMemoryBound(to: UInt8.self)
            return unsafe csj_parse(raw, start, range.count, &document, &text)
        }
        if status == Int32(CSJ_OK.rawValue) { return .ok }
        message = unsafe text.map { unsafe String(cString: $0) } ?? ""
        switch UInt32(status) {
        case CSJ_INVALID_UTF8.rawValue: return .invalidUTF8
        case CSJ_TOO_DEEP.rawValue: return .tooDeep
        case CSJ_BAD_NUMBER.rawValue: return .badNumber
        case CSJ_OUT_OF_MEMORY.rawValue: return .outOfMemory
        default: return .malformed
        }
    }

    /// The words of the document parsed last; at least the two root words.
    var tape: Span<UInt64> {
        @_lifetime(borrow self)
        get {
            let span = unsafe Span(_unsafeStart: document.tape, count: document.tape_count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// What the tape's string words point into.
    var strings: RawSpan {
        @_lifetime(borrow self)
        get {
            let span = unsafe RawSpan(_unsafeStart: document.strings, byteCount: document.strings_count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Gives back what an unusually long line needed.
    func shrink() { unsafe csj_parser_shrink(raw, Self.keptCapacityBytes) }

    /// Whether the bytes at `range` are well-formed UTF-8.
    static func isUTF8(_ block: RawSpan, _ range: Range<Int>) -> Bool {
        unsafe block.withUnsafeBytes { buffer in
            unsafe range.isEmpty
                || csj_is_utf8(
                    buffer.baseAddress!.advanced(by: range.lowerBound).assumingMemoryBound(to: UInt8.self), range.count)
        }
    }
}
