internal import EventBase

extension PackedIntegers {
    /// A chunk opened for decoding; every bound is checked here, once.
    struct Reader: ~Escapable {
        private let bytes: RawSpan
        let count: Int
        private let scale: Int64
        private let blockCount: Int

        /// Throws `.corruption` where the bytes cannot be a chunk of packed integers.
        @_lifetime(copy bytes)
        init(_ bytes: RawSpan) throws(EventSQLError) {
            guard bytes.byteCount >= headerSizeBytes, bytes.byte(at: 0) == codec else {
                throw EventSQLError(.corruption, "a chunk of packed integers has no header")
            }
            blockCount = Int(bytes.load(at: 2, as: UInt16.self))
            count = Int(bytes.load(at: 4, as: UInt32.self))
            scale = bytes.load(at: 8, as: Int64.self)
            guard count <= Limits.granuleRowCount, scale >= 1,
                blockCount == (count + BlockKernels.valueCount - 1) / BlockKernels.valueCount,
                headerSizeBytes + blockCount * entrySizeBytes <= bytes.byteCount
            else { throw EventSQLError(.corruption, "a chunk of packed integers has an impossible header") }
            self.bytes = bytes
            let dataSize = bytes.byteCount - headerSizeBytes - blockCount * entrySizeBytes
            for block in 0..<blockCount {
                let entry = headerSizeBytes + block * entrySizeBytes
                let width = Int(bytes.byte(at: entry + 12))
                let start = Int(bytes.load(at: entry + 8, as: UInt32.self)) * 32
                guard width <= 64, start + width * 32 <= dataSize else {
                    throw EventSQLError(.corruption, "a block of packed integers lies outside its chunk")
                }
            }
        }

        private var dataOffset: Int { headerSizeBytes + blockCount * entrySizeBytes }

        /// Bytes that the chunk's header and blocks occupy; what follows belongs to the caller.
        var sizeBytes: Int {
            guard blockCount > 0 else { return headerSizeBytes }
            let entry = headerSizeBytes + (blockCount - 1) * entrySizeBytes
            let start = Int(bytes.load(at: entry + 8, as: UInt32.self)) * 32
            return dataOffset + start + Int(bytes.byte(at: entry + 12)) * 32
        }

        /// Values `range` of the chunk, appended to `output`.
        func decode(_ range: Range<Int>, into output: inout [Int64]) {
            precondition(range.lowerBound >= 0 && range.upperBound <= count, "BUG: values outside their chunk")
            var position = output.count
            output.append(contentsOf: repeatElement(0, count: range.count))
            var low = [UInt32](repeating: 0, count: BlockKernels.valueCount)
            var high: [UInt32] = []
            forEachBlock(range) { block, slice in
                let (base, width) = unpack(block, low: &low, high: &high)
                BlockKernels.rebase(low, slice, base: base, factor: scale, into: &output, at: position)
                if width > 32 {
                    for (index, slot) in slice.enumerated() {
                        output[position + index] &+= Int64(bitPattern: UInt64(high[slot]) << 32) &* scale
                    }
                }
                position += slice.count
            }
        }

        /// The same for values that fit 32 bits: ordinals and codes.
        func decode(_ range: Range<Int>, into output: inout [UInt32]) {
            precondition(range.lowerBound >= 0 && range.upperBound <= count, "BUG: values outside their chunk")
            var position = output.count
            output.append(contentsOf: repeatElement(0, count: range.count))
            var low = [UInt32](repeating: 0, count: BlockKernels.valueCount)
            var high: [UInt32] = []
            let factor = UInt32(truncatingIfNeeded: scale)
            forEachBlock(range) { block, slice in
                let base = UInt32(truncatingIfNeeded: unpack(block, low: &low, high: &high).base)
                BlockKernels.rebase(low, slice, base: base, factor: factor, into: &output, at: position)
                position += slice.count
            }
        }

        /// The values at ascending `indexes`; blocks without one are not touched.
        func decode(_ indexes: [Int], into output: inout [Int64]) {
            output.reserveCapacity(output.count + indexes.count)
            var low = [UInt32](repeating: 0, count: BlockKernels.valueCount)
            var high: [UInt32] = []
            var current = -1
            var base: Int64 = 0
            var width = 0
            for index in indexes {
                precondition(index >= 0 && index < count, "BUG: a value outside its chunk")
                let block = index / BlockKernels.valueCount
                if block != current {
                    (base, width) = unpack(block, low: &low, high: &high)
                    current = block
                }
                let slot = index % BlockKernels.valueCount
                let upper = width > 32 ? UInt64(high[slot]) << 32 : 0
                output.append(base &+ Int64(bitPattern: upper | UInt64(low[slot])) &* scale)
            }
        }

        /// The first index whose value meets a condition that, once true, stays true; `count` when none does. The values
        /// must ascend, so that a block's base is its first value.
        /// - Complexity: O(log blocks), and one block decoded.
        func firstIndex(where isReached: (Int64) -> Bool) -> Int {
            var first = 0
            var last = blockCount
            while first < last {
                let middle = (first + last) / 2
                if isReached(bytes.load(at: headerSizeBytes + middle * entrySizeBytes, as: Int64.self)) {
                    last = middle
                } else {
                    first = middle + 1
                }
            }
            if first == 0 { return 0 }
            let start = (first - 1) * BlockKernels.valueCount
            var values: [Int64] = []
            decode(start..<min(count, first * BlockKernels.valueCount), into: &values)
            return start + (values.firstIndex(where: isReached) ?? values.count)
        }

        private func unpack(_ block: Int, low: inout [UInt32], high: inout [UInt32]) -> (base: Int64, width: Int) {
            let entry = headerSizeBytes + block * entrySizeBytes
            let width = Int(bytes.byte(at: entry + 12))
            let start = dataOffset + Int(bytes.load(at: entry + 8, as: UInt32.self)) * 32
            BlockKernels.unpack(bytes, at: start, width: min(width, 32), into: &low)
            if width > 32 {
                if high.isEmpty { high = [UInt32](repeating: 0, count: BlockKernels.valueCount) }
                BlockKernels.unpack(bytes, at: start + 1024, width: width - 32, into: &high)
            }
            return (bytes.load(at: entry, as: Int64.self), width)
        }

        private func forEachBlock(_ range: Range<Int>, _ body: (Int, Range<Int>) -> Void) {
            var position = range.lowerBound
            while position < range.upperBound {
                let block = position / BlockKernels.valueCount
                let start = block * BlockKernels.valueCount
                let end = min(range.upperBound, start + BlockKernels.valueCount)
                body(block, (position - start)..<(end - start))
                position = end
            }
        }
    }
}
