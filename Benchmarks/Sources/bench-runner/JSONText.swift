import EventSQL

/// Answers as JSON text, written by hand so that the measured process carries no Foundation.
struct JSONText {
    private(set) var bytes: [UInt8] = []

    /// A value of an answer. Instants become `{"micros": n}` and days `{"day": n}`: the reader knows calendars.
    mutating func append(_ value: EventValue) {
        switch value {
        case .null: append(raw: "null")
        case .bool(let value): append(raw: value ? "true" : "false")
        case .int(let value): append(raw: "\(value)")
        case .double(let value): append(raw: value.isFinite ? "\(value)" : "null")
        case .string(let text), .json(let text): append(quoted: text)
        case .timestamp(let time): append(raw: "{\"micros\": \(time.micros)}")
        case .date(let day): append(raw: "{\"day\": \(day)}")
        case .interval(let months, let days, let micros): append(quoted: "\(months) months \(days) days \(micros) us")
        case .object: append(raw: "null")
        }
    }

    mutating func append(raw text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func append(quoted text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                let hex = String(byte, radix: 16)
                append(raw: "\\u" + String(repeating: "0", count: 4 - hex.count) + hex)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// `[a, b, c]`, each element written by the closure.
    mutating func appendList<Element>(_ elements: some Sequence<Element>, _ write: (inout JSONText, Element) -> Void) {
        append(raw: "[")
        var isFirst = true
        for element in elements {
            if !isFirst { append(raw: ", ") }
            isFirst = false
            write(&self, element)
        }
        append(raw: "]")
    }
}
