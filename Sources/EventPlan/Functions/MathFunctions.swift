/// Functions over BIGINT and DOUBLE. What PostgreSQL refuses (the root of a negative, the logarithm of 0) is an error.
enum MathFunctions {
    static let signatures: [FunctionSignature] = rounding + powers + trigonometry + whole + hyperbolic + chance

    /// What gives another value each time.
    static let volatileKernels: Set = ["random", "uuid"]

    private static let chance: [FunctionSignature] = [
        FunctionSignature("random", [], .double, example: "random() < 1", gives: "true"),
        FunctionSignature("setseed", [.double], .bool, example: "setseed(0.5)", gives: "NULL"),
        FunctionSignature("uuid", [], .string, example: "length(uuid())", gives: "36"),
        FunctionSignature(
            "gen_random_uuid", [], .string, kernel: "uuid", example: "gen_random_uuid() = gen_random_uuid()",
            gives: "false"),
    ]

    private static let rounding: [FunctionSignature] = [
        FunctionSignature("abs", [.int64], .int64, example: "abs(-3)", gives: "3"),
        FunctionSignature("abs", [.double], .double, example: "abs(-3.5)", gives: "3.5"),
        FunctionSignature("sign", [.int64], .int64, example: "sign(-3)", gives: "-1"),
        FunctionSignature("sign", [.double], .double, example: "sign(2.5)", gives: "1.0"),
        FunctionSignature("round", [.int64], .int64, kernel: "identity", example: "round(3)", gives: "3"),
        FunctionSignature("round", [.double], .double, example: "round(2.5)", gives: "3.0"),
        FunctionSignature(
            "round", [.double, .int64], .double, kernel: "round_digits", example: "round(3.14159, 2)", gives: "3.14"),
        FunctionSignature("floor", [.int64], .int64, kernel: "identity", example: "floor(3)", gives: "3"),
        FunctionSignature("floor", [.double], .double, example: "floor(-2.5)", gives: "-3.0"),
        FunctionSignature("ceil", [.int64], .int64, kernel: "identity", example: "ceil(3)", gives: "3"),
        FunctionSignature("ceil", [.double], .double, example: "ceil(-2.5)", gives: "-2.0"),
        FunctionSignature("ceiling", [.double], .double, kernel: "ceil", example: "ceiling(2.1)", gives: "3.0"),
        FunctionSignature("trunc", [.int64], .int64, kernel: "identity", example: "trunc(3)", gives: "3"),
        FunctionSignature("trunc", [.double], .double, example: "trunc(-2.7)", gives: "-2.0"),
        FunctionSignature("mod", [.int64, .int64], .int64, kernel: "%", example: "mod(7, 3)", gives: "1"),
        FunctionSignature("mod", [.double, .double], .double, kernel: "%", example: "mod(7.5, 2)", gives: "1.5"),
        FunctionSignature("div", [.int64, .int64], .int64, kernel: "/", example: "div(7, 2)", gives: "3"),
        FunctionSignature("isnan", [.double], .bool, example: "isnan('NaN'::DOUBLE)", gives: "true"),
        FunctionSignature("isinf", [.double], .bool, example: "isinf(1.5)", gives: "false"),
        FunctionSignature(
            "width_bucket", [.double, .double, .double, .int64], .int64, example: "width_bucket(5.0, 0, 10, 5)",
            gives: "3"),
    ]

    private static let powers: [FunctionSignature] = [
        FunctionSignature("sqrt", [.double], .double, example: "sqrt(16)", gives: "4.0"),
        FunctionSignature("cbrt", [.double], .double, example: "cbrt(27)", gives: "3.0"),
        FunctionSignature("exp", [.double], .double, example: "exp(0)", gives: "1.0"),
        FunctionSignature("ln", [.double], .double, example: "ln(1)", gives: "0.0"),
        FunctionSignature("log10", [.double], .double, example: "log10(1000)", gives: "3.0"),
        FunctionSignature("log", [.double], .double, kernel: "log10", example: "log(100)", gives: "2.0"),
        FunctionSignature("log", [.double, .double], .double, kernel: "log_base", example: "log(2, 8)", gives: "3.0"),
        FunctionSignature("log2", [.double], .double, example: "log2(8)", gives: "3.0"),
        FunctionSignature("power", [.double, .double], .double, example: "power(2, 3)", gives: "8.0"),
        FunctionSignature(
            "pow", [.double, .double], .double, kernel: "power", example: "pow(2, 0.5) > 1.41", gives: "true"),
    ]

