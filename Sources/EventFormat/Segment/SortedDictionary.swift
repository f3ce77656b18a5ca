internal import EventBase
internal import EventColumns

/// The distinct strings that some codes stand for, sorted by their bytes.
struct SortedDictionary {
    var heap: [UInt8] = []
    var offsets: [UInt32] = [0]
    /// Code of the pool -> sorted code; codes that do not occur keep 0.
    var sortedCode: [UInt32]

    /// Values below which a dictionary is always kept.
    private static let valueCountAlways = 64
    private static let heapSizeBytesMax = 1 << 30

    var count: Int { offsets.count - 1 }

    /// Collects what occurs; `EventBuffer.noCode` is passed over.
    init(codes: [UInt32], pool: any StringPool) {
        sortedCode = [UInt32](repeating: 0, count: pool.count)
        let order = Self.usedCodes(codes, pool).map { (prefix: Self.prefix(pool.bytes(at: $0)), code: $0) }
            .sorted { a, b in
                a.prefix != b.prefix
                    ? a.prefix < b.prefix : ByteOrder.precedes(pool.bytes(at: a.code), pool.bytes(at: b.code))
            }
        var last: UInt32?
        for (_, code) in order {
            if let last, ByteOrder.equal(pool.bytes(at: last), pool.bytes(at: code)) {
                sortedCode[Int(code)] = UInt32(count - 1)
                continue
            }
            heap.append(bytes: pool.bytes(at: code))
            offsets.append(UInt32(heap.count))
            sortedCode[Int(code)] = UInt32(count - 1)
            last = code
        }
    }

    /// Whether a dictionary is smaller than the strings themselves: they repeat twice on average, or are few.
    static func pays(codes: [UInt32], pool: any StringPool) -> Bool {
        if codes.count <= valueCountAlways { return true }
        let used = usedCodes(codes, pool)
        if used.count * 2 > codes.count { return false }
        var sizeBytes = 0
        for code in used { sizeBytes += pool.bytes(at: code).byteCount }
        return sizeBytes <= heapSizeBytesMax
    }

    private static func usedCodes(_ codes: [UInt32], _ pool: any StringPool) -> [UInt32] {
        var isUsed = [Bool](repeating: false, count: pool.count)
        for code in codes where code != EventBuffer.noCode { isUsed[Int(code)] = true }
        return isUsed.indices.filter { isUsed[$0] }.map { UInt32($0) }
    }

    /// The first eight bytes as a number that sorts as they do; shorter strings are padded with zeros.
    private static func prefix(_ bytes: RawSpan) -> UInt64 {
        if bytes.byteCount >= 8 { return bytes.word(at: 0).byteSwapped }
        var word: UInt64 = 0
        for index in 0..<bytes.byteCount { word |= UInt64(bytes.byte(at: index)) << UInt64(56 - 8 * index) }
        return word
    }
}
