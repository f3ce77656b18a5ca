internal import EventBase
internal import EventIO

/// The refused rows of one call as JSON lines (SPEC 4.2). The file is made with the first of them.
struct RejectsFile {
    private let path: String?
    private let defaultFolder: String?
    private var writer: SequentialWriter?

    /// - Parameter defaultFolder: where a file of its own name goes when there is no `path`; nil keeps nothing.
    init(path: String?, defaultFolder: String?) {
        self.path = path
        self.defaultFolder = defaultFolder
    }

    /// The file, once there is one.
    var writtenPath: String? { writer?.path }

    mutating func append(_ rows: [RejectedRow], input: String) throws(EventSQLError) {
        guard !rows.isEmpty, let writer = try open(input) else { return }
        var text: [UInt8] = []
        for row in rows { Self.append(row, input: input, to: &text) }
        try writer.write(text)
    }

    private mutating func open(_ input: String) throws(EventSQLError) -> SequentialWriter? {
        if let writer { return writer }
        var target = path
        if target == nil, let defaultFolder {
            try SequentialWriter.makeDirectory(defaultFolder)
            target = "\(defaultFolder)/\(Self.fileName(nowMicros: WallClock.nowMicros(), input: input))"
        }
        guard let target else { return nil }
        writer = try SequentialWriter(path: target)
        return writer
    }

    /// `20240301T123015.123456Z-<last part of the input's name>.jsonl`.
    static func fileName(nowMicros: Int64, input: String) -> String {
        let time = TimestampText.print(micros: nowMicros).filter { $0 != "-" && $0 != ":" }
        let compact = time.map { $0 == " " ? "T" : String($0) }.joined()
        let last = input == "-" ? "stdin" : input.split(separator: "/").last.map(String.init) ?? "input"
        return "\(compact)Z-\(last).jsonl"
    }

    static func append(_ row: RejectedRow, input: String, to text: inout [UInt8]) {
        func put(_ key: String, _ value: [UInt8]) {
            text.append(contentsOf: ",\"\(key)\":".utf8)
            JSONText.append(string: 0..<value.count, value.rawBytes, to: &text)
        }
        text.append(contentsOf: "{\"line\":\(row.line)".utf8)
        put("reason", Array(row.reason.rawValue.utf8))
        put("detail", Array(row.detail.utf8))
        put("input", Array(input.utf8))
        if JSONParser.isUTF8(row.raw.rawBytes, 0..<row.raw.count) {
            put("raw", row.raw)
        } else {
            put("raw_base64", Base64.encode(row.raw))
        }
        text.append(contentsOf: "}\n".utf8)
    }
}

/// Bytes as text (RFC 4648 section 4).
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let word = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                let digit = alphabet[Int(word >> UInt32(18 - 6 * place) & 63)]
                text.append(place <= group.count ? digit : UInt8(ascii: "="))
            }
        }
        return text
    }
}
