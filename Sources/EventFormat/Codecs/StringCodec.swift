internal import EventBase

/// Strings that hardly repeat, one chunk at a time (SPEC 1.8.3): UUIDs and other hexadecimal ids two digits a byte, numbered
/// ids as a prefix and an integer, anything else as lengths and a heap that may be compressed.
enum StringCodec {
    private static let heapKind: UInt32 = 0
    private static let uuidKind: UInt32 = 1
    private static let numberedKind: UInt32 = 2
    private static let hexKind: UInt32 = 3
    private static let repeatedKind: UInt32 = 4
    private static let randomUUIDKind: UInt32 = 5

    /// Appends the strings `heap[offsets[i] ..< offsets[i + 1]]` in encoded form.
    static func encode(_ heap: [UInt8], _ offsets: [UInt32], to writer: inout ByteWriter) {
        if let repeated = RepeatedText(heap, offsets) {
            writer.write(repeatedKind)
            writer.write(UInt32(offsets.count - 1))
            repeated.writeBits(to: &writer)
            encodeEach(repeated.heap, repeated.offsets, to: &writer)
        } else {
            encodeEach(heap, offsets, to: &writer)
        }
    }

    /// Appends UUIDs as the strings that they are.
    static func encode(_ uuids: ArraySlice<PackedUUID>, to writer: inout ByteWriter) {
        if RepeatedText.pays(uuids) {
            var heap: [UInt8] = []
            for uuid in uuids { heap.append(uuid: uuid) }
            return encode(heap, (0...uuids.count).map { UInt32($0 * RawSpan.uuidSizeBytes) }, to: &writer)
        }
        write(uuids, to: &writer)
    }

    private static func write(_ uuids: ArraySlice<PackedUUID>, to writer: inout ByteWriter) {
        let areRandom = RandomUUIDs.canHold(uuids)
        writer.write(areRandom ? randomUUIDKind : uuidKind)
        writer.write(UInt32(uuids.count))
        if areRandom { RandomUUIDs.encode(uuids, to: &writer) } else { writer.write(uuids: uuids) }
    }

    private static func encodeEach(_ heap: [UInt8], _ offsets: [UInt32], to writer: inout ByteWriter) {
        let count = UInt32(offsets.count - 1)
        var hex = ByteWriter()
        if let packed = UUIDText.pack(heap, offsets) {
            write(packed[...], to: &writer)
        } else if let (prefix, numbers) = NumberedText.split(heap, offsets) {
            writer.write(numberedKind)
            writer.write(count)
            writer.write(UInt32(prefix.count))
            writer.write(raw: prefix)
            PackedIntegers.encode(numbers, to: &writer)
        } else if HexText.encode(heap, offsets, to: &hex) {
            writer.write(hexKind)
            writer.write(count)
            writer.write(bytes: hex.bytes.rawBytes)
        } else {
            writer.write(heapKind)
            writer.write(count)
            encodeHeap(heap, offsets, to: &writer)
        }
    }

    /// Appends lengths and heap; also the form of a dictionary.
    static func encodeHeap(_ heap: [UInt8], _ offsets: [UInt32], to writer: inout ByteWriter) {
        PackedIntegers.encode((1..<offsets.count).map { Int64(offsets[$0] - offsets[$0 - 1]) }, to: &writer)
        MaybeCompressed.encode(heap, to: &writer)
    }

    /// The strings of `range` as a heap and its offsets, which begin with 0; nil where the bytes cannot be encoded
    /// strings.
    static func decode(_ bytes: RawSpan, _ range: Range<Int>) -> (heap: [UInt8], offsets: [UInt32])? {
        guard bytes.byteCount >= 8, bytes.load(at: 0, as: UInt32.self) == repeatedKind else {
            return decodeEach(bytes, range)
        }
        let count = Int(bytes.load(at: 4, as: UInt32.self))
        let start = 8 + RepeatedText.bitsSizeBytes(count: count)
        guard range.lowerBound >= 0, range.upperBound <= count, start <= bytes.byteCount,
            let numbers = RepeatedText.numbers(bytes.extracting(8..<start), range)
        else { return nil }
        guard let first = numbers.first, let last = numbers.last else { return ([], [0]) }
        guard let (each, ends) = decodeEach(bytes.extracting(start..<bytes.byteCount), first..<(last + 1)) else {
            return nil
        }
        var heap: [UInt8] = []
        var offsets: [UInt32] = [0]
        offsets.reserveCapacity(numbers.count + 1)
        let text = each.rawBytes
        for number in numbers {
            heap.append(bytes: text.extracting(Int(ends[number - first])..<Int(ends[number - first + 1])))
            offsets.append(UInt32(heap.count))
        }
        return (heap, offsets)
    }

    /// The UUIDs of a chunk, packed, two words each; nil where it has other strings.
    static func uuidWords(_ bytes: RawSpan) -> [UInt64]? {
        guard bytes.byteCount >= 8 else { return nil }
        let kind = bytes.load(at: 0, as: UInt32.self)
        let count = Int(bytes.load(at: 4, as: UInt32.self))
        if kind == randomUUIDKind {
            return RandomUUIDs.words(bytes.extracting(8..<bytes.byteCount), 0..<count, count: count)
        }
        guard kind == uuidKind, count <= (bytes.byteCount - 8) / 16 else { return nil }
        return bytes.loadArray(at: 8, count: count * 2, as: UInt64.self)
    }

    private static func decodeEach(_ bytes: RawSpan, _ range: Range<Int>) -> (heap: [UInt8], offsets: [UInt32])? {
        guard bytes.byteCount >= 8 else { return nil }
        let count = Int(bytes.load(at: 4, as: UInt32.self))
        guard range.lowerBound >= 0, range.upperBound <= count else { return nil }
        let body = bytes.extracting(8..<bytes.byteCount)
        switch bytes.load(at: 0, as: UInt32.self) {
        case uuidKind: return UUIDText.unpack(body, range)
        case randomUUIDKind:
            guard let words = RandomUUIDs.words(body, range, count: count) else { return nil }
            return UUIDText.unpack(words.littleEndianBytes, 0..<range.count)
        case numberedKind: return NumberedText.join(body, range)
        case hexKind: return HexText.decode(body, range)
        case heapKind:
            guard let (heap, offsets) = decodeHeap(body), offsets.count == count + 1 else { return nil }
            let start = offsets[range.lowerBound]
            let part = Array(heap[Int(start)..<Int(offsets[range.upperBound])])
            return (part, offsets[range.lowerBound...range.upperBound].map { $0 - start })
        default: return nil
        }
    }

    /// All strings of lengths and heap.
    static func decodeHeap(_ bytes: RawSpan) -> (heap: [UInt8], offsets: [UInt32])? {
        guard let view = PackedIntegers.View(bytes) else { return nil }
        var lengths = [UInt32](repeating: 0, count: view.count)
        view.decode(0..<view.count, into: &lengths, at: 0)
        guard let heap = MaybeCompressed.decode(bytes.extracting(view.sizeBytes..<bytes.byteCount)) else { return nil }
        var offsets: [UInt32] = [0]
        offsets.reserveCapacity(lengths.count + 1)
        var end = 0
        for length in lengths {
            end += Int(length)
            guard end <= heap.count else { return nil }
            offsets.append(UInt32(end))
        }
        return end == heap.count ? (heap, offsets) : nil
    }
}
