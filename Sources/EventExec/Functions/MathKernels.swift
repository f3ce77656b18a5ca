import EventBase
import EventColumns
import EventIO

/// Functions over numbers.
enum MathKernels {
    static let kernels: [String: Kernel] = rounding.merging(powers) { a, _ in a }.merging(trigonometry) { a, _ in a }

    private static let rounding: [String: Kernel] = [
        "identity": { input throws(EventSQLError) in input.arguments[0].expanded(count: input.count) },
        "abs": { input throws(EventSQLError) in
            if input.type == .double { return input.mapDoubles { abs($0) } }
            return try input.buildInt64s { row throws(EventSQLError) in
                let value = input.int64(0, row)
                if value == .min { throw input.error("BIGINT overflow: abs(\(value))") }
                return abs(value)
            }
        },
        "sign": { input throws(EventSQLError) in
            if input.type == .double { return input.mapDoubles { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 } }
            return try input.buildInt64s { row in input.int64(0, row).signum() }
        },
        "round": { input throws(EventSQLError) in input.mapDoubles { $0.rounded(.toNearestOrAwayFromZero) } },
        "round_digits": { input throws(EventSQLError) in
            try input.buildDoubles { row in rounded(input.double(0, row), digits: input.int64(1, row)) }
        },
        "round_even": { input throws(EventSQLError) in
            try input.buildDoubles { row throws(EventSQLError) in
                let digits = input.int64(1, row)
                guard (0...15).contains(digits) else { throw input.error("round_even takes 0 to 15 digits") }
                let scale = CMath.pow(10, Double(digits))
                let scaled = input.double(0, row) * scale
                return scaled.isFinite ? scaled.rounded(.toNearestOrEven) / scale : input.double(0, row)
            }
        },
        "floor": { input throws(EventSQLError) in input.mapDoubles { $0.rounded(.down) } },
        "ceil": { input throws(EventSQLError) in input.mapDoubles { $0.rounded(.up) } },
        "trunc": { input throws(EventSQLError) in input.mapDoubles { $0.rounded(.towardZero) } },
        "isnan": { input throws(EventSQLError) in try input.buildBools { row in input.double(0, row).isNaN } },
        "isinf": { input throws(EventSQLError) in try input.buildBools { row in input.double(0, row).isInfinite } },
        "width_bucket": { input throws(EventSQLError) in
            try input.buildInt64s { row throws(EventSQLError) in
                let (value, low, high) = (input.double(0, row), input.double(1, row), input.double(2, row))
                let count = input.int64(3, row)
                guard count > 0, count < 1 << 40, low < high, !value.isNaN, (high - low).isFinite else {
                    throw input.error("width_bucket needs low < high and a count above 0")
                }
                if value < low { return 0 }
                if value >= high { return count + 1 }
                return Int64((value - low) / (high - low) * Double(count)) + 1
            }
        },
    ]

    /// Half away from zero at a decimal digit.
    private static func rounded(_ value: Double, digits: Int64) -> Double {
        guard digits.magnitude < 300, value.isFinite else { return digits > 0 ? value : 0 }
        let scale = CMath.pow(10, Double(abs(digits)))
        if digits < 0 { return (value / scale).rounded(.toNearestOrAwayFromZero) * scale }
        let scaled = value * scale
        return scaled.isFinite ? scaled.rounded(.toNearestOrAwayFromZero) / scale : value
    }

    /// A function that only some numbers have an answer for.
    private static func partial(
        _ name: String, _ domain: String, where isGood: @escaping @Sendable (Double) -> Bool,
        _ body: @escaping @Sendable (Double) -> Double
    ) -> Kernel {
        { input throws(EventSQLError) in
            try input.buildDoubles { row throws(EventSQLError) in
                let value = input.double(0, row)
                guard isGood(value) || value.isNaN else {
                    throw input.error("\(name)(\(value)): the argument must be \(domain)")
                }
                return body(value)
            }
        }
    }

