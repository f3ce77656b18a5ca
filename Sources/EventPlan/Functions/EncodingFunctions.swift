/// Digests and other forms of the bytes of a VARCHAR.
enum EncodingFunctions {
    static let signatures: [FunctionSignature] = [
        FunctionSignature(
            "md5", [.string], .string, example: "md5('hello')", gives: "5d41402abc4b2a76b9719d911017c592"),
        FunctionSignature(
            "sha256", [.string], .string, example: "left(sha256('hello'), 16)", gives: "2cf24dba5fb0a30e"),
        FunctionSignature("hex", [.string], .string, example: "hex('äb')", gives: "C3A462"),
        FunctionSignature(
            "to_hex", [.string], .string, kernel: "hex", example: "to_hex('AZ')", gives: "415A"),
        FunctionSignature("hex", [.int64], .string, kernel: "hex_number", example: "hex(255)", gives: "FF"),
        FunctionSignature(
            "to_hex", [.int64], .string, kernel: "hex_number", example: "to_hex(-1)", gives: "FFFFFFFFFFFFFFFF"),
        FunctionSignature("unhex", [.string], .string, example: "unhex('6869')", gives: "hi"),
        FunctionSignature("from_hex", [.string], .string, kernel: "unhex", example: "from_hex('c3A4')", gives: "ä"),
        FunctionSignature("bin", [.int64], .string, example: "bin(10)", gives: "1010"),
        FunctionSignature("to_base64", [.string], .string, example: "to_base64('äb')", gives: "w6Ri"),
        FunctionSignature(
            "base64", [.string], .string, kernel: "to_base64", example: "base64('hi')", gives: "aGk="),
        FunctionSignature("from_base64", [.string], .string, example: "from_base64('aGk=')", gives: "hi"),
        FunctionSignature("url_encode", [.string], .string, example: "url_encode('a b/ä')", gives: "a%20b%2F%C3%A4"),
        FunctionSignature("url_decode", [.string], .string, example: "url_decode('a%20b+c')", gives: "a b+c"),
    ]
}
