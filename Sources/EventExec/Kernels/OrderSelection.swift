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
