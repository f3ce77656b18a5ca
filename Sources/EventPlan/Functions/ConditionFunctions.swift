/// Functions that choose among their arguments. coalesce, nullif, if and typeof are forms the binder knows itself.
enum ConditionFunctions {
    static let signatures: [FunctionSignature] = [
        FunctionSignature(
            "greatest", [.common], .common, isVariadic: true, example: "greatest(1, NULL, 3)", gives: "3"),
        FunctionSignature("least", [.common], .common, isVariadic: true, example: "least('b', 'a')", gives: "a"),
        FunctionSignature("hash", [.any], .int64, example: "hash('a') = hash('a')", gives: "true"),
    ]
}
