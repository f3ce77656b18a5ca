internal import CZstd
internal import EventBase

/// Unpacks zstd files, also of several frames.
///
/// UNSAFE: benefit: zstd's own streaming interface. Soundness: the context is owned and freed once; the library is given only
/// the unread window and the rest of the caller's buffer, for the length of one call.
@safe final class ZstdSource: ByteSource {
    private let input: PackedInput
    private let context: OpaquePointer
    /// Between frames, so the file may end here.
    private var isBetweenFrames = true

    init(_ input: PackedInput) throws(EventSQLError) {
        self.input = input
        guard let context = unsafe ZSTD_createDCtx() else {
            throw EventSQLError(.internal, "zstd refuses to start", path: input.path)
        }
        unsafe self.context = context
    }

    deinit { unsafe ZSTD_freeDCtx(context) }

    var consumedBytes: Int { input.consumedBytes }

    func read(into buffer: inout [UInt8], _ range: Range<Int>) throws(EventSQLError) -> Int {
        while true {
            try input.fill()
            let unread = input.unread
            let window = input.window
            var consumed = 0
            var written = 0
            let result = unsafe window.withUnsafeBytes { source in
                unsafe buffer.withUnsafeMutableBytes { target in
                    var from = unsafe ZSTD_inBuffer(
                        src: source.baseAddress! + unread.lowerBound, size: unread.count, pos: 0)
                    var to = unsafe ZSTD_outBuffer(
                        dst: target.baseAddress! + range.lowerBound, size: range.count, pos: 0)
                    let result = unsafe ZSTD_decompressStream(context, &to, &from)
                    consumed = unsafe from.pos
                    written = unsafe to.pos
                    return result
                }
            }
            if ZSTD_isError(result) != 0 {
                let text = unsafe String(cString: ZSTD_getErrorName(result))
                throw EventSQLError(.invalidInput, "the file is damaged: \(text)", path: input.path)
            }
            input.skip(consumed)
            if consumed > 0 || written > 0 { isBetweenFrames = result == 0 }
            if written > 0 { return written }
            if unread.isEmpty {
                if isBetweenFrames { return 0 }
                throw EventSQLError(.invalidInput, "the file ends inside its zstd data", path: input.path)
            }
        }
    }
}
