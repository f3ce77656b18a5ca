internal import EventBase
internal import EventColumns

extension SegmentWriter {
    mutating func addSystem(_ index: Int, _ values: [Int64]) {
        addIntegers(SegmentSummary.systemPaths[index], .int64, rows: nil, values)
    }

    /// - Parameter rows: the rows of the values; nil for all.
    mutating func addIntegers(_ path: String, _ type: StoredTypes, rows: [UInt32]?, _ values: [Int64]) {
        let part = PartRecord(path: path, type: type, form: .numbers, valueCount: values.count)
        addPart(part, rows: rows, dictionary: ByteRef()) { range, chunk in
            let slice = Array(values[range])
            PackedIntegers.encode(slice, to: &chunk)
            let (low, high) = Self.bounds(slice)
            return (UInt64(bitPattern: low), UInt64(bitPattern: high))
        }
    }

    mutating func addDoubles(_ path: String, rows: [UInt32], _ values: [Double]) {
        let part = PartRecord(path: path, type: .double, form: .numbers, valueCount: values.count)
        addPart(part, rows: rows, dictionary: ByteRef()) { range, chunk in
            let slice = Array(values[range])
            DoubleCodec.encode(slice, to: &chunk)
            var (low, high) = (slice[0], slice[0])
            for value in slice {
                if value.isNaN { return (Double.nan.bitPattern, Double.nan.bitPattern) }
                low = min(low, value)
                high = max(high, value)
            }
            return (low.bitPattern, high.bitPattern)
        }
    }

    mutating func addStrings(
        _ path: String, _ type: StoredTypes, _ values: SparseValues<UInt32>, _ pool: any StringPool
    ) {
        var part = PartRecord(path: path, type: type, form: .dictionary, valueCount: values.values.count)
        if SortedDictionary.pays(codes: values.values, pool: pool) {
            let dictionary = SortedDictionary(codes: values.values, pool: pool)
            var bytes = ByteWriter(capacity: dictionary.heap.count)
            StringCodec.encodeHeap(dictionary.heap, dictionary.offsets, to: &bytes)
            let place = append(bytes.bytes)
            addPart(part, rows: values.rows, dictionary: place) { range, chunk in
                let codes = values.values[range].map { Int64(dictionary.sortedCode[Int($0)]) }
                PackedIntegers.encode(codes, to: &chunk)
                let (low, high) = Self.bounds(codes)
                return (UInt64(bitPattern: low), UInt64(bitPattern: high))
            }
        } else {
            part.form = .plain
            addPart(part, rows: values.rows, dictionary: ByteRef()) { range, chunk in
                var heap: [UInt8] = []
                var offsets: [UInt32] = [0]
                for code in values.values[range] {
                    heap.append(bytes: pool.bytes(at: code))
                    offsets.append(UInt32(heap.count))
                }
                StringCodec.encode(heap, offsets, to: &chunk)
                return (0, 0)
            }
        }
    }

    private static func bounds(_ values: [Int64]) -> (Int64, Int64) {
        var (low, high) = (values[0], values[0])
        for value in values {
            low = min(low, value)
            high = max(high, value)
        }
        return (low, high)
    }

    /// Writes the chunks of a part, its presence and its directory. `encode` appends one chunk and answers its bounds.
    private mutating func addPart(
        _ record: PartRecord, rows: [UInt32]?, dictionary: ByteRef,
        encode: (Range<Int>, inout ByteWriter) -> (UInt64, UInt64)
    ) {
        var part = record
        var chunks = ByteWriter()
        for start in stride(from: 0, to: part.valueCount, by: Limits.granuleRowCount) {
            var chunk = ByteWriter()
            let (low, high) = encode(start..<min(start + Limits.granuleRowCount, part.valueCount), &chunk)
            ChunkEntry(bytes: append(chunk.bytes), low: low, high: high).write(to: &chunks)
        }
        var presence = ByteRef()
        if let rows, rows.count < summary.rowCount {
            presence = append(Presence.encode(rows, rowCount: summary.rowCount))
        }
        var directory = ByteWriter()
        presence.write(to: &directory)
        dictionary.write(to: &directory)
        directory.write(raw: chunks.bytes)
        part.directory = append(directory.bytes, alignedTo: 8)
        summary.parts.append(part)
    }
}
