internal import EventBase

/// A run of whole lines (or CSV records) of one input, with the padding that the JSON parser wants behind it.
struct InputBlock: Sendable {
    /// Text, then at least `JSONParser.paddingBytes` of anything.
    var bytes: [UInt8]
    /// Bytes of text.
    var count: Int
    /// Where no block could hold a line: that line, refused; the block then has no text.
    var refused: RejectedRow?

    /// A block of its own, for tests and small inputs.
    init(_ text: [UInt8]) {
        self.init(bytes: text + [UInt8](repeating: 0, count: JSONParser.paddingBytes), count: text.count)
    }

    init(bytes: [UInt8], count: Int) {
        precondition(count + JSONParser.paddingBytes <= bytes.count, "BUG: a block lacks padding")
        self.bytes = bytes
        self.count = count
    }

    init(refused: RejectedRow) {
        self.init([])
        self.refused = refused
    }
}
