internal import EventBase

/// Cuts an input into blocks of whole lines, or of whole CSV records. Holds one block, whatever the input's size.
struct BlockReader {
    /// Large enough that a block's own cost vanishes, small enough that its dictionaries stay in the cache (4 MB: 8 % slower).
    static let blockSizeBytes = 1 << 20

    private let source: any ByteSource
    /// For CSV: line feeds inside quotes do not end a record.
    var delimiter: UInt8?
    private let blockSizeBytes: Int
    /// Bytes of a block that is done with, to be written over.
    private var spare: [UInt8] = []
    /// Read, but not yet handed out.
    private var carry: [UInt8] = []
    private var isAtEnd = false
    private var isAtStart = true

    /// - Parameter delimiter: of CSV fields; nil for lines.
    init(_ source: any ByteSource, delimiter: UInt8? = nil, blockSizeBytes: Int = BlockReader.blockSizeBytes) {
        self.source = source
        self.delimiter = delimiter
        self.blockSizeBytes = max(blockSizeBytes, 4)
    }

    /// Bytes of the file read so far.
    var consumedBytes: Int { source.consumedBytes }

    /// The next block, or nil at the end. A line that no block may hold comes as a block of its own, refused already.
    mutating func next() throws(EventSQLError) -> InputBlock? {
        var bytes = takeCarry()
        var count = carry.count
        carry.removeAll(keepingCapacity: true)
        var wanted = blockSizeBytes
        while true {
            try fill(&bytes, &count, wanted)
            if count == 0 { return nil }
            if let end = lastBoundary(bytes, count) { return block(bytes, count, end) }
            let isFull = count > Limits.lineSizeBytesMax
            if delimiter != nil, isAtEnd || isFull, let end = LineScan.firstLineFeed(bytes.rawBytes, 0..<count) {
                /// A quote that nothing closes: the decoder refuses its line, and reading goes on behind it.
                return block(bytes, count, end + 1)
            }
            if isAtEnd { return block(bytes, count, count) }
            if isFull { return try oversized(bytes, count) }
            wanted = min(wanted * 2, Limits.lineSizeBytesMax + blockSizeBytes)
        }
    }

    /// Takes back the bytes of a block that nobody uses any more.
    mutating func recycle(_ block: consuming InputBlock) {
        if block.bytes.count > spare.count { spare = block.bytes }
    }

    /// Bytes that begin with what is carried over.
    private mutating func takeCarry() -> [UInt8] {
        guard spare.count >= carry.count else { return carry }
        var bytes: [UInt8] = []
        swap(&bytes, &spare)
        bytes.replaceSubrange(0..<carry.count, with: carry)
        return bytes
    }

    /// The first byte that is no blank, nil where there is none; nothing is used up.
    mutating func firstVisibleByte() throws(EventSQLError) -> UInt8? {
        var bytes = carry
        var count = bytes.count
        try fill(&bytes, &count, blockSizeBytes)
        carry = Array(bytes[..<count])
        return carry.first { $0 > 0x20 }
    }

    /// Reads until `bytes` holds `wanted` bytes of text, or all there are.
    private mutating func fill(_ bytes: inout [UInt8], _ count: inout Int, _ wanted: Int) throws(EventSQLError) {
        let capacity = max(wanted, count) + JSONParser.paddingBytes
        if bytes.count < capacity { bytes.append(contentsOf: [UInt8](repeating: 0, count: capacity - bytes.count)) }
        while count < wanted, !isAtEnd {
            let read = try source.read(into: &bytes, count..<wanted)
            if read == 0 { isAtEnd = true }
            count += read
        }
        if isAtStart, count > 0 {
            isAtStart = false
            if bytes.starts(with: [0xef, 0xbb, 0xbf]) {
                bytes.removeFirst(3)
                bytes.append(contentsOf: [0, 0, 0])
                count -= 3
            }
        }
    }

    /// Behind the last whole line or record; at the end of the input also behind an unfinished one that is well formed.
    private func lastBoundary(_ bytes: [UInt8], _ count: Int) -> Int? {
        guard let delimiter else {
            if isAtEnd { return count }
            return LineScan.lastLineFeed(bytes.rawBytes, count).map { $0 + 1 }
        }
        var records = CSVRecordReader(delimiter: delimiter)
        return records.lastRecordEnd(bytes.rawBytes, count, isAtEnd: isAtEnd)
    }

    private mutating func block(_ bytes: [UInt8], _ count: Int, _ end: Int) -> InputBlock {
        carry.append(contentsOf: bytes[end..<count])
        return InputBlock(bytes: bytes, count: end)
    }

    /// Refuses a line that is longer than any may be, and finds the next one.
    private mutating func oversized(_ bytes: [UInt8], _ count: Int) throws(EventSQLError) -> InputBlock {
        let raw = Array(bytes.prefix(RejectedRow.rawSizeBytesMax))
        let limit = Limits.lineSizeBytesMax
        let reject = RejectedRow(
            line: 1, reason: .lineTooLong, detail: "the line has more than \(limit) bytes", raw: raw)
        var rest = bytes
        var restCount = count
        while true {
            if let end = LineScan.firstLineFeed(rest.rawBytes, 0..<restCount) {
                carry.append(contentsOf: rest[(end + 1)..<restCount])
                break
            }
            restCount = try source.read(into: &rest, 0..<rest.count)
            if restCount == 0 {
                isAtEnd = true
                break
            }
        }
        return InputBlock(refused: reject)
    }
}
