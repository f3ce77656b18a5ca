/// Finds the value at one place of a sorted order without sorting (quickselect).
enum OrderSelection {
    /// A whole number that sorts as the double does: NaN behind everything, zeros by sign.
    static func key(of value: Double) -> Int64 {
        let bits = Int64(bitPattern: (value.isNaN ? Double.nan : value).bitPattern)
        return bits ^ Int64(bitPattern: UInt64(bitPattern: bits >> 63) >> 1)
    }

    static func value(of key: Int64) -> Double {
        Double(bitPattern: UInt64(bitPattern: key ^ Int64(bitPattern: UInt64(bitPattern: key >> 63) >> 1)))
    }

    /// The keys at `place` and behind it in ascending order, the last one twice. Rearranges `keys`.
    /// - Complexity: O(n) on average.
    static func neighbours(at place: Int, of keys: inout [Int64]) -> (low: Int64, high: Int64) {
        precondition(keys.indices.contains(place), "BUG: no key has this place")
        var span = keys.mutableSpan
        select(place, &span)
        let low = span[place]
        guard place + 1 < span.count else { return (low, low) }
        var high = span[place + 1]
        for index in (place + 1)..<span.count { high = min(high, span[index]) }
        return (low, high)
    }

    /// The keys at `place` of the ascending order of `keys[range]` and behind it, the last one twice.
    ///
    /// Counts keys by the leading bits of their distance from the smallest, then looks at one bucket only.
    /// - Complexity: three passes over the range, and one bucket's selection.
    static func neighbours(at place: Int, of keys: [Int64], in range: Range<Int>) -> (low: Int64, high: Int64) {
        precondition(place >= 0 && place < range.count, "BUG: no key has this place")
        if range.count <= 1 << bucketBits {
            var few = Array(keys[range])
            return neighbours(at: place, of: &few)
        }
        let keys = keys.span.extracting(range)
        var least = Int64.max
        var greatest = Int64.min
        for index in keys.indices {
            let key = keys[index]
            if key < least { least = key }
            if key > greatest { greatest = key }
        }
        let width = 64 - UInt64(bitPattern: greatest &- least).leadingZeroBitCount
        let shift = UInt64(max(0, width - bucketBits))
        let base = UInt64(bitPattern: least)
        var counts = [Int](repeating: 0, count: 1 << bucketBits)
        count(keys, base, shift, &counts)
        var bucket = 0
        var before = 0
        while before + counts[bucket] <= place {
            before += counts[bucket]
            bucket += 1
        }
        var own: [Int64] = []
        own.reserveCapacity(counts[bucket])
        var beyond = greatest
        for index in keys.indices {
            let number = (UInt64(bitPattern: keys[index]) &- base) &>> shift
            if number == UInt64(bucket) { own.append(keys[index]) }
            if number > UInt64(bucket), keys[index] < beyond { beyond = keys[index] }
        }
        let isLast = place - before == own.count - 1
        let (low, high) = neighbours(at: place - before, of: &own)
        return (low, isLast && place + 1 < range.count ? beyond : high)
    }

    /// 4096 buckets: their counters stay in the first level of cache.
    private static let bucketBits = 12

    private static func count(_ keys: Span<Int64>, _ base: UInt64, _ shift: UInt64, _ counts: inout [Int]) {
        var counts = counts.mutableSpan
        for index in keys.indices { counts[Int((UInt64(bitPattern: keys[index]) &- base) &>> shift)] &+= 1 }
    }

    /// Moves the key of `place` there, smaller ones before it and greater ones behind it.
    private static func select(_ place: Int, _ keys: inout MutableSpan<Int64>) {
        var first = 0
        var last = keys.count - 1
        while first < last {
            let pivot = median(keys[first], keys[first + (last - first) / 2], keys[last])
            var low = first
            var high = last
            while low <= high {
                while keys[low] < pivot { low += 1 }
                while keys[high] > pivot { high -= 1 }
                if low > high { break }
                let moved = keys[low]
                keys[low] = keys[high]
                keys[high] = moved
                low += 1
                high -= 1
            }
            if place <= high {
                last = high
            } else if place >= low {
                first = low
            } else {
                return
            }
        }
    }

    private static func median(_ a: Int64, _ b: Int64, _ c: Int64) -> Int64 { max(min(a, b), min(max(a, b), c)) }
}
