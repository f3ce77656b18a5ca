import EventBase
import EventColumns

/// Functions over whole numbers.
enum IntegerKernels {
    static let kernels: [String: Kernel] = [
        "xor": { input throws(EventSQLError) in
            try input.buildInt64s { row in input.int64(0, row) ^ input.int64(1, row) }
        },
        "bit_count": { input throws(EventSQLError) in
            try input.buildInt64s { row in Int64(input.int64(0, row).nonzeroBitCount) }
        },
        "gcd": { input throws(EventSQLError) in
            try input.buildInt64s { row throws(EventSQLError) in
                let divisor = divisor(input.int64(0, row), input.int64(1, row))
                guard let result = Int64(exactly: divisor) else { throw input.error("BIGINT overflow: gcd") }
                return result
            }
        },
        "lcm": { input throws(EventSQLError) in
            try input.buildInt64s { row throws(EventSQLError) in
                let (a, b) = (input.int64(0, row), input.int64(1, row))
                if a == 0 || b == 0 { return 0 }
                let (product, isOver) = (a.magnitude / divisor(a, b)).multipliedReportingOverflow(by: b.magnitude)
                guard !isOver, let result = Int64(exactly: product) else {
                    throw input.error("BIGINT overflow: lcm(\(a), \(b))")
                }
                return result
            }
        },
        "factorial": { input throws(EventSQLError) in
            try input.buildInt64s { row throws(EventSQLError) in
                let number = input.int64(0, row)
                guard (0...20).contains(number) else {
                    throw input.error(
                        number < 0 ? "factorial of a negative number" : "BIGINT overflow: factorial(\(number))")
                }
                return number < 2 ? 1 : (2...number).reduce(1, *)
            }
        },
    ]

    /// Euclid's.
    private static func divisor(_ a: Int64, _ b: Int64) -> UInt64 {
        var (a, b) = (a.magnitude, b.magnitude)
        while b != 0 { (a, b) = (b, a % b) }
        return a
    }
}
