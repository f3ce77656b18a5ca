internal import EventBase

/// Rows that come column by column: what a reader of many alike lines has found of each column, one call for all of them.
///
/// Rows count from the buffer's first and ascend; none of them may have been committed. Texts are places in `bytes`.
extension EventBuffer {
    package mutating func append(_ column: Int, bools values: Span<Bool>, rows: Span<UInt32>) {
        columns[column].bools.append(values, rows: rows)
        sizeBytes += values.count
    }

    package mutating func append(_ column: Int, integers values: Span<Int64>, rows: Span<UInt32>) {
        columns[column].integers.append(values, rows: rows)
        sizeBytes += 8 * values.count
    }

    package mutating func append(_ column: Int, doubles values: Span<Double>, rows: Span<UInt32>) {
        columns[column].doubles.append(values, rows: rows)
        sizeBytes += 8 * values.count
    }

    package mutating func append(_ column: Int, texts: TextPlaces, rows: Span<UInt32>) {
        let (knownCount, heapSizeBytes) = (columns[column].stringValues.count, columns[column].stringValues.heap.count)
        let codes =
            columns[column].hardlyRepeats
            ? columns[column].stringValues.append(texts) : columns[column].stringValues.intern(texts)
        columns[column].strings.append(codes, rows: rows)
        let strings = columns[column].stringValues
        sizeBytes += 4 * (texts.count + strings.count - knownCount) + strings.heap.count - heapSizeBytes
    }

    /// Keeps as many rows as there are times. An empty user or name means none.
    package mutating func commitRows(times newTimes: [Int64], users newUsers: TextPlaces, names newNames: TextPlaces) {
        precondition(
            newTimes.count == newUsers.count && newTimes.count == newNames.count, "BUG: columns differ in length")
        times += newTimes
        userCodes += Self.codes(newUsers, &users)
        nameCodes += Self.codes(newNames, &names)
        sizeBytes += 16 * newTimes.count
    }

    private static func codes(_ texts: TextPlaces, _ strings: inout StringInterner) -> [UInt32] {
        let counts = texts.counts
        if counts.indices.allSatisfy({ counts[$0] > 0 }) { return strings.intern(texts) }
        return counts.indices.map { counts[$0] == 0 ? noCode : strings.intern(texts[$0]) }
    }
}

/// Texts as places in one run of bytes.
package struct TextPlaces: ~Escapable {
    let starts: Span<UInt32>
    let counts: Span<UInt32>
    let bytes: RawSpan

    /// - Parameter bytes: all that the places lie in.
    @_lifetime(copy starts, copy counts, copy bytes)
    package init(starts: Span<UInt32>, counts: Span<UInt32>, bytes: RawSpan) {
        precondition(starts.count == counts.count, "BUG: every text needs a start and a count")
        self.starts = starts
        self.counts = counts
        self.bytes = bytes
    }

    var count: Int { starts.count }

    subscript(index: Int) -> RawSpan {
        @_lifetime(copy self)
        get {
            let start = Int(starts[index])
            return bytes.extracting(start..<start + Int(counts[index]))
        }
    }
}

extension StringInterner {
    /// Texts below this many are looked up one by one.
    private static let memoTextCountMin = 64
    /// How often it is asked whether the memo pays: every 512 texts.
    private static let memoCheckMask = 511

    /// The codes of many texts, in order.
    mutating func intern(_ texts: TextPlaces) -> [UInt32] {
        var codes = [UInt32](repeating: 0, count: texts.count)
        if texts.count < Self.memoTextCountMin {
            for index in codes.indices { codes[index] = intern(texts[index]) }
            return codes
        }
        var memo = ShortTextMemo()
        var missCount = 0
        for index in codes.indices {
            // Where most texts differ, as user ids do, the memo only costs.
            guard index & Self.memoCheckMask != 0 || missCount * 2 <= index else {
                for rest in index..<codes.count { codes[rest] = intern(texts[rest]) }
                return codes
            }
            guard let short = ShortText(texts, index) else {
                codes[index] = intern(texts[index])
                continue
            }
            let place = short.place
            if memo.texts[place] == short {
                codes[index] = memo.codes[place]
                continue
            }
            missCount &+= 1
            let code = intern(texts[index])
            memo.texts[place] = short
            memo.codes[place] = code
            codes[index] = code
        }
        return codes
    }

    /// As `append` of each text.
    mutating func append(_ texts: TextPlaces) -> [UInt32] {
        let first = UInt32(count)
        for index in 0..<texts.count { _ = append(texts[index]) }
        return (0..<UInt32(texts.count)).map { first + $0 }
    }
}

/// A text of at most 16 bytes, whole.
private struct ShortText: Equatable {
    static let sizeBytesMax = 16

    var low: UInt64
    var high: UInt64
    var count: UInt32

    /// Equals no text.
    init() { (low, high, count) = (0, 0, .max) }

    /// Nil for a longer text, and near the end of the bytes.
    @inline(__always)
    init?(_ texts: borrowing TextPlaces, _ index: Int) {
        let start = Int(texts.starts[index])
        count = texts.counts[index]
        if count > Self.sizeBytesMax || start + Self.sizeBytesMax > texts.bytes.byteCount { return nil }
        let bits = UInt64(count) * 8
        let first = texts.bytes.word(at: start)
        let second = texts.bytes.word(at: start + 8)
        low = bits >= 64 ? first : first & ((1 << bits) &- 1)
        high = bits >= 128 ? second : bits <= 64 ? 0 : second & ((1 << (bits - 64)) &- 1)
    }

    /// Where the memo keeps it: the top bits of a product, which all bits reach.
    @inline(__always)
    var place: Int {
        let mixed = (low ^ high &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(count)) &* 0xe703_7ed1_a0b4_28db
        return Int(truncatingIfNeeded: mixed >> (64 - ShortTextMemo.sizeBits))
    }
}

/// The short texts met last: a column of few values hardly needs its table of hashes.
private struct ShortTextMemo {
    static let sizeBits: UInt64 = 9

    var texts = [ShortText](repeating: ShortText(), count: 1 << sizeBits)
    var codes = [UInt32](repeating: 0, count: 1 << sizeBits)
}

extension SparseValues where Element: BitwiseCopyable {
    /// Values of further rows, in order.
    mutating func append(_ new: Span<Element>, rows: Span<UInt32>) {
        append(
            Array(capacity: new.count) { output in for index in new.indices { output.append(new[index]) } }, rows: rows)
    }

    mutating func append(_ new: [Element], rows: Span<UInt32>) {
        precondition(new.count == rows.count, "BUG: every value needs its row")
        if new.isEmpty { return }
        if isLeading, Int(rows[0]) == count, Int(rows[rows.count - 1]) == count + rows.count - 1 {
            appendLeading(new)
        } else {
            for index in new.indices { append(row: Int(rows[index]), new[index]) }
        }
    }
}
