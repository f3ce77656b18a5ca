internal import EventBase
internal import EventColumns

/// The distinct strings that some codes use, sorted by bytes, and the codes rewritten to them.
struct SortedDictionary {
    private(set) var codes: [UInt32]
    private(set) var lengths: [Int] = []
    private(set) var heap: [UInt8] = []

    /// - Parameter absent: a code without a string; rewritten to `count`.
    init(codes original: [UInt32], pool: any StringPool, absent: UInt32?) {
        self.init(original, used: Self.used(original, pool: pool, absent: absent), pool: pool, absent: absent)
    }

    /// The dictionary of a column, or nil where most values are unique, so that codes into it would save nothing. Told
    /// before anything is sorted: ids are the dearest strings to sort.
    init?(ifSmaller original: [UInt32], pool: any StringPool) {
        let used = Self.used(original, pool: pool, absent: nil)
        guard used.count < 1024 || used.count * 2 < original.count else { return nil }
        self.init(original, used: used, pool: pool, absent: nil)
    }

    private init(_ original: [UInt32], used: [UInt32], pool: any StringPool, absent: UInt32?) {
        var rewritten = [UInt32](repeating: 0, count: pool.count)
        for code in pool.isSorted ? used : Self.sorted(used, pool) {
            let bytes = pool.bytes(at: code)
            rewritten[Int(code)] = UInt32(lengths.count)
            lengths.append(bytes.byteCount)
            heap.append(bytes: bytes)
        }
        let none = UInt32(lengths.count)
        codes = original.map { $0 == absent ? none : rewritten[Int($0)] }
    }

    private static func used(_ codes: [UInt32], pool: any StringPool, absent: UInt32?) -> [UInt32] {
        var isUsed = [Bool](repeating: false, count: pool.count)
        for code in codes where code != absent { isUsed[Int(code)] = true }
        return (0..<UInt32(isUsed.count)).filter { isUsed[Int($0)] }
    }

    /// By the first eight bytes as a number, and by all of them where these are the same.
    private static func sorted(_ codes: [UInt32], _ pool: any StringPool) -> [UInt32] {
        var keyed: [(prefix: UInt64, code: UInt32)] = []
        keyed.reserveCapacity(codes.count)
        for code in codes { keyed.append((prefix(pool.bytes(at: code)), code)) }
        keyed.sort { a, b in
            a.prefix != b.prefix
                ? a.prefix < b.prefix : ByteOrder.precedes(pool.bytes(at: a.code), pool.bytes(at: b.code))
        }
        return keyed.map(\.code)
    }

    private static func prefix(_ bytes: RawSpan) -> UInt64 {
        if bytes.byteCount >= 8 { return bytes.word(at: 0).byteSwapped }
        var prefix: UInt64 = 0
        for index in 0..<bytes.byteCount { prefix |= UInt64(bytes.byte(at: index)) << UInt64(56 - 8 * index) }
        return prefix
    }

    var count: Int { lengths.count }
}
