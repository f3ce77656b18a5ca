/// Order of byte strings: the collation of every VARCHAR.
package enum ByteOrder {
    package static func equal(_ a: RawSpan, _ b: RawSpan) -> Bool {
        let count = a.byteCount
        if count != b.byteCount { return false }
        // The last step overlaps the one before, so that no byte is read alone.
        if count >= 8 {
            var offset = 0
            while offset < count - 8 {
                if a.word(at: offset) != b.word(at: offset) { return false }
                offset += 8
            }
            return a.word(at: count - 8) == b.word(at: count - 8)
        }
        if count >= 4 {
            return a.load(at: 0, as: UInt32.self) == b.load(at: 0, as: UInt32.self)
                && a.load(at: count - 4, as: UInt32.self) == b.load(at: count - 4, as: UInt32.self)
        }
        if count == 0 { return true }
        return a.byte(at: 0) == b.byte(at: 0) && a.byte(at: count / 2) == b.byte(at: count / 2)
            && a.byte(at: count - 1) == b.byte(at: count - 1)
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
