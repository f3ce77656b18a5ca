/// Order of byte strings: the collation of every VARCHAR.
package enum ByteOrder {
    package static func equal(_ a: RawSpan, _ b: RawSpan) -> Bool {
        a.byteCount == b.byteCount && compare(a, b) == 0
    }

    package static func precedes(_ a: RawSpan, _ b: RawSpan) -> Bool { compare(a, b) < 0 }

    /// Negative, zero or positive as `a` sorts before, with or after `b`.
    package static func compare(_ a: RawSpan, _ b: RawSpan) -> Int {
        let shared = min(a.byteCount, b.byteCount)
        var offset = 0
        while offset + 8 <= shared {
            let x = a.word(at: offset)
            let y = b.word(at: offset)
            if x != y { return x.byteSwapped < y.byteSwapped ? -1 : 1 }
            offset += 8
        }
        while offset < shared {
            let x = a.byte(at: offset)
            let y = b.byte(at: offset)
            if x != y { return x < y ? -1 : 1 }
            offset += 1
        }
        return a.byteCount - b.byteCount
    }
}
