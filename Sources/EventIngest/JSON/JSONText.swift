internal import EventBase

/// Prints a value of the tape as compact JSON text: no spaces, keys in order of input, shortest numbers.
///
/// Equal values give equal text whatever the spacing and escapes of the input were.
enum JSONText {
    /// Appends the value that begins at `index` of the tape.
    /// - Returns: false when it holds a number beyond Int64.
    static func append(_ tape: Span<UInt64>, at index: Int, _ strings: RawSpan, to output: inout [UInt8]) -> Bool {
        let end = JSONTape.end(of: tape[index])
        var position = index
        /// Whether the innermost open container is an object, and whether its next string is a key.
        var objects: [Bool] = []
        var expectsKey = false
        while position < end {
            let word = tape[position]
            let type = JSONTape.type(of: word)
            if type == JSONTape.objectEnd || type == JSONTape.arrayEnd {
                if output.last == UInt8(ascii: ",") { output.removeLast() }
                output.append(type)
                objects.removeLast()
            } else if expectsKey {
                append(string: JSONTape.text(of: word, strings), strings, to: &output)
                output.append(UInt8(ascii: ":"))
                expectsKey = false
                position += 1
                continue
            } else if type == JSONTape.objectStart || type == JSONTape.arrayStart {
                output.append(type)
                objects.append(type == JSONTape.objectStart)
                expectsKey = type == JSONTape.objectStart && JSONTape.type(of: tape[position + 1]) != JSONTape.objectEnd
                position += 1
                continue
            } else {
                let isNumber = type == JSONTape.int64 || type == JSONTape.uint64 || type == JSONTape.double
                let number = isNumber ? tape[position + 1] : 0
                if type == JSONTape.uint64 { return false }
                appendScalar(type, word, number, strings, to: &output)
                if isNumber { position += 1 }
            }
            position += 1
            if let inObject = objects.last {
                output.append(UInt8(ascii: ","))
                expectsKey = inObject && position < end && JSONTape.type(of: tape[position]) != JSONTape.objectEnd
            }
        }
        return true
    }

    private static func appendScalar(
        _ type: UInt8, _ word: UInt64, _ number: UInt64, _ strings: RawSpan, to output: inout [UInt8]
    ) {
        switch type {
        case JSONTape.string: append(string: JSONTape.text(of: word, strings), strings, to: &output)
        case JSONTape.int64: DecimalText.append(Int64(bitPattern: number), to: &output)
        case JSONTape.double: DecimalText.append(Double(bitPattern: number), to: &output)
        case JSONTape.yes: output.append(contentsOf: "true".utf8)
        case JSONTape.no: output.append(contentsOf: "false".utf8)
        default: output.append(contentsOf: "null".utf8)
        }
    }

    /// Appends a string in quotes, escaping only what RFC 8259 demands.
    static func append(string range: Range<Int>, _ bytes: RawSpan, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for index in range {
            let byte = TapeBytes.byte(bytes, index)
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                output.append(UInt8(ascii: "\\"))
                output.append(byte)
            case 0x0a: output.append(contentsOf: "\\n".utf8)
            case 0x0d: output.append(contentsOf: "\\r".utf8)
            case 0x09: output.append(contentsOf: "\\t".utf8)
            case 0..<0x20:
                output.append(contentsOf: "\\u00".utf8)
                output.append(hexDigit(byte >> 4))
                output.append(hexDigit(byte & 15))
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + (value - 10)
    }
}

/// Numbers as text.
enum DecimalText {
    static func append(_ value: Int64, to output: inout [UInt8]) {
        if value < 0 { output.append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        let start = output.count
        repeat {
            output.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        output[start...].reverse()
    }

    /// A number used as an id: whole numbers without `.0`, as spreadsheets and data frames export ids.
    static func append(identifier value: Double, to output: inout [UInt8]) {
        if value.rounded() == value, value.magnitude < 9_007_199_254_740_992 {
            append(Int64(value), to: &output)
        } else {
            append(value, to: &output)
        }
    }

    /// The shortest text that reads back as the same double; whole numbers keep `.0`.
    static func append(_ value: Double, to output: inout [UInt8]) { output.append(contentsOf: value.description.utf8) }
}
