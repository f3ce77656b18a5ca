internal import Glibc

/// Log-normal amounts in hundredths, drawn from a table of quantiles with straight lines between them.
///
/// A table of integers rather than `exp` per event: quicker, and the same on every machine.
struct LogNormalTable: Sendable {
    private static let slotCountBits = 12
    /// Values at (i + 0.5) / slots, in 1/256 of a hundredth.
    private var quantiles: [Int64]

    init(mean: Double, deviation: Double) {
        let slots = 1 << Self.slotCountBits
        quantiles = (0...slots).map { slot in
            let probability = (Double(slot) + 0.5) / (Double(slots) + 1)
            return Int64((exp(mean + deviation * Self.normalQuantile(probability)) * 25_600).rounded())
        }
    }

    /// The value in hundredths, at least one.
    @inline(__always)
    func draw(_ word: UInt64) -> Int64 {
        let slot = Int(word >> UInt64(64 - Self.slotCountBits))
        let fraction = Int64((word >> 20) & 0xffff)
        let low = quantiles[slot]
        let value = low &+ ((quantiles[slot + 1] &- low) &* fraction) >> 16
        return max(1, (value &+ 128) >> 8)
    }

    /// Inverse of the normal distribution by bisection on `erfc`: slow and plain, four thousand times at the start.
    private static func normalQuantile(_ probability: Double) -> Double {
        var low = -8.0
        var high = 8.0
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if 0.5 * erfc(-middle / 2.0.squareRoot()) < probability { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
