/// Functions over lists, which are JSON arrays. An element that is compared or printed is the text it stands for; positions
/// count from 1, from the end where negative.
enum ListFunctions {
    static let signatures: [FunctionSignature] = cutting + asking + changing + computing + series

    private static let cutting: [FunctionSignature] = ["string_split", "split", "str_split", "string_to_array"].map {
        FunctionSignature(
            $0, [.string, .string], .json, kernel: "string_split", example: "\($0)('a/b', '/')",
            gives: "[\"a\",\"b\"]")
    }

    private static let asking: [FunctionSignature] =
        ["array_length", "list_length", "cardinality"].map {
            FunctionSignature($0, [.json], .int64, kernel: "list_length", example: "\($0)('[1,2]')", gives: "2")
        }
        + ["list_contains", "array_contains", "list_has"].map {
            FunctionSignature(
                $0, [.json, .any], .bool, kernel: "list_contains", example: "\($0)('[\"a\",2]', 2)", gives: "true")
        }
        + ["list_position", "array_position", "list_indexof"].map {
            FunctionSignature(
                $0, [.json, .any], .int64, kernel: "list_position", example: "\($0)('[\"a\",\"b\"]', 'b')",
                gives: "2")
        }
        + ["list_extract", "list_element", "array_extract"].map {
            FunctionSignature(
                $0, [.json, .int64], .json, kernel: "list_extract", example: "\($0)('[5,6,7]', -1)", gives: "7")
        }

    private static let computing: [FunctionSignature] =
        [
            FunctionSignature(
                "list_sum", [.json], .double, kernel: "list_sum", example: "list_sum('[1,2.5,null]')", gives: "3.5"),
            FunctionSignature(
                "list_avg", [.json], .double, kernel: "list_avg", example: "list_avg('[1,2]')", gives: "1.5"),
            FunctionSignature(
                "list_min", [.json], .json, kernel: "list_min", example: "list_min('[10,9,null]')", gives: "9"),
            FunctionSignature(
                "list_max", [.json], .json, kernel: "list_max", example: "list_max('[10,9,null]')", gives: "10"),
            FunctionSignature(
                "list_unique", [.json], .int64, kernel: "list_unique", example: "list_unique('[1,1,2,null]')",
                gives: "2"),
            FunctionSignature(
                "flatten", [.json], .json, kernel: "flatten", example: "flatten('[[1,2],[3]]')", gives: "[1,2,3]"),
        ]
        + ["list_has_any", "array_has_any"].map {
            FunctionSignature(
                $0, [.json, .json], .bool, kernel: "list_has_any", example: "\($0)('[1,2]', '[2,3]')", gives: "true")
        }
        + ["list_has_all", "array_has_all"].map {
            FunctionSignature(
                $0, [.json, .json], .bool, kernel: "list_has_all", example: "\($0)('[1,2]', '[2,3]')", gives: "false")
        }
        + ["list_intersect", "array_intersect"].map {
            FunctionSignature(
                $0, [.json, .json], .json, kernel: "list_intersect", example: "\($0)('[1,2]', '[2,3]')", gives: "[2]")
        }
        + ["list_reverse_sort", "array_reverse_sort"].map {
            FunctionSignature(
                $0, [.json], .json, kernel: "list_reverse_sort", example: "\($0)('[1,3,2]')", gives: "[3,2,1]")
        }

    /// The elements of a series are known to be numbers or instants where it is unnested.
    private static let series: [FunctionSignature] = ["generate_series", "range"].flatMap { name in
        let kernel = name == "range" ? "range" : "series"
        let last = name == "range" ? "" : ",3"
        return [
            FunctionSignature(
                name, [.int64], .json, kernel: "\(kernel)_int64", example: "\(name)(3)", gives: "[0,1,2\(last)]"),
            FunctionSignature(
                name, [.int64, .int64], .json, kernel: "\(kernel)_int64", example: "\(name)(1, 3)",
                gives: "[1,2\(last)]"),
            FunctionSignature(
                name, [.int64, .int64, .int64], .json, kernel: "\(kernel)_int64", example: "\(name)(5, 3, -1)",
                gives: name == "range" ? "[5,4]" : "[5,4,3]"),
            FunctionSignature(
                name, [.timestamp, .timestamp, .interval], .json, kernel: "\(kernel)_timestamp",
                example: "\(name)(DATE '2024-02-01', DATE '2024-02-02', INTERVAL 1 DAY)",
                gives: name == "range"
                    ? "[\"2024-02-01 00:00:00\"]" : "[\"2024-02-01 00:00:00\",\"2024-02-02 00:00:00\"]"),
        ]
    }

    private static let changing: [FunctionSignature] =
        ["array_to_string", "list_to_string"].map {
            FunctionSignature(
                $0, [.json, .string], .string, kernel: "array_to_string", example: "\($0)('[1,null,\"b\"]', '-')",
                gives: "1-b")
        }
        + ["list_distinct", "array_distinct"].map {
            FunctionSignature(
                $0, [.json], .json, kernel: "list_distinct", example: "\($0)('[2,1,2,null]')", gives: "[2,1]")
        }
        + ["list_sort", "array_sort"].map {
            FunctionSignature(
                $0, [.json], .json, kernel: "list_sort", example: "\($0)('[10,9,\"b\",null]')",
                gives: "[9,10,\"b\",null]")
        }
        + ["list_reverse", "array_reverse"].map {
            FunctionSignature(
                $0, [.json], .json, kernel: "list_reverse", example: "\($0)('[1,2]')", gives: "[2,1]")
        }
        + ["list_concat", "list_cat", "array_concat", "array_cat"].map {
            FunctionSignature(
                $0, [.json, .json], .json, kernel: "list_concat", example: "\($0)('[1]', '[2]')", gives: "[1,2]")
        }
        + ["list_slice", "array_slice"].map {
            FunctionSignature(
                $0, [.json, .int64, .int64], .json, kernel: "list_slice", example: "\($0)('[1,2,3,4]', 2, 3)",
                gives: "[2,3]")
        }
        + ["list_append", "array_append"].map {
            FunctionSignature(
                $0, [.json, .any], .json, kernel: "list_append", example: "\($0)('[1]', 'x')", gives: "[1,\"x\"]")
        }
        + [
            FunctionSignature(
                "json_keys", [.json], .json, example: "json_keys('{\"a\":1,\"b\":{}}')", gives: "[\"a\",\"b\"]"),
            FunctionSignature(
                "json_array", [.any], .json, isVariadic: true, example: "json_array(1, 'b', NULL)",
                gives: "[1,\"b\",null]"),
            FunctionSignature(
                "json_object", [.any], .json, isVariadic: true, example: "json_object('a', 1, 'b', 'x')",
                gives: "{\"a\":1,\"b\":\"x\"}"),
            FunctionSignature("to_json", [.any], .json, example: "to_json('a\"b')", gives: "\"a\\\"b\""),
            FunctionSignature(
                "json_exists", [.json, .string], .bool, example: "json_exists('{\"a\":null}', '$.a')", gives: "true"),
        ]
}
