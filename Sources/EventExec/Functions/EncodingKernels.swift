import EventBase
import EventColumns

/// Digests, and bytes as digits. What is decoded must be UTF-8.
enum EncodingKernels {
    private static func map(_ body: @escaping @Sendable ([UInt8]) -> String) -> Kernel {
        { input throws(EventSQLError) in
            let texts = input.arguments[0].strings
            return try input.buildStrings { row, builder in builder.append(body(texts.array(at: row))) }
        }
    }

    private static func decode(
        _ what: String, _ body: @escaping @Sendable ([UInt8]) -> [UInt8]?
    ) -> Kernel {
        { input throws(EventSQLError) in
            let texts = input.arguments[0].strings
            return try input.buildStrings { row, builder throws(EventSQLError) in
                guard let bytes = body(texts.array(at: row)), let text = String(validating: bytes, as: UTF8.self) else {
                    throw input.error("'\(texts.text(at: row).prefix(40))' is no \(what) of UTF-8 text")
                }
                builder.append(text)
            }
        }
    }

    static let kernels: [String: Kernel] = [
        "md5": map(Digest.md5),
        "sha256": map(Digest.sha256),
        "hex": map { Digest.hex($0).uppercased() },
        "hex_number": { input throws(EventSQLError) in
            try input.buildStrings { row, builder in
                builder.append(String(UInt64(bitPattern: input.int64(0, row)), radix: 16, uppercase: true))
            }
        },
        "bin": { input throws(EventSQLError) in
            try input.buildStrings { row, builder in
                builder.append(String(UInt64(bitPattern: input.int64(0, row)), radix: 2))
            }
        },
        "unhex": decode("hexadecimal form", unhex),
        "to_base64": map { String(decoding: base64($0), as: UTF8.self) },
        "from_base64": decode("base64", fromBase64),
        "url_encode": map(urlEncoded),
        "url_decode": decode("URL encoding", urlDecoded),
    ]

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 48...57: digit - 48
        case 65...70: digit - 55
        case 97...102: digit - 87
        default: nil
        }
    }

    private static func unhex(_ digits: [UInt8]) -> [UInt8]? {
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = nibble(digits[index]), let low = nibble(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static func base64(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            var word: UInt32 = 0
            for index in 0..<3 { word = word << 8 | UInt32(index < part.count ? part[start + index] : 0) }
            for index in 0..<4 {
                let code = alphabet[Int(word >> UInt32(18 - 6 * index) & 63)]
                text.append(index <= part.count ? code : UInt8(ascii: "="))
            }
        }
        return text
    }

    private static func fromBase64(_ text: [UInt8]) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        var body = text[...]
        while body.last == UInt8(ascii: "="), text.count - body.count < 2 { body = body.dropLast() }
        var bytes: [UInt8] = []
        var (word, bits): (UInt32, UInt32) = (0, 0)
        for byte in body {
            guard let code = alphabet.firstIndex(of: byte) else { return nil }
            word = word << 6 | UInt32(code)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: word >> bits))
            }
        }
        return bytes
    }

    private static func urlEncoded(_ bytes: [UInt8]) -> String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        var text = ""
        for byte in bytes {
            if plain.contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "%" + Digest.hex([byte]).uppercased()
            }
        }
        return text
    }

    /// A `%` that two digits do not follow stands for itself.
    private static func urlDecoded(_ text: [UInt8]) -> [UInt8]? {
        var bytes: [UInt8] = []
        var index = 0
        while index < text.count {
            if text[index] == UInt8(ascii: "%"), index + 2 < text.count, let high = nibble(text[index + 1]),
                let low = nibble(text[index + 2])
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(text[index])
                index += 1
            }
        }
        return bytes
    }
}
