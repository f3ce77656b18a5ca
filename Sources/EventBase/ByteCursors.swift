/// Writes fixed-width little-endian fields into a growing buffer. The only way bytes reach a file (SPEC 1).
package struct ByteWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    package var count: Int { bytes.count }

    /// Makes room for more bytes at once.
    package mutating func reserve(_ more: Int) { bytes.reserveCapacity(bytes.count + more) }

    @specialized(where T == UInt8)
    @specialized(where T == UInt16)
    @specialized(where T == UInt32)
    @specialized(where T == Int32)
    @specialized(where T == UInt64)
    @specialized(where T == Int64)
    package mutating func write<T: FixedWidthInteger>(_ value: T) {
        var rest = value
        for _ in 0..<(T.bitWidth / 8) {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest = T.bitWidth > 8 ? rest >> 8 : 0
        }
    }

    package mutating func write(_ value: Double) { write(value.bitPattern) }

    package mutating func write(raw: some Sequence<UInt8>) { bytes.append(contentsOf: raw) }

    package mutating func write(bytes raw: RawSpan) { bytes.append(bytes: raw) }

    /// A UInt32 byte count, then the UTF-8 bytes.
    package mutating func write(string: String) {
        let utf8 = Array(string.utf8)
        write(UInt32(utf8.count))
        write(raw: utf8)
    }

    /// Zero bytes up to the next multiple of `alignment`.
    package mutating func pad(to alignment: Int) {
        let over = bytes.count % alignment
        if over != 0 { bytes.append(contentsOf: repeatElement(0, count: alignment - over)) }
    }
}

/// Reads what `ByteWriter` wrote. The first read past the end, or of an impossible value, sticks: every later read
/// answers zero and `failure` says where it began, so a decoder checks once, at its end.
package struct ByteReader: ~Escapable {
    private let bytes: RawSpan
    package private(set) var offset = 0
    /// The offset and meaning of the first bad read.
    package private(set) var failure: String?

    @_lifetime(copy bytes)
    package init(_ bytes: RawSpan) { self.bytes = bytes }

    package var remaining: Int { bytes.byteCount - offset }

    package mutating func read<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) -> T {
        let size = MemoryLayout<T>.size
        guard take(size, "a \(size)-byte integer") else { return 0 }
        return bytes.load(at: offset - size, as: T.self)
    }

    package mutating func readDouble() -> Double { Double(bitPattern: read(UInt64.self)) }

    package mutating func readBytes(count: Int) -> [UInt8] {
        guard take(count, "\(count) bytes") else { return [] }
        var result: [UInt8] = []
        result.append(bytes: bytes.extracting((offset - count)..<offset))
        return result
    }

    /// `count` little-endian integers; empty where fewer are left.
    package mutating func readArray<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, count: Int) -> [T] {
        let size = MemoryLayout<T>.size
        guard count >= 0, count <= remaining / size, take(count * size, "\(count) integers") else {
            fail("\(count) integers of \(size) bytes")
            return []
        }
        return bytes.loadArray(at: offset - count * size, count: count, as: type)
    }

    package mutating func readString() -> String {
        let count = Int(read(UInt32.self))
        let utf8 = readBytes(count: count)
        guard let text = String(validating: utf8, as: UTF8.self) else {
            fail("a UTF-8 string")
            return ""
        }
        return text
    }

    /// Marks the bytes as impossible; for checks that only the decoder can make.
    package mutating func fail(_ expected: String) {
        if failure == nil { failure = "expected \(expected) at byte \(offset) of \(bytes.byteCount)" }
    }

    /// Throws a corruption error if any read so far was bad.
    package func check(_ what: String) throws(EventSQLError) {
        if let failure { throw EventSQLError(.corruption, "\(what): \(failure)") }
    }

    private mutating func take(_ count: Int, _ what: String) -> Bool {
        guard failure == nil, count >= 0, count <= remaining else {
            fail(what)
            return false
        }
        offset += count
        return true
    }
}
