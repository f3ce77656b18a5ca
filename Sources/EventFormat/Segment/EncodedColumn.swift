internal import EventBase
package import EventColumns

/// One property column in its encoded form, not yet part of a file. Columns of one segment may be encoded on several
/// threads and are then added to its writer one after the other.
package struct EncodedColumn: Sendable {
    private(set) var parts: [EncodedPart] = []

    /// Encodes a column of a segment of `rowCount` rows; without values nothing comes out.
    package init(_ column: SegmentColumn, rowCount: Int) {
        let path = column.path
        if !column.bools.isEmpty {
            let bits = column.bools.values.map { Int64($0 ? 1 : 0) }
            parts.append(Self.integers(path, .bool, column.bools, bits, rowCount))
        }
        if !column.integers.isEmpty {
            parts.append(Self.integers(path, .int64, column.integers, column.integers.values, rowCount))
        }
        if !column.doubles.isEmpty { parts.append(Self.doubles(path, column.doubles, rowCount)) }
        if !column.strings.isEmpty {
            parts.append(Self.strings(path, .string, column.strings, column.stringPool, rowCount))
        }
        if !column.uuids.isEmpty { parts.append(Self.uuids(path, column.uuids, rowCount)) }
        if !column.jsons.isEmpty { parts.append(Self.strings(path, .json, column.jsons, column.jsonPool, rowCount)) }
    }

    package var isEmpty: Bool { parts.isEmpty }
    /// Bytes in the file, its directories and gaps included.
    package var sizeBytes: Int {
        parts.reduce(0) {
            $0 + $1.bytes.count + ($1.chunks.count + 2) * ChunkEntry.sizeBytes + SegmentWriter.alignmentBytes
        }
    }

    /// The users, times or codes of all rows.
    static func system(_ index: Int, _ values: [Int64]) -> EncodedPart {
        integers(SegmentSummary.systemPaths[index], .int64, SparseValues(leading: values), values, values.count)
    }

    private static func integers<T>(
        _ path: String, _ type: StoredTypes, _ rows: SparseValues<T>, _ values: [Int64], _ rowCount: Int
    ) -> EncodedPart {
        var part = EncodedPart(path: path, type: type, form: .numbers, valueCount: values.count)
        part.addChunks { range, chunk in encode(Array(values[range]), to: &chunk) }
        part.add(presenceOf: rows, rowCount: rowCount)
        return part
    }

    private static func doubles(_ path: String, _ values: SparseValues<Double>, _ rowCount: Int) -> EncodedPart {
        var part = EncodedPart(path: path, type: .double, form: .numbers, valueCount: values.count)
        part.addChunks { range, chunk in
            let slice = Array(values.values[range])
            DoubleCodec.encode(slice, to: &chunk)
            var (low, high) = (slice[0], slice[0])
            for value in slice {
                if value.isNaN { return (Double.nan.bitPattern, Double.nan.bitPattern) }
                low = min(low, value)
                high = max(high, value)
            }
            return (low.bitPattern, high.bitPattern)
        }
        part.add(presenceOf: values, rowCount: rowCount)
        return part
    }

    private static func uuids(_ path: String, _ values: SparseValues<PackedUUID>, _ rowCount: Int) -> EncodedPart {
        if values.count <= SortedDictionary.valueCountAlways {
            var heap: [UInt8] = []
            for uuid in values.values { heap.append(uuid: uuid) }
            let pool = HeapStringPool(
                heap: heap, offsets: (0...values.count).map { UInt32($0 * RawSpan.uuidSizeBytes) }, isDistinct: false,
                isSorted: false)
            return strings(path, .string, values.with((0..<UInt32(values.count)).map { $0 }), pool, rowCount)
        }
        var part = EncodedPart(path: path, type: .string, form: .plain, valueCount: values.count)
        part.reserve(sizeBytes: values.count * MemoryLayout<PackedUUID>.size)
        part.addChunks { range, chunk in
            StringCodec.encode(values.values[range], to: &chunk)
            return (0, 0)
        }
        part.add(presenceOf: values, rowCount: rowCount)
        return part
    }

    private static func strings(
        _ path: String, _ type: StoredTypes, _ values: SparseValues<UInt32>, _ pool: any StringPool, _ rowCount: Int
    ) -> EncodedPart {
        let codes = values.values
        let isDictionary = SortedDictionary.pays(codes: codes, pool: pool)
        var part = EncodedPart(
            path: path, type: type, form: isDictionary ? .dictionary : .plain, valueCount: codes.count)
        if isDictionary {
            let dictionary = SortedDictionary(codes: codes, pool: pool)
            var bytes = ByteWriter(capacity: dictionary.heap.count)
            StringCodec.encodeHeap(dictionary.heap, dictionary.offsets, to: &bytes)
            part.add(dictionary: bytes.bytes)
            part.addChunks { range, chunk in
                encode(codes[range].map { Int64(dictionary.sortedCode[Int($0)]) }, to: &chunk)
            }
        } else {
            part.addChunks { range, chunk in
                var heap: [UInt8] = []
                var offsets: [UInt32] = [0]
                offsets.reserveCapacity(range.count + 1)
                pool.append(codes[range], to: &heap, &offsets)
                StringCodec.encode(heap, offsets, to: &chunk)
                return (0, 0)
            }
        }
        part.add(presenceOf: values, rowCount: rowCount)
        return part
    }

    /// Appends integers; answers the smallest and the largest.
    private static func encode(_ values: [Int64], to chunk: inout ByteWriter) -> (low: UInt64, high: UInt64) {
        PackedIntegers.encode(values, to: &chunk)
        var (low, high) = (values[0], values[0])
        for value in values {
            low = min(low, value)
            high = max(high, value)
        }
        return (UInt64(bitPattern: low), UInt64(bitPattern: high))
    }
}
