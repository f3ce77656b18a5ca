/// The interval of a rate by Wilson's score method, which behaves at 0, at 1 and with few people.
package struct WilsonInterval: Sendable, Equatable {
    package var low: Double
    package var high: Double

    /// The standard normal's 97.5 % quantile.
    package static let z95 = 1.959963984540054

    /// nil when nobody was asked.
    package init?(successes: Int, of total: Int, z: Double = Self.z95) {
        guard total > 0 else { return nil }
        let n = Double(total)
        let rate = Double(successes) / n
        let middle = rate + z * z / (2 * n)
        let spread = z * (rate * (1 - rate) / n + z * z / (4 * n * n)).squareRoot()
        let scale = 1 + z * z / n
        // Rounding may leave a hair outside of what is possible.
        low = successes == 0 ? 0 : max(0, (middle - spread) / scale)
        high = successes == total ? 1 : min(1, (middle + spread) / scale)
    }
}
