internal import EventBase
internal import EventColumns

/// The strings of several interners one after the other as one pool, without a copy. Equal strings of different interners
/// have different codes.
final class JoinedStrings: StringPool {
    private static let blockCodeCount = 256

    private let parts: [HeapStringPool]
    /// The first code of each part.
    let firsts: [UInt32]
    /// The part that the first code of each block of codes belongs to.
    private let partOfBlock: [UInt32]
    let count: Int
    let isDistinct = false
    let isSorted = false

    init(_ strings: [StringInterner]) {
        parts = strings.map { $0.makePool() }
        var firsts: [UInt32] = []
        var partOfBlock: [UInt32] = []
        var next = 0
        for (part, pool) in parts.enumerated() {
            firsts.append(UInt32(next))
            next += pool.count
            while partOfBlock.count * Self.blockCodeCount < next { partOfBlock.append(UInt32(part)) }
        }
        self.firsts = firsts
        self.partOfBlock = partOfBlock
        count = next
    }

    // UNSAFE: benefit: one pool over the strings of many blocks without a copy. Soundness: the parts are `let` members of
    // this object, which the caller's view borrows.
    @_lifetime(borrow self)
    func bytes(at code: UInt32) -> RawSpan {
        var part = Int(partOfBlock[Int(code) / Self.blockCodeCount])
        while part + 1 < firsts.count, firsts[part + 1] <= code { part += 1 }
        let pool = parts[part]
        return unsafe _overrideLifetime(pool.bytes(at: code - firsts[part]), borrowing: self)
    }
}
