internal import EventBase

extension PackedIntegers {
    /// A checked view of encoded integers. Making one costs a look at each block's entry.
    struct View: ~Escapable {
        let count: Int
        private let bytes: RawSpan
        private let divisor: UInt64
        /// Where the packed blocks begin.
        private let packedOffset: Int
        /// Bytes of the whole encoding.
        let sizeBytes: Int

        /// Nil where the bytes cannot be encoded integers. More bytes than needed may follow them.
        @_lifetime(copy bytes)
        init?(_ bytes: RawSpan) {
            guard bytes.byteCount >= headerSizeBytes else { return nil }
            divisor = bytes.word(at: 0)
            count = Int(bytes.load(at: 8, as: UInt32.self))
            let blockCount = (count + Limits.blockValueCount - 1) / Limits.blockValueCount
            packedOffset = headerSizeBytes + blockCount * blockEntrySizeBytes
            guard packedOffset <= bytes.byteCount else { return nil }
            self.bytes = bytes
            var end = packedOffset
            for block in 0..<blockCount {
                let entry = headerSizeBytes + block * blockEntrySizeBytes
                let width = Int(bytes.load(at: entry + 12, as: UInt32.self))
                let start = packedOffset + Int(bytes.load(at: entry + 8, as: UInt32.self))
                guard width <= 64 else { return nil }
                let values = min(Limits.blockValueCount, count - block * Limits.blockValueCount)
                let size =
                    BitPacking.sizeBytes(width: min(width, 32), count: values)
                    + BitPacking.sizeBytes(width: max(width - 32, 0), count: values)
                end = max(end, start + size)
            }
            guard end <= bytes.byteCount else { return nil }
            sizeBytes = end
        }

        /// The lower 32 bits of the values of `range`, which lies inside `0 ..< count`, written to `target` from
        /// `position` on.
        func decode(_ range: Range<Int>, into target: inout [UInt32], at position: Int) {
            precondition(range.upperBound <= count && position + range.count <= target.count, "BUG: outside the values")
            var scratch = [UInt32](repeating: 0, count: Limits.blockValueCount)
            let factor = UInt32(truncatingIfNeeded: divisor)
            var next = range.lowerBound
            while next < range.upperBound {
                let block = next / Limits.blockValueCount
                let start = block * Limits.blockValueCount
                let end = min(start + Limits.blockValueCount, range.upperBound)
                let at = position + next - range.lowerBound
                let base = UInt32(truncatingIfNeeded: self.base(block))
                let fits = next == start && at + Limits.blockValueCount <= target.count
                if factor == 1, fits {
                    unpack(block, plane: 0, adding: base, into: &target, at: at)
                } else {
                    unpack(block, plane: 0, adding: 0, into: &scratch, at: 0)
                    Self.scale(scratch, next - start, end - next, factor, base, into: &target, at: at)
                }
                next = end
            }
        }

        /// The values of `range`, which lies inside `0 ..< count`, written to `target` from `position` on.
        func decode(_ range: Range<Int>, into target: inout [Int64], at position: Int) {
            precondition(range.upperBound <= count && position + range.count <= target.count, "BUG: outside the values")
            var low = [UInt32](repeating: 0, count: Limits.blockValueCount)
            var high = [UInt32](repeating: 0, count: Limits.blockValueCount)
            var next = range.lowerBound
            while next < range.upperBound {
                let block = next / Limits.blockValueCount
                let start = block * Limits.blockValueCount
                let end = min(start + Limits.blockValueCount, range.upperBound)
                let at = position + next - range.lowerBound
                unpack(block, plane: 0, adding: 0, into: &low, at: 0)
                if width(block) <= 32 {
                    Self.widen(low, next - start, end - next, divisor, base(block), into: &target, at: at)
                } else {
                    unpack(block, plane: 1, adding: 0, into: &high, at: 0)
                    Self.join(low, high, next - start, end - next, divisor, base(block), into: &target, at: at)
                }
                next = end
            }
        }

