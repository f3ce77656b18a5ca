/// Functions over bitmaps, which bitmap_build(...) makes: sets of whole numbers as text.
enum BitmapFunctions {
    private static let odd = "(SELECT bitmap_build(n) FROM (VALUES (1), (3), (5)) t(n))"
    private static let low = "(SELECT bitmap_build(n) FROM (VALUES (1), (2), (3)) t(n))"

    static let signatures: [FunctionSignature] = [
        FunctionSignature(
            "bitmap_cardinality", [.string], .int64, example: "bitmap_cardinality(\(odd))", gives: "3"),
        FunctionSignature(
            "bitmap_count", [.string], .int64, kernel: "bitmap_cardinality", example: "bitmap_count(\(low))", gives: "3"
        ),
        FunctionSignature(
            "bitmap_contains", [.string, .int64], .bool, example: "bitmap_contains(\(odd), 2)", gives: "false"),
        FunctionSignature(
            "bitmap_and", [.string, .string], .string,
            example: "bitmap_cardinality(bitmap_and(\(odd), \(low)))", gives: "2"),
        FunctionSignature(
            "bitmap_or", [.string, .string], .string,
            example: "bitmap_cardinality(bitmap_or(\(odd), \(low)))", gives: "4"),
        FunctionSignature(
            "bitmap_andnot", [.string, .string], .string,
            example: "bitmap_contains(bitmap_andnot(\(odd), \(low)), 5)", gives: "true"),
        FunctionSignature(
            "bitmap_xor", [.string, .string], .string,
            example: "bitmap_cardinality(bitmap_xor(\(odd), \(low)))", gives: "2"),
        FunctionSignature(
            "bitmap_and_cardinality", [.string, .string], .int64, example: "bitmap_and_cardinality(\(odd), \(low))",
            gives: "2"),
        FunctionSignature(
            "bitmap_or_cardinality", [.string, .string], .int64, example: "bitmap_or_cardinality(\(odd), \(low))",
            gives: "4"),
        FunctionSignature(
            "bitmap_andnot_cardinality", [.string, .string], .int64,
            example: "bitmap_andnot_cardinality(\(odd), \(low))", gives: "1"),
        FunctionSignature(
            "bitmap_xor_cardinality", [.string, .string], .int64, example: "bitmap_xor_cardinality(\(odd), \(low))",
            gives: "2"),
    ]
}
