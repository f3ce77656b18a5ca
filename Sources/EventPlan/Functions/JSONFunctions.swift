/// Functions over JSON text. A path is a key, or `$.a.b[0]`.
enum JSONFunctions {
    static let signatures: [FunctionSignature] = [
        FunctionSignature(
            "->", [.json, .string], .json, kernel: "json_extract", example: "'{\"a\":[1,2]}'::JSON -> 'a'",
            gives: "[1,2]"),
        FunctionSignature(
            "->", [.json, .int64], .json, kernel: "json_element", example: "'[1,2]'::JSON -> 1", gives: "2"),
        FunctionSignature(
            "->>", [.json, .string], .string, kernel: "json_extract_string", example: "'{\"a\":\"x\"}'::JSON ->> 'a'",
            gives: "x"),
        FunctionSignature(
            "->>", [.json, .int64], .string, kernel: "json_element_string", example: "'[\"p\",\"q\"]'::JSON ->> 0",
            gives: "p"),
        FunctionSignature(
            "json_extract", [.json, .string], .json, example: "json_extract('{\"a\":{\"b\":1}}', '$.a.b')", gives: "1"),
        FunctionSignature(
            "json_extract_string", [.json, .string], .string, example: "json_extract_string('{\"a\":\"x\"}', '$.a')",
            gives: "x"),
        FunctionSignature("json_array_length", [.json], .int64, example: "json_array_length('[1,2,3]')", gives: "3"),
        FunctionSignature(
            "json_array_length", [.json, .string], .int64, kernel: "json_array_length_at",
            example: "json_array_length('{\"a\":[1]}', '$.a')", gives: "1"),
        FunctionSignature("json_type", [.json], .string, example: "json_type('[1]')", gives: "ARRAY"),
        FunctionSignature(
            "json_type", [.json, .string], .string, kernel: "json_type_at",
            example: "json_type('{\"a\":[1]}', '$.a[0]')", gives: "BIGINT"),
        FunctionSignature("json_valid", [.string], .bool, example: "json_valid('{')", gives: "false"),
    ]
}
