internal import EventColumns

/// What a decoder made of one block.
struct DecodedBlock: Sendable {
    var buffer: EventBuffer
    /// In order of input; lines count from 1 at the block's start.
    var rejects: [RejectedRow]
    /// Lines of the block, blank ones too.
    var lineCount: Int
}
