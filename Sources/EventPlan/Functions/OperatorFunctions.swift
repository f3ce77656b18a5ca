/// What `+ - * / // % ^ || & | << >> ~` mean for each pair of types.
enum OperatorFunctions {
    static let signatures: [FunctionSignature] =
        arithmetic + temporal + [
            FunctionSignature("||", [.any, .any], .string, kernel: "concat_strict", example: "'a' || 1", gives: "a1"),
            FunctionSignature("&", [.int64, .int64], .int64, example: "6 & 3", gives: "2"),
            FunctionSignature("|", [.int64, .int64], .int64, example: "6 | 3", gives: "7"),
            FunctionSignature("<<", [.int64, .int64], .int64, example: "1 << 4", gives: "16"),
            FunctionSignature(">>", [.int64, .int64], .int64, example: "16 >> 2", gives: "4"),
            FunctionSignature("~", [.int64], .int64, kernel: "bit_not", example: "~ 5", gives: "-6"),
        ]

    private static let arithmetic: [FunctionSignature] = [
        FunctionSignature("+", [.int64, .int64], .int64, example: "2 + 3", gives: "5"),
        FunctionSignature("+", [.double, .double], .double, example: "2 + 0.5", gives: "2.5"),
        FunctionSignature("-", [.int64, .int64], .int64, example: "2 - 3", gives: "-1"),
        FunctionSignature("-", [.double, .double], .double, example: "2 - 0.5", gives: "1.5"),
        FunctionSignature("*", [.int64, .int64], .int64, example: "2 * 3", gives: "6"),
        FunctionSignature("*", [.double, .double], .double, example: "2 * 0.5", gives: "1.0"),
        FunctionSignature("/", [.int64, .int64], .int64, example: "7 / 2", gives: "3"),
        FunctionSignature("/", [.double, .double], .double, example: "7 / 2.0", gives: "3.5"),
        FunctionSignature("//", [.int64, .int64], .int64, kernel: "/", example: "-7 // 2", gives: "-3"),
        FunctionSignature("//", [.double, .double], .double, kernel: "div", example: "7.5 // 2", gives: "3.0"),
        FunctionSignature("%", [.int64, .int64], .int64, example: "-7 % 3", gives: "-1"),
        FunctionSignature("%", [.double, .double], .double, example: "7.5 % 2", gives: "1.5"),
        FunctionSignature("^", [.double, .double], .double, kernel: "power", example: "2 ^ 10", gives: "1024.0"),
        FunctionSignature("negate", [.int64], .int64, example: "- (3)", gives: "-3"),
        FunctionSignature("negate", [.double], .double, example: "- (3.5)", gives: "-3.5"),
        FunctionSignature("negate", [.interval], .interval, kernel: "negate_interval"),
    ]

    private static let temporal: [FunctionSignature] = [
        FunctionSignature(
            "+", [.timestamp, .interval], .timestamp, kernel: "timestamp+interval",
            example: "TIMESTAMP '2024-01-31' + INTERVAL '1 month'", gives: "2024-02-29 00:00:00"),
        FunctionSignature("+", [.interval, .timestamp], .timestamp, kernel: "interval+timestamp"),
        FunctionSignature(
            "+", [.date, .int64], .date, kernel: "+", example: "DATE '2024-02-28' + 2", gives: "2024-03-01"),
        FunctionSignature("+", [.int64, .date], .date, kernel: "+"),
        FunctionSignature("+", [.interval, .interval], .interval, kernel: "interval+interval"),
        FunctionSignature(
            "-", [.timestamp, .interval], .timestamp, kernel: "timestamp-interval",
            example: "TIMESTAMP '2024-03-31' - INTERVAL '1 month'", gives: "2024-02-29 00:00:00"),
        FunctionSignature(
            "-", [.date, .int64], .date, kernel: "-", example: "DATE '2024-03-01' - 1", gives: "2024-02-29"),
        FunctionSignature(
            "-", [.date, .date], .int64, kernel: "-", example: "DATE '2024-03-01' - DATE '2024-02-01'", gives: "29"),
        FunctionSignature(
            "-", [.timestamp, .timestamp], .interval, kernel: "timestamp-timestamp",
            example: "TIMESTAMP '2024-03-02 01:00' - TIMESTAMP '2024-03-01'", gives: "1 day 01:00:00"),
        FunctionSignature("-", [.interval, .interval], .interval, kernel: "interval-interval"),
        FunctionSignature("*", [.interval, .double], .interval, kernel: "interval*double"),
        FunctionSignature("*", [.double, .interval], .interval, kernel: "double*interval"),
        FunctionSignature("/", [.interval, .double], .interval, kernel: "interval/double"),
    ]
}
