/// Functions over VARCHAR. Lengths and positions count Unicode scalars, as PostgreSQL does; case folding is Unicode's.
enum StringFunctions {
    static let signatures: [FunctionSignature] = transforms + parts + tests + more

    private static let transforms: [FunctionSignature] = [
        FunctionSignature("lower", [.string], .string, example: "lower('ÄbC')", gives: "äbc"),
        FunctionSignature("lcase", [.string], .string, kernel: "lower", example: "lcase('A')", gives: "a"),
        FunctionSignature("upper", [.string], .string, example: "upper('äbC')", gives: "ÄBC"),
        FunctionSignature("ucase", [.string], .string, kernel: "upper", example: "ucase('a')", gives: "A"),
        FunctionSignature("trim", [.string], .string, example: "trim('  a b ')", gives: "a b"),
        FunctionSignature(
            "trim", [.string, .string], .string, kernel: "trim_chars", example: "trim('xxaxy', 'xy')", gives: "a"),
        FunctionSignature("btrim", [.string], .string, kernel: "trim", example: "btrim(' a ')", gives: "a"),
        FunctionSignature(
            "btrim", [.string, .string], .string, kernel: "trim_chars", example: "btrim('-a-', '-')", gives: "a"),
        FunctionSignature("ltrim", [.string], .string, example: "ltrim('  a ') || '|'", gives: "a |"),
        FunctionSignature(
            "ltrim", [.string, .string], .string, kernel: "ltrim_chars", example: "ltrim('007', '0')", gives: "7"),
        FunctionSignature("rtrim", [.string], .string, example: "'|' || rtrim(' a  ')", gives: "| a"),
        FunctionSignature(
            "rtrim", [.string, .string], .string, kernel: "rtrim_chars", example: "rtrim('7.50', '0')", gives: "7.5"),
        FunctionSignature(
            "replace", [.string, .string, .string], .string, example: "replace('banana', 'an', 'o')", gives: "booa"),
        FunctionSignature("reverse", [.string], .string, example: "reverse('abc')", gives: "cba"),
        FunctionSignature("repeat", [.string, .int64], .string, example: "repeat('ab', 3)", gives: "ababab"),
        FunctionSignature("lpad", [.string, .int64], .string, example: "lpad('7', 3)", gives: "  7"),
        FunctionSignature("lpad", [.string, .int64, .string], .string, example: "lpad('7', 3, '0')", gives: "007"),
        FunctionSignature("rpad", [.string, .int64], .string, example: "rpad('7', 3) || '|'", gives: "7  |"),
        FunctionSignature("rpad", [.string, .int64, .string], .string, example: "rpad('7', 3, '0')", gives: "700"),
        FunctionSignature(
            "concat", [.any], .string, isVariadic: true, example: "concat('a', NULL, 1)", gives: "a1"),
        FunctionSignature(
            "concat_ws", [.string, .any], .string, isVariadic: true, example: "concat_ws('-', 'a', NULL, 'b')",
            gives: "a-b"),
    ]

    private static let parts: [FunctionSignature] = [
        FunctionSignature(
            "substring", [.string, .int64], .string, kernel: "substring", example: "substring('hello', 2)",
            gives: "ello"),
        FunctionSignature(
            "substring", [.string, .int64, .int64], .string, example: "substring('hello', 2, 3)", gives: "ell"),
        FunctionSignature(
            "substr", [.string, .int64], .string, kernel: "substring", example: "substr('hello', 4)", gives: "lo"),
        FunctionSignature(
            "substr", [.string, .int64, .int64], .string, kernel: "substring", example: "substr('hello', 0, 2)",
            gives: "h"),
        FunctionSignature("left", [.string, .int64], .string, example: "left('hello', 2)", gives: "he"),
        FunctionSignature("right", [.string, .int64], .string, example: "right('hello', -2)", gives: "llo"),
        FunctionSignature(
            "split_part", [.string, .string, .int64], .string, example: "split_part('a/b/c', '/', 2)", gives: "b"),
        FunctionSignature("chr", [.int64], .string, example: "chr(228)", gives: "ä"),
        FunctionSignature("ascii", [.string], .int64, example: "ascii('A')", gives: "65"),
    ]

    private static let tests: [FunctionSignature] = [
        FunctionSignature("length", [.string], .int64, example: "length('äb')", gives: "2"),
        FunctionSignature("len", [.string], .int64, kernel: "length", example: "len('abc')", gives: "3"),
        FunctionSignature(
            "char_length", [.string], .int64, kernel: "length", example: "char_length('abc')", gives: "3"),
        FunctionSignature("octet_length", [.string], .int64, example: "octet_length('äb')", gives: "3"),
        FunctionSignature("position", [.string, .string], .int64, kernel: "strpos_reversed"),
        FunctionSignature("strpos", [.string, .string], .int64, example: "strpos('hello', 'l')", gives: "3"),
        FunctionSignature(
            "instr", [.string, .string], .int64, kernel: "strpos", example: "instr('hello', 'x')", gives: "0"),
        FunctionSignature(
            "starts_with", [.string, .string], .bool, example: "starts_with('hello', 'he')", gives: "true"),
        FunctionSignature("ends_with", [.string, .string], .bool, example: "ends_with('hello', 'lo')", gives: "true"),
        FunctionSignature("contains", [.string, .string], .bool, example: "contains('hello', 'ell')", gives: "true"),
        FunctionSignature("like", [.string, .string, .string], .bool),
        FunctionSignature("ilike", [.string, .string, .string], .bool),
    ]

    private static let more: [FunctionSignature] = [
        FunctionSignature(
            "translate", [.string, .string, .string], .string, example: "translate('12345', '143', 'ax')",
            gives: "a2x5"),
        FunctionSignature("initcap", [.string], .string, example: "initcap('élan VITAL-x')", gives: "Élan Vital-X"),
        FunctionSignature(
            "overlay", [.string, .string, .int64, .int64], .string, example: "overlay('abcdef', 'XY', 3, 2)",
            gives: "abXYef"),
        FunctionSignature("unicode", [.string], .int64, kernel: "ascii", example: "unicode('ä')", gives: "228"),
        FunctionSignature("ord", [.string], .int64, kernel: "ascii", example: "ord('A')", gives: "65"),
        FunctionSignature("bit_length", [.string], .int64, example: "bit_length('äb')", gives: "24"),
        FunctionSignature("strlen", [.string], .int64, kernel: "octet_length", example: "strlen('ä')", gives: "2"),
        FunctionSignature(
            "character_length", [.string], .int64, kernel: "length", example: "character_length('ä')", gives: "1"),
        FunctionSignature(
            "prefix", [.string, .string], .bool, kernel: "starts_with", example: "prefix('ab', 'a')", gives: "true"),
        FunctionSignature(
            "suffix", [.string, .string], .bool, kernel: "ends_with", example: "suffix('ab', 'a')", gives: "false"),
        FunctionSignature(
            "levenshtein", [.string, .string], .int64, example: "levenshtein('kitten', 'sitting')", gives: "3"),
        FunctionSignature(
            "editdist3", [.string, .string], .int64, kernel: "levenshtein", example: "editdist3('ä', 'a')", gives: "1"),
        FunctionSignature("hamming", [.string, .string], .int64, example: "hamming('duck', 'luck')", gives: "1"),
        FunctionSignature("strip_accents", [.string], .string, example: "strip_accents('Müßig à')", gives: "Mußig a"),
        FunctionSignature(
            "format_bytes", [.int64], .string, kernel: "format_bytes", example: "format_bytes(16384)", gives: "16.0 KiB"
        ),
    ]
}
