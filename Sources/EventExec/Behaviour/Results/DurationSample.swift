/// Durations of many people, in microseconds, with exact statistics.
struct DurationSample: Sendable {
    private(set) var micros: [Int64] = []

    var count: Int { micros.count }

    mutating func append(_ value: Int64) { micros.append(value) }
    mutating func append(contentsOf other: DurationSample) { micros.append(contentsOf: other.micros) }

    /// Seconds; nil when empty. Exact and independent of order: the sum is kept in 128 bits.
    var meanSeconds: Double? {
        if micros.isEmpty { return nil }
        var sum: Int128 = 0
        for value in micros { sum += Int128(value) }
        return Double(sum) / Double(micros.count) / 1e6
    }

    /// The middle value, or the mean of the two middle ones, in seconds; nil when empty.
    /// - Complexity: O(n) on average.
    mutating func medianSeconds() -> Double? {
        if micros.isEmpty { return nil }
        let upper = select(micros.count / 2)
        if micros.count % 2 == 1 { return Double(upper) / 1e6 }
        // Everything below the upper middle now stands before it.
        let lower = micros[..<(micros.count / 2)].max() ?? upper
        return (Double(lower) + Double(upper)) / 2 / 1e6
    }

    /// The value that nine in ten do not exceed, linear between neighbours, in seconds; nil when empty.
    /// - Complexity: O(n) on average.
    mutating func p90Seconds() -> Double? {
        if micros.isEmpty { return nil }
        let place = 0.9 * Double(micros.count - 1)
        let rank = Int(place)
        let lower = Double(select(rank))
        let upper = micros[(rank + 1)...].min().map { Double($0) } ?? lower
        return (lower + (upper - lower) * (place - Double(rank))) / 1e6
    }

    /// The value of rank `rank`, with smaller ones before it and larger ones after it (Hoare's selection).
    private mutating func select(_ rank: Int) -> Int64 {
        var low = 0
        var high = micros.count - 1
        while low < high {
            let pivot = Self.middle(micros[low], micros[(low + high) / 2], micros[high])
            var left = low
            var right = high
            while left <= right {
                while micros[left] < pivot { left += 1 }
                while micros[right] > pivot { right -= 1 }
                if left <= right {
                    micros.swapAt(left, right)
                    left += 1
                    right -= 1
                }
            }
            if rank <= right {
                high = right
            } else if rank >= left {
                low = left
            } else {
                break
            }
        }
        return micros[rank]
    }

    private static func middle(_ a: Int64, _ b: Int64, _ c: Int64) -> Int64 { max(min(a, b), min(max(a, b), c)) }
}
