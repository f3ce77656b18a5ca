internal import CRoaring
package import EventBase

/// An immutable compressed set of 32-bit numbers: row ids of a segment, or user ordinals of the store (a Roaring bitmap).
///
/// - Threads: never changes after `init`, so any thread may read it.
/// UNSAFE: benefit: set algebra over whole containers in C. Soundness: the pointer is owned, non-null and freed once;
/// libroaring's read functions do not write.
@safe package final class Bitmap: @unchecked Sendable {
    private let raw: UnsafeMutablePointer<roaring_bitmap_t>

    private init(unsafeOwning raw: UnsafeMutablePointer<roaring_bitmap_t>) { unsafe self.raw = raw }

    deinit { unsafe roaring_bitmap_free(raw) }

    /// The empty set.
    package convenience init() { unsafe self.init(unsafeOwning: roaring_bitmap_create()!) }

    /// The set of `values`; fastest when they ascend.
    package convenience init(_ values: [UInt32]) {
        let raw = unsafe values.withUnsafeBufferPointer { unsafe roaring_bitmap_of_ptr($0.count, $0.baseAddress)! }
        unsafe roaring_bitmap_run_optimize(raw)
        unsafe self.init(unsafeOwning: raw)
    }

    /// Every number of `range`.
    package convenience init(range: Range<UInt32>) {
        // libroaring answers NULL for an empty range.
        let raw = unsafe roaring_bitmap_from_range(UInt64(range.lowerBound), UInt64(range.upperBound), 1)
        unsafe self.init(unsafeOwning: raw ?? roaring_bitmap_create()!)
    }

    /// Reads the portable Roaring form; the bytes' checksum must have been verified.
    package convenience init(portable bytes: RawSpan) throws(EventSQLError) {
        let raw = unsafe bytes.withUnsafeBytes { buffer in
            unsafe roaring_bitmap_portable_deserialize_safe(buffer.baseAddress, buffer.count)
        }
        guard let raw = unsafe raw else { throw EventSQLError(.corruption, "a bitmap cannot be read back") }
        unsafe self.init(unsafeOwning: raw)
    }

    /// The portable Roaring form (github.com/RoaringBitmap/RoaringFormatSpec).
    package func portableBytes() -> [UInt8] {
        let count = unsafe roaring_bitmap_portable_size_in_bytes(raw)
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
            written = unsafe roaring_bitmap_portable_serialize(raw, buffer.baseAddress)
        }
    }

    package var count: Int { Int(unsafe roaring_bitmap_get_cardinality(raw)) }
    package var isEmpty: Bool { unsafe roaring_bitmap_is_empty(raw) }
    package func contains(_ value: UInt32) -> Bool { unsafe roaring_bitmap_contains(raw, value) }

    package func union(_ other: Bitmap) -> Bitmap { unsafe Bitmap(unsafeOwning: roaring_bitmap_or(raw, other.raw)!) }
    package func intersection(_ other: Bitmap) -> Bitmap {
        unsafe Bitmap(unsafeOwning: roaring_bitmap_and(raw, other.raw)!)
    }
    package func subtracting(_ other: Bitmap) -> Bitmap {
        unsafe Bitmap(unsafeOwning: roaring_bitmap_andnot(raw, other.raw)!)
    }
    package func symmetricDifference(_ other: Bitmap) -> Bitmap {
        unsafe Bitmap(unsafeOwning: roaring_bitmap_xor(raw, other.raw)!)
    }
    package func intersectionCount(_ other: Bitmap) -> Int {
        Int(unsafe roaring_bitmap_and_cardinality(raw, other.raw))
    }

    /// The union of many sets.
    package static func union(_ bitmaps: [Bitmap]) -> Bitmap {
        if bitmaps.count == 1 { return bitmaps[0] }
        var pointers: [UnsafePointer<roaring_bitmap_t>?] = unsafe bitmaps.map { unsafe UnsafePointer($0.raw) }
        let raw = unsafe pointers.withUnsafeMutableBufferPointer { buffer in
            unsafe roaring_bitmap_or_many(buffer.count, buffer.baseAddress)!
        }
        return withExtendedLifetime(bitmaps) { unsafe Bitmap(unsafeOwning: raw) }
    }

    /// All members, ascending.
    package func values() -> [UInt32] {
        let count = self.count
        return unsafe [UInt32](unsafeUninitializedCapacity: count) { buffer, written in
            if count > 0 { unsafe roaring_bitmap_to_uint32_array(raw, buffer.baseAddress) }
            written = count
        }
    }

    /// Members in `range`, ascending.
    package func values(in range: Range<UInt32>) -> [UInt32] {
        // Counted first: an iterator knows no end, and what it reads behind the range would have to be found and dropped.
        let count = Int(
            unsafe roaring_bitmap_range_cardinality(raw, UInt64(range.lowerBound), UInt64(range.upperBound)))
        if count == 0 { return [] }
        var iterator = unsafe roaring_uint32_iterator_t()
        unsafe roaring_init_iterator(raw, &iterator)
        guard unsafe roaring_move_uint32_iterator_equalorlarger(&iterator, range.lowerBound) else { return [] }
        return unsafe [UInt32](unsafeUninitializedCapacity: count) { buffer, written in
            written = Int(unsafe roaring_read_uint32_iterator(&iterator, buffer.baseAddress, UInt32(count)))
        }
    }
}
