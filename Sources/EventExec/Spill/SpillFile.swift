import EventBase
import EventColumns
import EventIO

/// Batches that one worker has put on disk, each in one of several lists. All lists share a file without a name.
///
/// - Threads: one worker writes; afterwards anybody reads.
final class SpillFile: @unchecked Sendable {
    private let file: TemporaryFile
    private let types: [ScalarType]
    private let context: QueryContext
    private var places: [[Range<Int>]]
    /// What the batches of each list take in memory.
    private var heldBytes: [Int]
    /// Some row has a NULL in the keys by which it was dealt.
    private(set) var hasNullKey = false

    init(types: [ScalarType], listCount: Int, context: QueryContext) throws(EventSQLError) {
        guard let folder = context.spillFolder else { fatalError("BUG: nowhere to spill to") }
        file = try TemporaryFile(in: folder)
        self.types = types
        self.context = context
        places = Array(repeating: [], count: listCount)
        heldBytes = Array(repeating: 0, count: listCount)
    }

    func append(_ batch: Batch, to list: Int = 0) throws(EventSQLError) {
        if batch.rowCount == 0 { return }
        try context.check()
        let bytes = BatchCodec.encode(batch)
        let start = try file.append(bytes)
        context.noteSpilled(bytes: bytes.count)
        places[list].append(start..<start + bytes.count)
        heldBytes[list] += max(batch.sizeBytes, bytes.count)
    }

    /// One more list, behind the others.
    func addList() {
        places.append([])
        heldBytes.append(0)
    }

    func noteNullKey() { hasNullKey = true }

    /// Bytes that the batches of a list take once they are read.
    func heldSizeBytes(_ list: Int) -> Int { heldBytes[list] }

    func batchCount(_ list: Int = 0) -> Int { places[list].count }

    func batch(_ index: Int, of list: Int = 0) throws(EventSQLError) -> Batch {
        try context.check()
        let place = places[list][index]
        return try BatchCodec.decode(try file.read(at: place.lowerBound, count: place.count), types: types)
    }
}

/// Rows dealt out by the hash of their keys: equal keys fall into the same part.
enum SpillParts {
    static let count = 16
    /// Rows that are dealt out so often share few keys, and another hash will not part them.
    static let levelMax = 4

    /// The rows of each part. NULL equals NULL, -0 equals 0 and NaN equals NaN, whatever dictionary a text comes from.
    /// - Parameter level: parts of a part need another hash.
    static func rows(_ keys: [Vector], count rowCount: Int, level: Int) -> [[Int]] {
        var hashes = [UInt64](repeating: Hash64.hash(UInt64(level)), count: rowCount)
        for key in keys {
            for row in 0..<rowCount {
                hashes[row] = Hash64.hash(hashes[row] ^ (key.isNull(at: row) ? 0x9E37 : hash(key, row)))
            }
        }
        var parts = [[Int]](repeating: [], count: count)
        for row in 0..<rowCount { parts[Int(hashes[row] >> 60)].append(row) }
        return parts
    }

    private static func hash(_ key: Vector, _ row: Int) -> UInt64 {
        switch key.values {
        case .bool(let values): return values[row] ? 1 : 2
        case .int64(let values): return Hash64.hash(UInt64(bitPattern: values[row]))
        case .double(let values):
            let value = values[row]
            return Hash64.hash(value.isNaN ? Double.nan.bitPattern : value == 0 ? 0 : value.bitPattern)
        case .string(let codes, let pool): return Hash64.hash(pool.bytes(at: codes[row]))
        case .interval(let values): return Hash64.hash(values[row].comparable.bitPattern)
        }
    }
}
