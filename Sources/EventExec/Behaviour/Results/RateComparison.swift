import EventIO

/// The standard normal distribution.
enum Normal {
    /// The two-sided quantile: a normal value lies inside plus or minus this with probability `confidence`.
    static func z(confidence: Double) -> Double {
        if confidence == 0.95 { return WilsonInterval.z95 }
        // Bisection over a monotone function: a statement asks once.
        var (low, high) = (0.0, 40.0)
        for _ in 0..<200 {
            let middle = (low + high) / 2
            if 1 - twoSidedTail(middle) < confidence { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// The probability of a value farther from 0 than `z`.
    static func twoSidedTail(_ z: Double) -> Double { CMath.erfc(abs(z) / 2.0.squareRoot()) }
}

/// Whether two rates differ by more than chance.
enum RateComparison {
    /// The two-sided p-value of the pooled two-proportion z-test; nil where a side is empty, 1 where all or none succeed.
    static func pValue(_ a: (successes: Int, total: Int), _ b: (successes: Int, total: Int)) -> Double? {
        guard a.total > 0, b.total > 0 else { return nil }
        let pooled = Double(a.successes + b.successes) / Double(a.total + b.total)
        let variance = pooled * (1 - pooled) * (1 / Double(a.total) + 1 / Double(b.total))
        if variance == 0 { return 1 }
        let distance = Double(a.successes) / Double(a.total) - Double(b.successes) / Double(b.total)
        return Normal.twoSidedTail(distance / variance.squareRoot())
    }

    /// p-values corrected for their number: Holm's step-down method keeps the chance of any false alarm.
    static func holm(_ values: [Double?]) -> [Double?] {
        let order = values.indices.filter { values[$0] != nil }.sorted { values[$0]! < values[$1]! }
        var corrected = values
        var least = 0.0
        for (rank, index) in order.enumerated() {
            least = max(least, min(1, values[index]! * Double(order.count - rank)))
            corrected[index] = least
        }
        return corrected
    }
}
