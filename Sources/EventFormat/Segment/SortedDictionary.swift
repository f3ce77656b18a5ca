internal import EventBase
internal import EventColumns

/// The distinct strings that some codes use, sorted by bytes, and the codes rewritten to them.
struct SortedDictionary {
    private(set) var codes: [UInt32]
    private(set) var lengths: [Int] = []
    private(set) var heap: [UInt8] = []
    private let valueCount: Int

    /// - Parameter absent: a code without a string; rewritten to `count`.
    init(codes original: [UInt32], pool: any StringPool, absent: UInt32?) {
        valueCount = original.count
        var isUsed = [Bool](repeating: false, count: pool.count)
        for code in original where code != absent { isUsed[Int(code)] = true }
        var used = (0..<UInt32(pool.count)).filter { isUsed[Int($0)] }
        if !pool.isSorted {
            used.sort { ByteOrder.precedes(pool.bytes(at: $0), pool.bytes(at: $1)) }
        }
        var rewritten = [UInt32](repeating: 0, count: pool.count)
        for code in used {
            let bytes = pool.bytes(at: code)
            rewritten[Int(code)] = UInt32(lengths.count)
            lengths.append(bytes.byteCount)
            heap.append(bytes: bytes)
        }
        let none = UInt32(lengths.count)
        codes = original.map { $0 == absent ? none : rewritten[Int($0)] }
    }

    var count: Int { lengths.count }

    /// Whether codes into a dictionary are smaller than the strings themselves: not where most values are unique.
    var pays: Bool { count < 1024 || count * 2 < valueCount }
}
