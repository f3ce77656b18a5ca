/// Functions over regular expressions: RE2's syntax, in time proportional to the text. Lists come as JSON arrays.
enum RegexFunctions {
    static let signatures: [FunctionSignature] = [
        FunctionSignature("regex_match", [.string, .string], .bool, example: "'abc' ~ 'b.$'", gives: "true"),
        FunctionSignature(
            "regex_match_insensitive", [.string, .string], .bool, example: "'ABC' ~* '^a'", gives: "true"),
        FunctionSignature(
            "similar_to", [.string, .string], .bool, example: "'abab' SIMILAR TO '(ab)+_?'", gives: "true"),
        FunctionSignature(
            "regexp_matches", [.string, .string], .bool, example: "regexp_matches('a1', '[0-9]')", gives: "true"),
        FunctionSignature(
            "regexp_matches", [.string, .string, .string], .bool, example: "regexp_matches('AB', 'b', 'i')",
            gives: "true"),
        FunctionSignature(
            "regexp_like", [.string, .string], .bool, kernel: "regexp_matches",
            example: "regexp_like('straße', 'ß.$')", gives: "true"),
        FunctionSignature(
            "regexp_like", [.string, .string, .string], .bool, kernel: "regexp_matches",
            example: "regexp_like('X', 'x', 'c')", gives: "false"),
        FunctionSignature(
            "regexp_full_match", [.string, .string], .bool, example: "regexp_full_match('abc', 'b')", gives: "false"),
        FunctionSignature(
            "regexp_extract", [.string, .string], .string, example: "regexp_extract('a12b3', '[0-9]+')", gives: "12"),
        FunctionSignature(
            "regexp_extract", [.string, .string, .int64], .string,
            example: "regexp_extract('/user/42', '^/(\\w+)/(\\d+)', 2)", gives: "42"),
        FunctionSignature(
            "regexp_substr", [.string, .string], .string, example: "regexp_substr('abc', '[0-9]')", gives: "NULL"),
        FunctionSignature(
            "regexp_replace", [.string, .string, .string], .string,
            example: "regexp_replace('2024-03-01', '(\\d+)-(\\d+)', '\\2/\\1')", gives: "03/2024-01"),
        FunctionSignature(
            "regexp_replace", [.string, .string, .string, .string], .string,
            example: "regexp_replace('a1b22', '\\d+', '#', 'g')", gives: "a#b#"),
        FunctionSignature(
            "regexp_count", [.string, .string], .int64, example: "regexp_count('banana', 'an')", gives: "2"),
        FunctionSignature(
            "regexp_split_to_array", [.string, .string], .json,
            example: "regexp_split_to_array('a, b;c', '[,;] *')", gives: "[\"a\",\"b\",\"c\"]"),
        FunctionSignature(
            "string_split_regex", [.string, .string], .json, kernel: "regexp_split_to_array",
            example: "string_split_regex('a1b', '\\d')", gives: "[\"a\",\"b\"]"),
        FunctionSignature(
            "regexp_split_part", [.string, .string, .int64], .string,
            example: "regexp_split_part('a--b-c', '-+', 2)", gives: "b"),
        FunctionSignature(
            "regexp_extract_all", [.string, .string], .json, example: "regexp_extract_all('a1b22', '\\d+')",
            gives: "[\"1\",\"22\"]"),
        FunctionSignature(
            "regexp_extract_all", [.string, .string, .int64], .json,
            example: "regexp_extract_all('k=1,m=2', '(\\w)=(\\d)', 2)", gives: "[\"1\",\"2\"]"),
        FunctionSignature(
            "regexp_escape", [.string], .string, example: "regexp_escape('1+1')", gives: "1\\+1"),
    ]
}
