internal import CZlib
internal import EventBase

/// Unpacks gzip files, also of several members (as `cat a.gz b.gz` makes them).
///
/// UNSAFE: benefit: zlib's own streaming interface. Soundness: the stream's address never changes, as zlib demands; it is
/// given only the unread window and the rest of the caller's buffer, for the length of one call.
@safe final class GzipSource: ByteSource {
    private let input: PackedInput
    private let stream: UnsafeMutablePointer<z_stream>
    /// Between members, so the file may end here.
    private var isBetweenMembers = false
    private var isAtEnd = false

    init(_ input: PackedInput) throws(EventSQLError) {
        self.input = input
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let size = Int32(unsafe MemoryLayout<z_stream>.size)
        /// 15 bits of window, + 16: gzip only.
        if unsafe inflateInit2_(stream, 15 + 16, ZLIB_VERSION, size) != Z_OK {
            throw EventSQLError(.internal, "zlib refuses to start", path: input.path)
        }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    var consumedBytes: Int { input.consumedBytes }

    func read(into buffer: inout [UInt8], _ range: Range<Int>) throws(EventSQLError) -> Int {
        var written = 0
        while written == 0, !isAtEnd {
            try input.fill()
            if input.unread.isEmpty {
                if !isBetweenMembers { throw failure("ends inside its gzip data") }
                isAtEnd = true
            } else if isBetweenMembers {
                try beginMember()
            } else {
                written = try inflate(into: &buffer, range)
            }
        }
        return written
    }

    /// Expects another member, or the zeros that some archivers pad with.
    private func beginMember() throws(EventSQLError) {
        try input.fill(atLeast: 2)
        if input.starts(with: ByteSourceOpener.gzipMagic) {
            unsafe inflateReset(stream)
            isBetweenMembers = false
        } else if input.window[input.unread].allSatisfy({ $0 == 0 }) {
            input.skip(input.unread.count)
        } else {
            throw failure("has bytes behind its gzip data that are no gzip data")
        }
    }

    private func inflate(into buffer: inout [UInt8], _ range: Range<Int>) throws(EventSQLError) -> Int {
        let unread = input.unread
        let room = min(range.count, 1 << 30)
        let window = input.window
        let status = unsafe window.withUnsafeBufferPointer { source in
            unsafe buffer.withUnsafeMutableBufferPointer { target in
                unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress! + unread.lowerBound)
                unsafe stream.pointee.avail_in = UInt32(unread.count)
                unsafe stream.pointee.next_out = target.baseAddress! + range.lowerBound
                unsafe stream.pointee.avail_out = UInt32(room)
                return unsafe CZlib.inflate(stream, Z_NO_FLUSH)
            }
        }
        input.skip(unread.count - Int(unsafe stream.pointee.avail_in))
        switch status {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: isBetweenMembers = true
        default:
            let text = unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? "code \(status)"
            throw failure("is damaged: \(text)")
        }
        return room - Int(unsafe stream.pointee.avail_out)
    }

    private func failure(_ what: String) -> EventSQLError {
        EventSQLError(.invalidInput, "the file \(what)", path: input.path)
    }
}