    private static let powers: [String: Kernel] = [
        "sqrt": partial("sqrt", "0 or more", where: { $0 >= 0 }) { $0.squareRoot() },
        "cbrt": { input throws(EventSQLError) in
            // One Newton step makes the roots of cubes exact.
            input.mapDoubles { value in
                let root = CMath.cbrt(value)
                return root == 0 || !root.isFinite ? root : root - (root * root * root - value) / (3 * root * root)
            }
        },
        "exp": { input throws(EventSQLError) in input.mapDoubles(CMath.exp) },
        "ln": partial("ln", "above 0", where: { $0 > 0 }, CMath.log),
        "log10": partial("log", "above 0", where: { $0 > 0 }, CMath.log10),
        "log2": partial("log2", "above 0", where: { $0 > 0 }, CMath.log2),
        "log_base": { input throws(EventSQLError) in
            try input.buildDoubles { row throws(EventSQLError) in
                let (base, value) = (input.double(0, row), input.double(1, row))
                guard base > 0, base != 1, value > 0 else {
                    throw input.error("log(\(base), \(value)): both must be above 0")
                }
                return CMath.log(value) / CMath.log(base)
            }
        },
        "power": { input throws(EventSQLError) in
            try input.buildDoubles { row throws(EventSQLError) in
                let (base, exponent) = (input.double(0, row), input.double(1, row))
                let result = CMath.pow(base, exponent)
                if base == 0, exponent < 0 { throw input.error("0 to a negative power is undefined") }
                if result.isNaN, !base.isNaN, !exponent.isNaN {
                    throw input.error("power(\(base), \(exponent)) has no real value")
                }
                return result
            }
        },
    ]

    private static let trigonometry: [String: Kernel] = [
        "pi": { input throws(EventSQLError) in Vector.repeating(.double(.pi), type: .double, count: input.count) },
        "sin": { input throws(EventSQLError) in input.mapDoubles(CMath.sin) },
        "cos": { input throws(EventSQLError) in input.mapDoubles(CMath.cos) },
        "tan": { input throws(EventSQLError) in input.mapDoubles(CMath.tan) },
        "asin": partial("asin", "between -1 and 1", where: { abs($0) <= 1 }, CMath.asin),
        "acos": partial("acos", "between -1 and 1", where: { abs($0) <= 1 }, CMath.acos),
        "atan": { input throws(EventSQLError) in input.mapDoubles(CMath.atan) },
        "atan2": { input throws(EventSQLError) in
            try input.buildDoubles { row in CMath.atan2(input.double(0, row), input.double(1, row)) }
        },
        "cot": partial("cot", "other than 0", where: { $0 != 0 }) { 1 / CMath.tan($0) },
        "sinh": { input throws(EventSQLError) in input.mapDoubles(CMath.sinh) },
        "cosh": { input throws(EventSQLError) in input.mapDoubles(CMath.cosh) },
        "tanh": { input throws(EventSQLError) in input.mapDoubles(CMath.tanh) },
        "asinh": { input throws(EventSQLError) in input.mapDoubles(CMath.asinh) },
        "acosh": partial("acosh", "1 or more", where: { $0 >= 1 }, CMath.acosh),
        "atanh": partial("atanh", "between -1 and 1", where: { abs($0) <= 1 }, CMath.atanh),
        "even": { input throws(EventSQLError) in
            input.mapDoubles { value in
                let half = (abs(value) / 2).rounded(.up) * 2
                return value < 0 ? -half : half
            }
        },
        "isfinite": { input throws(EventSQLError) in try input.buildBools { row in input.double(0, row).isFinite } },
        "signbit": { input throws(EventSQLError) in
            try input.buildBools { row in input.double(0, row).sign == .minus }
        },
        "radians": { input throws(EventSQLError) in input.mapDoubles { $0 * .pi / 180 } },
        "degrees": { input throws(EventSQLError) in input.mapDoubles { $0 * 180 / .pi } },
    ]
}
