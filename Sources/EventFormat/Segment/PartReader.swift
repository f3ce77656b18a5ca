internal import EventBase
internal import EventColumns
internal import Synchronization

/// Reads the values of one part in place. Its directory is read on first touch, each chunk's checksum verified on
/// first touch, its dictionary inflated once.
///
/// - Threads: any.
final class PartReader: Sendable {
    let record: PartRecord
    private let bytes: SharedBytes
    private let label: String
    private let rowCount: Int
    private let opened = Mutex<Directory?>(nil)
    private let inflated = Mutex<HeapStringPool?>(nil)

    /// What a part's directory block says.
    final class Directory: Sendable {
        let chunks: [ChunkEntry]
        let presence: Presence?
        let dictionary: ByteRef
        let verified: VerifiedParts

        init(chunks: [ChunkEntry], presence: Presence?, dictionary: ByteRef) {
            self.chunks = chunks
            self.presence = presence
            self.dictionary = dictionary
            verified = VerifiedParts(count: chunks.count)
        }
    }

    init(_ record: PartRecord, bytes: SharedBytes, rowCount: Int, label: String) {
        self.record = record
        self.bytes = bytes
        self.rowCount = rowCount
        self.label = label
    }

    func corruption(_ what: String) -> EventSQLError {
        EventSQLError(.corruption, "\(what) of column \(record.path)", path: label)
    }

    func directory() throws(EventSQLError) -> Directory {
        if let directory = opened.withLock({ $0 }) { return directory }
        let directory = try readDirectory()
        opened.withLock { $0 = directory }
        return directory
    }

    private func readDirectory() throws(EventSQLError) -> Directory {
        guard bytes.crc32c(record.directory.range) == record.directory.checksum else {
            throw corruption("the checksum does not match in the directory")
        }
        let owner = bytes
        let span = owner.span
        var reader = ByteReader(span.extracting(record.directory.range))
        let limit = record.directory.offset
        let presence = ByteRef(&reader, limit: limit)
        let dictionary = ByteRef(&reader, limit: limit)
        let chunkCount = (record.valueCount + Limits.granuleRowCount - 1) / Limits.granuleRowCount
        guard reader.remaining == chunkCount * ChunkEntry.sizeBytes else {
            throw corruption("the length does not fit in the directory")
        }
        var chunks: [ChunkEntry] = []
        chunks.reserveCapacity(chunkCount)
        for _ in 0..<chunkCount {
            let place = ByteRef(&reader, limit: limit)
            chunks.append(
                ChunkEntry(bytes: place, low: reader.read(UInt64.self), high: reader.read(UInt64.self)))
        }
        if reader.failure != nil { throw corruption("a place lies outside the file in the directory") }
        if presence.length == 0 {
            guard record.valueCount == rowCount else { throw corruption("the presence is missing") }
            return Directory(chunks: chunks, presence: nil, dictionary: dictionary)
        }
        let rows = try Presence(bytes, presence, rowCount: rowCount, valueCount: record.valueCount, label: label)
        return Directory(chunks: chunks, presence: rows, dictionary: dictionary)
    }

    /// Where the values of the selected rows of a granule lie.
    func locate(_ granule: Int, _ selection: RowSelection) throws(EventSQLError) -> Placement {
        if let presence = try directory().presence { return presence.locate(granule, selection) }
        return Placement(allPresent: selection, before: granule * Limits.granuleRowCount)
    }

    /// The numbers of the values that the rows of a granule have.
    func values(ofGranule granule: Int) throws(EventSQLError) -> Range<Int> {
        if let presence = try directory().presence { return presence.rank(granule)..<presence.rank(granule + 1) }
        let start = granule * Limits.granuleRowCount
        return start..<min(start + Limits.granuleRowCount, rowCount)
    }

    /// Bytes of the chunks with the values of a granule; of a chunk that other granules have values in, their share.
    func encodedSizeBytes(ofGranule granule: Int) throws(EventSQLError) -> Int {
        let directory = try directory()
        guard directory.presence != nil else { return directory.chunks[granule].bytes.length }
        let values = try values(ofGranule: granule)
        var next = values.lowerBound
        var bytes = 0
        while next < values.upperBound {
            let index = next / Limits.granuleRowCount
            let end = min((index + 1) * Limits.granuleRowCount, values.upperBound)
            let count = min(Limits.granuleRowCount, record.valueCount - index * Limits.granuleRowCount)
            bytes += directory.chunks[index].bytes.length * (end - next) / count
            next = end
        }
        return bytes
    }

