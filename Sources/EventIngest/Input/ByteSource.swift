internal import EventBase
internal import EventIO

/// Bytes of an input in order, unpacked.
protocol ByteSource: AnyObject {
    /// Writes into `range` of `buffer`, as much as comes in one go.
    /// - Returns: bytes written; 0 at the end.
    func read(into buffer: inout [UInt8], _ range: Range<Int>) throws(EventSQLError) -> Int
    /// Bytes taken from the file so far, packed as they are there.
    var consumedBytes: Int { get }
}

/// The bytes of a file as they are, the first of which have been looked at already.
final class PlainSource: ByteSource {
    private let input: PackedInput

    init(_ input: PackedInput) { self.input = input }

    var consumedBytes: Int { input.consumedBytes }

    func read(into buffer: inout [UInt8], _ range: Range<Int>) throws(EventSQLError) -> Int {
        try input.read(into: &buffer, range)
    }
}

/// A window on the bytes of a file, for looking ahead and for feeding decompressors.
final class PackedInput {
    /// Enough that a system call and a call of zlib cost nothing per byte.
    private static let windowSizeBytes = 256 << 10

    private let reader: SequentialReader
    var path: String { reader.path }
    private(set) var window: [UInt8]
    /// The unread part of `window`.
    private(set) var unread = 0..<0
    private(set) var consumedBytes = 0

    init(_ reader: SequentialReader) {
        self.reader = reader
        window = [UInt8](repeating: 0, count: Self.windowSizeBytes)
    }

    /// Makes at least one byte unread unless the file is at its end.
    func fill() throws(EventSQLError) {
        guard unread.isEmpty else { return }
        unread = 0..<(try reader.read(into: &window, 0..<window.count))
        consumedBytes += unread.count
    }

    /// Makes at least `count` bytes unread where the file has them.
    func fill(atLeast count: Int) throws(EventSQLError) {
        try fill()
        while unread.count < count, unread.upperBound < window.count {
            let more = try reader.read(into: &window, unread.upperBound..<window.count)
            if more == 0 { return }
            unread = unread.lowerBound..<unread.upperBound + more
            consumedBytes += more
        }
    }

    func skip(_ count: Int) { unread = (unread.lowerBound + count)..<unread.upperBound }

    /// The unread bytes begin with these.
    func starts(with magic: [UInt8]) -> Bool { window[unread].starts(with: magic) }

    /// The window first, then straight from the file.
    func read(into buffer: inout [UInt8], _ range: Range<Int>) throws(EventSQLError) -> Int {
        if unread.isEmpty {
            let count = try reader.read(into: &buffer, range)
            consumedBytes += count
            return count
        }
        let count = min(unread.count, range.count)
        buffer.replaceSubrange(range.prefix(count), with: window[unread.prefix(count)])
        skip(count)
        return count
    }
}

/// Chooses how to unpack a file by its first bytes.
enum ByteSourceOpener {
    static let gzipMagic: [UInt8] = [0x1f, 0x8b]
    static let zstdMagic: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]

    static func open(_ reader: SequentialReader) throws(EventSQLError) -> any ByteSource {
        let input = PackedInput(reader)
        try input.fill(atLeast: 4)
        if input.starts(with: gzipMagic) { return try GzipSource(input) }
        if input.starts(with: zstdMagic) { return try ZstdSource(input) }
        return PlainSource(input)
    }
}
