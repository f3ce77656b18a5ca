internal import EventBase

/// A run of whole lines (or CSV records) of one input, with the padding that the JSON parser wants behind it.
struct InputBlock: Sendable {
    /// Text, then `JSONParser.paddingBytes` of anything.
    var bytes: [UInt8]
    /// Bytes of text.
    var count: Int
    /// Number of the first line, from 1.
    var firstLine: Int
    /// Lines that were cut because no block could hold them; their text is not in `bytes`.
    var oversized: [RejectedRow] = []

    /// A block of its own, for tests and small inputs.
    init(_ text: [UInt8], firstLine: Int = 1) {
        bytes = text + [UInt8](repeating: 0, count: JSONParser.paddingBytes)
        count = text.count
        self.firstLine = firstLine
    }

    init(bytes: [UInt8], count: Int, firstLine: Int) {
        precondition(count + JSONParser.paddingBytes <= bytes.count, "BUG: a block lacks padding")
        self.bytes = bytes
        self.count = count
        self.firstLine = firstLine
    }
}