        /// The lower 32 bits of the values at `picked`, ascending and below `count`, written to `target` from `position` on.
        /// - Complexity: O(picked), and one block unpacked for each that has more than a few of them.
        func decode(at picked: Span<UInt16>, into target: inout MutableSpan<UInt32>, at position: Int) {
            var next = 0
            while next < picked.count {
                let block = Int(picked[next]) / Limits.blockValueCount
                let end = endOfBlock(picked, from: next, block)
                let base = UInt32(truncatingIfNeeded: self.base(block))
                let width = self.width(block)
                if width == 0 {
                    for index in next..<end { target[position &+ index] = base }
                } else {
                    let valueCount = self.valueCount(block)
                    BitPacking.unpack(
                        plane(block, 0, width: min(width, 32), valueCount), width: min(width, 32), count: valueCount,
                        at: picked.extracting(next..<end), scaledBy: UInt32(truncatingIfNeeded: divisor), adding: base,
                        into: &target, at: position + next)
                }
                next = end
            }
        }

        /// The values at `picked`, ascending and below `count`, written to `target` from `position` on.
        func decode(at picked: Span<UInt16>, into target: inout MutableSpan<Int64>, at position: Int) {
            var next = 0
            while next < picked.count {
                let block = Int(picked[next]) / Limits.blockValueCount
                let end = endOfBlock(picked, from: next, block)
                let width = self.width(block)
                if width == 0 {
                    for index in next..<end { target[position &+ index] = base(block) }
                } else if width > 32 {
                    for index in next..<end { target[position &+ index] = value(at: Int(picked[index])) }
                } else {
                    let valueCount = self.valueCount(block)
                    BitPacking.unpack(
                        plane(block, 0, width: width, valueCount), width: width, count: valueCount,
                        at: picked.extracting(next..<end), scaledBy: divisor, adding: base(block), into: &target,
                        at: position + next)
                }
                next = end
            }
        }

        /// Where the places behind `start` leave a block: a search whose steps are the same whatever it finds.
        private func endOfBlock(_ picked: Span<UInt16>, from start: Int, _ block: Int) -> Int {
            let limit = (block + 1) * Limits.blockValueCount
            if Int(picked[picked.count &- 1]) < limit { return picked.count }
            var end = start
            var step = min(Limits.blockValueCount, picked.count &- start)
            while step > 1 {
                let half = step &>> 1
                // `half` where the place is below the limit, else nothing: the difference's sign as a mask.
                end &+= half & (Int(picked[end &+ half]) &- limit) >> 63
                step &-= half
            }
            return end &+ 1
        }

        /// One value, without its neighbours. `index` lies inside `0 ..< count`.
        /// - Complexity: O(1).
        func value(at index: Int) -> Int64 {
            precondition(index >= 0 && index < count, "BUG: outside the values")
            let block = index / Limits.blockValueCount
            let width = self.width(block)
            if width == 0 { return base(block) }
            let place = index % Limits.blockValueCount
            let entry = headerSizeBytes + block * blockEntrySizeBytes
            let start = packedOffset + Int(bytes.load(at: entry + 8, as: UInt32.self))
            var number = UInt64(self.number(start, width: min(width, 32), place))
            if width > 32 {
                let high = start + BitPacking.sizeBytes(width: 32, count: valueCount(block))
                number |= UInt64(self.number(high, width: width - 32, place)) << 32
            }
            return base(block) &+ Int64(bitPattern: number &* divisor)
        }

        /// One number of a packed plane that begins at byte `start`.
        private func number(_ start: Int, width: Int, _ place: Int) -> UInt32 {
            let bit = (place >> 3) * width
            let word = start + ((bit >> 5) << 5) + (place & 7) * 4
            let shift = UInt32(bit & 31)
            var number = bytes.load(at: word, as: UInt32.self) >> shift
            if Int(shift) + width > 32 { number |= bytes.load(at: word + 32, as: UInt32.self) << (32 - shift) }
            return number & (UInt32.max >> UInt32(32 - width))
        }

