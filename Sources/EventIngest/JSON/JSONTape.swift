internal import EventBase

/// The words of simdjson's tape: a type character in the top byte, a payload in the other seven.
enum JSONTape {
    static let objectStart = UInt8(ascii: "{")
    static let objectEnd = UInt8(ascii: "}")
    static let arrayStart = UInt8(ascii: "[")
    static let arrayEnd = UInt8(ascii: "]")
    static let string = UInt8(ascii: "\"")
    /// The next word is the value; so for the two below.
    static let int64 = UInt8(ascii: "l")
    static let uint64 = UInt8(ascii: "u")
    static let double = UInt8(ascii: "d")
    static let yes = UInt8(ascii: "t")
    static let no = UInt8(ascii: "f")
    static let null = UInt8(ascii: "n")

    @inline(__always)
    static func type(of word: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: word >> 56) }

    /// Of an object or array: the index behind its closing word.
    @inline(__always)
    static func end(of word: UInt64) -> Int { Int(word & 0xffff_ffff) }

    /// Of a string: where its bytes lie in the tape's string buffer, behind four bytes of length.
    @inline(__always)
    static func text(of word: UInt64, _ strings: RawSpan) -> Range<Int> {
        let start = Int(word & 0x00ff_ffff_ffff_ffff)
        let count = Int(TapeBytes.length(strings, start))
        return start &+ 4..<start &+ 4 &+ count
    }
}

/// Loads that stay inside this module, so that they are inlined.
///
/// UNSAFE: benefit: a few nanoseconds a key where a call across modules costs as much as the work. Soundness: integers have
/// no invalid bit patterns, and every offset is checked against the span first.
enum TapeBytes {
    @inline(__always)
    static func length(_ bytes: RawSpan, _ offset: Int) -> UInt32 {
        precondition(offset >= 0 && offset &+ 4 <= bytes.byteCount, "BUG: a string outside its buffer")
        return unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
    }

    @inline(__always)
    static func byte(_ bytes: RawSpan, _ offset: Int) -> UInt8 {
        precondition(offset >= 0 && offset < bytes.byteCount, "BUG: a byte outside its buffer")
        return unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// Whether `count` bytes of `a` from `i` and of `b` from `j` are the same.
    @inline(__always)
    static func equal(_ a: RawSpan, _ i: Int, _ b: RawSpan, _ j: Int, count: Int) -> Bool {
        precondition(
            i >= 0 && j >= 0 && count >= 0 && i &+ count <= a.byteCount && j &+ count <= b.byteCount,
            "BUG: bytes outside their buffer")
        var offset = 0
        while offset &+ 8 <= count {
            let x = unsafe a.unsafeLoadUnaligned(fromByteOffset: i &+ offset, as: UInt64.self)
            let y = unsafe b.unsafeLoadUnaligned(fromByteOffset: j &+ offset, as: UInt64.self)
            if x != y { return false }
            offset &+= 8
        }
        if count >= 8 {
            let x = unsafe a.unsafeLoadUnaligned(fromByteOffset: i &+ count &- 8, as: UInt64.self)
            let y = unsafe b.unsafeLoadUnaligned(fromByteOffset: j &+ count &- 8, as: UInt64.self)
            return x == y
        }
        if offset &+ 4 <= count {
            let x = unsafe a.unsafeLoadUnaligned(fromByteOffset: i &+ offset, as: UInt32.self)
            let y = unsafe b.unsafeLoadUnaligned(fromByteOffset: j &+ offset, as: UInt32.self)
            if x != y { return false }
            offset &+= 4
        }
        while offset < count {
            let x = unsafe a.unsafeLoad(fromByteOffset: i &+ offset, as: UInt8.self)
            let y = unsafe b.unsafeLoad(fromByteOffset: j &+ offset, as: UInt8.self)
            if x != y { return false }
            offset &+= 1
        }
        return true
    }
}