    private static let trigonometry: [FunctionSignature] = [
        FunctionSignature("pi", [], .double, example: "round(pi(), 4)", gives: "3.1416"),
        FunctionSignature("sin", [.double], .double, example: "sin(0)", gives: "0.0"),
        FunctionSignature("cos", [.double], .double, example: "cos(0)", gives: "1.0"),
        FunctionSignature("tan", [.double], .double, example: "tan(0)", gives: "0.0"),
        FunctionSignature("asin", [.double], .double, example: "asin(0)", gives: "0.0"),
        FunctionSignature("acos", [.double], .double, example: "acos(1)", gives: "0.0"),
        FunctionSignature("atan", [.double], .double, example: "atan(0)", gives: "0.0"),
        FunctionSignature("atan2", [.double, .double], .double, example: "atan2(0, 1)", gives: "0.0"),
        FunctionSignature("radians", [.double], .double, example: "round(radians(180), 4)", gives: "3.1416"),
        FunctionSignature("degrees", [.double], .double, example: "degrees(0)", gives: "0.0"),
    ]

    private static let whole: [FunctionSignature] = [
        FunctionSignature("xor", [.int64, .int64], .int64, example: "xor(17, 5)", gives: "20"),
        FunctionSignature("bit_count", [.int64], .int64, example: "bit_count(31)", gives: "5"),
        FunctionSignature("gcd", [.int64, .int64], .int64, example: "gcd(42, 57)", gives: "3"),
        FunctionSignature(
            "greatest_common_divisor", [.int64, .int64], .int64, kernel: "gcd",
            example: "greatest_common_divisor(0, -4)", gives: "4"),
        FunctionSignature("lcm", [.int64, .int64], .int64, example: "lcm(4, 6)", gives: "12"),
        FunctionSignature(
            "least_common_multiple", [.int64, .int64], .int64, kernel: "lcm", example: "least_common_multiple(0, 5)",
            gives: "0"),
        FunctionSignature("factorial", [.int64], .int64, example: "factorial(5)", gives: "120"),
        FunctionSignature("even", [.double], .double, example: "even(2.1)", gives: "4.0"),
        FunctionSignature(
            "round_even", [.double, .int64], .double, example: "round_even(2.5, 0)", gives: "2.0"),
        FunctionSignature("isfinite", [.double], .bool, example: "isfinite('NaN'::DOUBLE)", gives: "false"),
        FunctionSignature("signbit", [.double], .bool, example: "signbit(-0.0)", gives: "true"),
        FunctionSignature("fmod", [.double, .double], .double, kernel: "%", example: "fmod(5.5, 2)", gives: "1.5"),
    ]

    private static let hyperbolic: [FunctionSignature] = [
        FunctionSignature("cot", [.double], .double, example: "round(cot(1), 4)", gives: "0.6421"),
        FunctionSignature("sinh", [.double], .double, example: "round(sinh(1), 4)", gives: "1.1752"),
        FunctionSignature("cosh", [.double], .double, example: "cosh(0)", gives: "1.0"),
        FunctionSignature("tanh", [.double], .double, example: "round(tanh(1), 4)", gives: "0.7616"),
        FunctionSignature("asinh", [.double], .double, example: "round(asinh(1), 4)", gives: "0.8814"),
        FunctionSignature("acosh", [.double], .double, example: "acosh(1)", gives: "0.0"),
        FunctionSignature("atanh", [.double], .double, example: "round(atanh(0.5), 4)", gives: "0.5493"),
    ]
}
