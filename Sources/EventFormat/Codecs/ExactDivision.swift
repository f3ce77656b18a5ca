/// Division by one number of others that are mostly its multiples, by a multiplication instead.
///
/// With d = m x 2^k, m odd, and i the inverse of m modulo 2^64: a multiple q x d times i, turned right by k bits, is q; anything else
/// comes out above the largest quotient there is. Source: Granlund, Montgomery, "Division by Invariant Integers using
/// Multiplication" (1994), section 9.
struct ExactDivision {
    let divisor: UInt64
    private let inverse: UInt64
    private let shift: UInt64
    private let quotientMax: UInt64

    /// - Parameter divisor: at least 1.
    init(by divisor: UInt64) {
        precondition(divisor > 0, "BUG: a division by zero")
        self.divisor = divisor
        shift = UInt64(divisor.trailingZeroBitCount)
        quotientMax = .max / divisor
        let odd = divisor >> shift
        // Right in five bits, and in twice as many with every step.
        var inverse = (odd &* 3) ^ 2
        for _ in 0..<4 { inverse = inverse &* (2 &- odd &* inverse) }
        self.inverse = inverse
    }

    /// The quotient of a multiple; of any other number something above every quotient.
    @inline(__always)
    func quotient(_ number: UInt64) -> UInt64 {
        let product = number &* inverse
        return product &>> shift | product &<< (64 &- shift)
    }

    @inline(__always)
    func divides(_ number: UInt64) -> Bool { quotient(number) <= quotientMax }
}
