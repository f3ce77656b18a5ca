internal import EventBase
internal import EventColumns

/// The distinct strings that some codes stand for, sorted by their bytes.
struct SortedDictionary {
    var heap: [UInt8] = []
    var offsets: [UInt32] = [0]
    /// Code of the pool -> sorted code; codes that do not occur keep 0.
    var sortedCode: [UInt32]

    /// Values below which a dictionary is always kept.
    static let valueCountAlways = 64
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
        let (isUsed, count) = marks(codes, poolCount: pool.count, countMax: codes.count / 2)
        if count * 2 > codes.count { return false }
        var sizeBytes = 0
        for code in isUsed.indices where isUsed[code] { sizeBytes += pool.bytes(at: UInt32(code)).byteCount }
        return sizeBytes <= heapSizeBytesMax
    }

    private static func usedCodes(_ codes: [UInt32], _ pool: any StringPool) -> [UInt32] {
        let (isUsed, count) = marks(codes, poolCount: pool.count, countMax: .max)
        var used: [UInt32] = []
        used.reserveCapacity(count)
        for code in isUsed.indices where isUsed[code] { used.append(UInt32(code)) }
        return used
    }

    /// Which codes occur, and how many; stops at more than `countMax`.
    private static func marks(_ codes: [UInt32], poolCount: Int, countMax: Int) -> (isUsed: [Bool], count: Int) {
        var isUsed = [Bool](repeating: false, count: poolCount)
        var count = 0
        for code in codes where code != EventBuffer.noCode && !isUsed[Int(code)] {
            isUsed[Int(code)] = true
            count += 1
            if count > countMax { break }
        }
        return (isUsed, count)
    }

    /// The first eight bytes as a number that sorts as they do; shorter strings are padded with zeros.
    private static func prefix(_ bytes: RawSpan) -> UInt64 {
        if bytes.byteCount >= 8 { return bytes.word(at: 0).byteSwapped }
        var word: UInt64 = 0
        for index in 0..<bytes.byteCount { word |= UInt64(bytes.byte(at: index)) << UInt64(56 - 8 * index) }
        return word
    }
}