    /// The verified bytes of one chunk.
    @_lifetime(borrow self)
    func chunk(_ index: Int, of directory: Directory) throws(EventSQLError) -> RawSpan {
        let place = directory.chunks[index].bytes
        if !directory.verified.contains(index) {
            guard bytes.crc32c(place.range) == place.checksum else {
                throw corruption("the checksum does not match in chunk \(index)")
            }
            directory.verified.insert(index)
        }
        return bytes.unsafeExtract(place.range, heldBy: self)
    }

    /// Calls `body` with each chunk that holds some of `values`, the chunk's part of them, and their place in the whole.
    private func eachChunk(
        of values: Range<Int>, _ body: (RawSpan, Range<Int>, Int) -> Bool
    ) throws(EventSQLError) {
        if values.isEmpty { return }
        let directory = try directory()
        var next = values.lowerBound
        while next < values.upperBound {
            let index = next / Limits.granuleRowCount
            let start = index * Limits.granuleRowCount
            let end = min(start + Limits.granuleRowCount, values.upperBound)
            let chunk = try chunk(index, of: directory)
            guard body(chunk, (next - start)..<(end - start), next - values.lowerBound) else {
                throw undecodable(index)
            }
            next = end
        }
    }

    /// Calls `body` with each chunk that holds some of the picked values, their numbers in it, and their place in the whole.
    private func eachChunk(
        of values: Range<Int>, picks: [UInt16], _ body: (RawSpan, Span<UInt16>, Int) -> Bool
    ) throws(EventSQLError) {
        guard let last = picks.last else { return }
        precondition(Int(last) < values.count, "BUG: a pick outside its values")
        let directory = try directory()
        let (index, offset) = values.lowerBound.quotientAndRemainder(dividingBy: Limits.granuleRowCount)
        let end = Limits.granuleRowCount - offset
        if offset == 0 {
            guard body(try chunk(index, of: directory), picks.span, 0) else { throw undecodable(index) }
            return
        }
        // The values of a sparse part lie across two chunks.
        let split = picks.partitioningIndex { Int($0) >= end }
        let (here, next) = (
            picks[..<split].map { $0 &+ UInt16(truncatingIfNeeded: offset) },
            picks[split...].map { $0 &- UInt16(truncatingIfNeeded: end) }
        )
        if !here.isEmpty, !body(try chunk(index, of: directory), here.span, 0) { throw undecodable(index) }
        if !next.isEmpty, !body(try chunk(index + 1, of: directory), next.span, split) { throw undecodable(index + 1) }
    }

    private func undecodable(_ chunk: Int) -> EventSQLError { corruption("chunk \(chunk) cannot be decoded") }

    /// Lower 32 bits of integers: ordinals, codes. `output` gets exactly the values.
    func read(_ values: Range<Int>, into output: inout [UInt32]) throws(EventSQLError) {
        try fill(&output, with: values) { view, range, target, position in
            view.decode(range, into: &target, at: position)
        }
    }

    func read(_ values: Range<Int>, into output: inout [Int64]) throws(EventSQLError) {
        try fill(&output, with: values) { view, range, target, position in
            view.decode(range, into: &target, at: position)
        }
    }

    /// The lower 32 bits of the selected values of one chunk.
    func read(_ values: RowSelection, ofChunk index: Int, into output: inout [UInt32]) throws(EventSQLError) {
        switch values {
        case .range(let range): try read(Self.values(range, ofChunk: index), into: &output)
        case .rows(let places):
            try pick(places, of: chunkValues(index), into: &output) { $0.decode(at: $1, into: &$2, at: $3) }
        }
    }

    /// The same of 64-bit integers.
    func read(_ values: RowSelection, ofChunk index: Int, into output: inout [Int64]) throws(EventSQLError) {
        switch values {
        case .range(let range): try read(Self.values(range, ofChunk: index), into: &output)
        case .rows(let places):
            try pick(places, of: chunkValues(index), into: &output) { $0.decode(at: $1, into: &$2, at: $3) }
        }
    }

    private func chunkValues(_ index: Int) -> Range<Int> {
        let start = index * Limits.granuleRowCount
        return start..<min(start + Limits.granuleRowCount, record.valueCount)
    }

    /// The values at `picks` among `values`; `output` gets exactly them.
    private func pick<T: FixedWidthInteger>(
        _ picks: [UInt16], of values: Range<Int>, into output: inout [T],
        _ decode: (borrowing PackedIntegers.View, Span<UInt16>, inout MutableSpan<T>, Int) -> Void
    ) throws(EventSQLError) {
        Self.resize(&output, to: picks.count)
        var room = output
        output = []
        defer { output = room }
        try eachChunk(of: values, picks: picks) { chunk, places, position in
            guard let view = PackedIntegers.View(chunk), Int(places[places.count - 1]) < view.count else {
                return false
            }
            var target = room.mutableSpan
            decode(view, places, &target, position)
            return true
        }
    }

