internal import EventBase

/// The strings that a vector's codes stand for: a segment's dictionary, the user directory, the values an
/// expression has just made. Immutable once shared.
///
/// - Threads: all members may be called from any thread.
package protocol StringPool: AnyObject, Sendable {
    /// Codes are 0 ..< count.
    var count: Int { get }
    /// No two codes stand for the same bytes, so codes may be compared for equality.
    var isDistinct: Bool { get }
    /// Codes ascend with the bytes they stand for, so codes may be compared for order.
    var isSorted: Bool { get }
    /// Bytes of memory that live only as long as somebody holds the pool; 0 for what a segment or the store keeps anyway.
    var ownSizeBytes: Int { get }
    /// The UTF-8 bytes of one code. The caller promises `code < count`.
    @_lifetime(borrow self)
    func bytes(at code: UInt32) -> RawSpan
    /// Appends the bytes of each code to `heap` and the end of each to `offsets`: one call for many.
    func append(_ codes: ArraySlice<UInt32>, to heap: inout [UInt8], _ offsets: inout [UInt32])
}

extension StringPool {
    package var ownSizeBytes: Int { 0 }

    package func append(_ codes: ArraySlice<UInt32>, to heap: inout [UInt8], _ offsets: inout [UInt32]) {
        for code in codes {
            heap.append(bytes: bytes(at: code))
            offsets.append(UInt32(heap.count))
        }
    }

    /// A Swift string of one code; for output and slow paths only.
    package func string(at code: UInt32) -> String {
        String(utf8: bytes(at: code))
    }

    /// The code of exactly these bytes, by binary search where sorted and by scan elsewhere.
    package func code(of bytes: RawSpan) -> UInt32? {
        if isSorted {
            let index = lowerBound(of: bytes)
            guard index < count, ByteOrder.equal(self.bytes(at: UInt32(index)), bytes) else { return nil }
            return UInt32(index)
        }
        for index in 0..<count where ByteOrder.equal(self.bytes(at: UInt32(index)), bytes) { return UInt32(index) }
        return nil
    }

    package func code(of text: String) -> UInt32? {
        let utf8 = Array(text.utf8)
        return code(of: utf8.rawBytes)
    }

    /// The first code whose bytes are not below `bytes`; the pool must be sorted.
    package func lowerBound(of bytes: RawSpan) -> Int {
        precondition(isSorted, "BUG: lowerBound asks for a sorted pool")
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if ByteOrder.precedes(self.bytes(at: UInt32(middle)), bytes) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// A pool over one heap of bytes: value `i` is `heap[offsets[i] ..< offsets[i + 1]]`.
package final class HeapStringPool: StringPool {
    private let heap: SharedBytes
    private let offsets: [UInt32]
    /// The size of every string where all have the same, else 0.
    private let sizeBytesOfEach: Int
    package let isDistinct: Bool
    package let isSorted: Bool

    /// `offsets` ascend, begin with 0 and end with `heap.count`; the caller vouches for the two flags.
    package init(heap: [UInt8], offsets: [UInt32], isDistinct: Bool, isSorted: Bool) {
        precondition(
            offsets.first == 0 && Int(offsets[offsets.count - 1]) == heap.count, "BUG: offsets do not fit heap")
        self.heap = SharedBytes(heap)
        self.offsets = offsets
        self.isDistinct = isDistinct
        self.isSorted = isSorted
        sizeBytesOfEach = 0
    }

    /// The strings of several interners one after the other; equal strings of different ones have different codes.
    package init(joining strings: [StringInterner]) {
        heap = SharedBytes(joining: strings.map(\.heap))
        var offsets: [UInt32] = [0]
        offsets.reserveCapacity(strings.reduce(1) { $0 + $1.count })
        for part in strings {
            let start = offsets[offsets.count - 1]
            for end in part.offsets.dropFirst() { offsets.append(start + end) }
        }
        let size = offsets.count > 1 ? offsets[1] : 0
        var isUniform = size > 0
        for index in 1..<max(1, offsets.count) where offsets[index] - offsets[index - 1] != size { isUniform = false }
        sizeBytesOfEach = isUniform ? Int(size) : 0
        self.offsets = offsets
        isDistinct = false
        isSorted = false
    }

    /// One code per string, in the given order.
    package convenience init(_ strings: some Sequence<String>, isDistinct: Bool = false, isSorted: Bool = false) {
        var heap: [UInt8] = []
        var offsets: [UInt32] = [0]
        for string in strings {
            heap.append(contentsOf: string.utf8)
            offsets.append(UInt32(heap.count))
        }
        self.init(heap: heap, offsets: offsets, isDistinct: isDistinct, isSorted: isSorted)
    }

    package var count: Int { offsets.count - 1 }

    /// Sorted dictionaries are those of segments.
    package var ownSizeBytes: Int { isDistinct && isSorted ? 0 : heap.count + offsets.count * 4 }

    @_lifetime(borrow self)
    package func bytes(at code: UInt32) -> RawSpan {
        let start = Int(offsets[Int(code)])
        let end = Int(offsets[Int(code) + 1])
        return heap.unsafeExtract(start..<end, heldBy: self)
    }

    package func append(_ codes: ArraySlice<UInt32>, to heap: inout [UInt8], _ offsets: inout [UInt32]) {
        if sizeBytesOfEach > 0 {
            var end = UInt32(heap.count)
            self.heap.appendRecords(codes, sizeBytes: sizeBytesOfEach, to: &heap)
            for _ in codes {
                end += UInt32(sizeBytesOfEach)
                offsets.append(end)
            }
            return
        }
        for code in codes {
            heap.append(bytes: bytes(at: code))
            offsets.append(UInt32(heap.count))
        }
    }
}