        /// The first index whose value meets a condition that, once true, stays true; `count` when none does. The values
        /// must ascend, so that a block's base is its first value.
        /// - Complexity: O(log blocks), and one block decoded.
        func firstIndex(where isReached: (Int64) -> Bool) -> Int {
            var low = 0
            var high = (count + Limits.blockValueCount - 1) / Limits.blockValueCount
            while low < high {
                let middle = (low + high) / 2
                if isReached(base(middle)) { high = middle } else { low = middle + 1 }
            }
            if low == 0 { return 0 }
            let start = (low - 1) * Limits.blockValueCount
            let end = min(count, start + Limits.blockValueCount)
            var values = [Int64](repeating: 0, count: end - start)
            decode(start..<end, into: &values, at: 0)
            return start + values.partitioningIndex(isReached)
        }

        private func base(_ block: Int) -> Int64 {
            bytes.load(at: headerSizeBytes + block * blockEntrySizeBytes, as: Int64.self)
        }

        private func width(_ block: Int) -> Int {
            Int(bytes.load(at: headerSizeBytes + block * blockEntrySizeBytes + 12, as: UInt32.self))
        }

        /// One plane of a block, 256 values with unspecified ones behind the last: 0 = lower 32 bits, 1 = the rest.
        private func unpack(
            _ block: Int, plane: Int, adding base: UInt32, into target: inout [UInt32], at position: Int
        ) {
            let width = self.width(block)
            let count = valueCount(block)
            if width == 0 {
                for index in position..<(position + Limits.blockValueCount) { target[index] = base }
                return
            }
            let planeWidth = plane == 0 ? min(width, 32) : width - 32
            let source = self.plane(block, plane, width: planeWidth, count)
            var room = target.mutableSpan
            BitPacking.unpack(source, width: planeWidth, count: count, adding: base, into: &room, at: position)
        }

        private func valueCount(_ block: Int) -> Int {
            min(Limits.blockValueCount, count - block * Limits.blockValueCount)
        }

        /// The packed numbers of one plane of a block.
        @_lifetime(copy self)
        private func plane(_ block: Int, _ plane: Int, width: Int, _ valueCount: Int) -> RawSpan {
            let entry = headerSizeBytes + block * blockEntrySizeBytes
            var start = packedOffset + Int(bytes.load(at: entry + 8, as: UInt32.self))
            if plane == 1 { start += BitPacking.sizeBytes(width: 32, count: valueCount) }
            return bytes.extracting(start..<(start + BitPacking.sizeBytes(width: width, count: valueCount)))
        }

        private static func scale(
            _ numbers: [UInt32], _ first: Int, _ count: Int, _ factor: UInt32, _ base: UInt32,
            into target: inout [UInt32], at position: Int
        ) {
            for index in 0..<count { target[position &+ index] = base &+ factor &* numbers[first &+ index] }
        }

        private static func widen(
            _ low: [UInt32], _ first: Int, _ count: Int, _ divisor: UInt64, _ base: Int64,
            into target: inout [Int64], at position: Int
        ) {
            let source = low.span.extracting(first..<(first + count))
            var whole = target.mutableSpan
            var room = whole._mutatingExtracting(position..<(position + count))
            if divisor == 1 {
                for index in 0..<source.count { room[index] = base &+ Int64(source[index]) }
            } else if let factor = UInt32(exactly: divisor) {
                for index in 0..<source.count {
                    room[index] = base &+ Int64(bitPattern: UInt64(source[index]) &* UInt64(factor))
                }
            } else {
                for index in 0..<source.count {
                    room[index] = base &+ Int64(bitPattern: UInt64(source[index]) &* divisor)
                }
            }
        }

        private static func join(
            _ low: [UInt32], _ high: [UInt32], _ first: Int, _ count: Int, _ divisor: UInt64, _ base: Int64,
            into target: inout [Int64], at position: Int
        ) {
            for index in 0..<count {
                let number = UInt64(high[first + index]) << 32 | UInt64(low[first + index])
                target[position + index] = base &+ Int64(bitPattern: number &* divisor)
            }
        }
    }
}