    private static func values(_ range: Range<Int>, ofChunk index: Int) -> Range<Int> {
        let start = index * Limits.granuleRowCount
        return (start + range.lowerBound)..<(start + range.upperBound)
    }

    /// Sizes an array and has each chunk's values written to their place in it; one call per chunk.
    private func fill<T: FixedWidthInteger>(
        _ output: inout [T], with values: Range<Int>,
        _ decode: (borrowing PackedIntegers.View, Range<Int>, inout [T], Int) -> Void
    ) throws(EventSQLError) {
        Self.resize(&output, to: values.count)
        var target = consume output
        output = []
        defer { output = target }
        try eachChunk(of: values) { chunk, range, position in
            guard let view = PackedIntegers.View(chunk), range.upperBound <= view.count else { return false }
            decode(view, range, &target, position)
            return true
        }
    }

    /// The integers of a placement, in order.
    func readIntegers(_ place: Placement) throws(EventSQLError) -> [Int64] {
        var output: [Int64] = []
        if let picks = place.picks {
            try pick(picks, of: place.values, into: &output) { $0.decode(at: $1, into: &$2, at: $3) }
        } else {
            try read(place.values, into: &output)
        }
        return output
    }

    /// The lower 32 bits of the integers of a placement, in order.
    func readCodes(_ place: Placement) throws(EventSQLError) -> [UInt32] {
        var output: [UInt32] = []
        if let picks = place.picks {
            try pick(picks, of: place.values, into: &output) { $0.decode(at: $1, into: &$2, at: $3) }
        } else {
            try read(place.values, into: &output)
        }
        return output
    }

    /// The doubles of a placement, in order.
    func readDoubles(_ place: Placement) throws(EventSQLError) -> [Double] {
        var output: [Double] = []
        output.reserveCapacity(place.count)
        if let picks = place.picks {
            try eachChunk(of: place.values, picks: picks) { chunk, places, _ in
                DoubleCodec.decode(chunk, at: places, appendingTo: &output)
            }
        } else {
            try eachChunk(of: place.values) { chunk, range, _ in
                DoubleCodec.decode(chunk, range, appendingTo: &output)
            }
        }
        return output
    }

    /// The first value of an ascending chunk that meets a condition, counted from the chunk's first.
    func firstValue(inChunk index: Int, where isReached: (Int64) -> Bool) throws(EventSQLError) -> Int {
        guard let view = PackedIntegers.View(try chunk(index, of: directory())) else {
            throw undecodable(index)
        }
        return view.firstIndex(where: isReached)
    }

    /// Codes of a placement and what they stand for: the segment's dictionary, or the values themselves one by one.
    func readStrings(_ place: Placement) throws(EventSQLError) -> (codes: [UInt32], pool: HeapStringPool) {
        if record.form == .dictionary { return (try readCodes(place), try dictionary()) }
        // Texts lie one behind the other: what is between the wanted ones is decoded with them.
        let first = Int(place.picks?.first ?? 0)
        let end = place.picks.map { Int($0.last ?? 0) + min(1, $0.count) } ?? place.values.count
        var heap: [UInt8] = []
        var offsets: [UInt32] = [0]
        try eachChunk(of: (place.values.lowerBound + first)..<(place.values.lowerBound + end)) { chunk, range, _ in
            guard let part = StringCodec.decode(chunk, range), part.heap.count < 1 << 31, heap.count < 1 << 31 else {
                return false
            }
            let start = UInt32(heap.count)
            heap += part.heap
            for index in 1..<part.offsets.count { offsets.append(start + part.offsets[index]) }
            return true
        }
        let pool = HeapStringPool(heap: heap, offsets: offsets, isDistinct: false, isSorted: false)
        return (place.picks?.map { UInt32($0) - UInt32(first) } ?? Array(0..<UInt32(place.values.count)), pool)
    }

    private func dictionary() throws(EventSQLError) -> HeapStringPool {
        if let pool = inflated.withLock({ $0 }) { return pool }
        let directory = try directory()
        let place = directory.dictionary
        guard bytes.crc32c(place.range) == place.checksum,
            let (heap, offsets) = StringCodec.decodeHeap(bytes.unsafeExtract(place.range, heldBy: self)),
            directory.chunks.allSatisfy({ $0.high < UInt64(offsets.count - 1) })
        else { throw corruption("the dictionary is damaged") }
        let pool = HeapStringPool(heap: heap, offsets: offsets, isDistinct: true, isSorted: true)
        inflated.withLock { $0 = pool }
        return pool
    }

    private static func resize<T: FixedWidthInteger>(_ array: inout [T], to count: Int) {
        if array.count > count { array.removeLast(array.count - count) }
        if array.count < count { array.append(contentsOf: repeatElement(0, count: count - array.count)) }
    }
}
