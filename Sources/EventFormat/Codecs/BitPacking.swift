// UNSAFE: benefit: vectors of eight values are loaded and stored without a check per row, and unpacked with instructions
// Swift cannot name: 12 to 20 G values/s against 2.5 with Swift's vectors and 0.9 with checked subscripts. Soundness: `pack`
// and `unpack` check the length of source, places and target once, for all rows.

internal import CEventKernels

/// Bit packing of blocks of up to 256 values in eight interleaved lanes (SPEC 1.8): value `i` lies in lane `i & 7`, row
/// `i >> 3`. A lane is a bit stream of 32-bit words; word `k` of all lanes lie next to each other, so one row of eight
/// values comes out of two vector loads, a shift and a mask.
enum BitPacking {
    typealias Lanes = SIMD8<UInt32>

    /// Bytes of a packed block.
    static func sizeBytes(width: Int, count: Int) -> Int { ((((count + 7) >> 3) * width + 31) >> 5) << 5 }

    /// Packs the first `count` of `values`, each below 2^width; a multiple of eight.
    static func pack(_ values: [UInt32], count: Int, width: Int) -> [UInt8] {
        precondition(
            count & 7 == 0 && count <= values.count && (1...32).contains(width), "BUG: a block that cannot be packed")
        let size = sizeBytes(width: width, count: count)
        return unsafe [UInt8](unsafeUninitializedCapacity: size) { target, written in
            written = size
            guard let base = target.baseAddress else { return }
            unsafe values.withUnsafeBytes { source in
                unsafe pack(
                    UnsafeRawBufferPointer(rebasing: source[..<(count * 4)]), width: width,
                    to: UnsafeMutableRawPointer(base))
            }
        }
    }

    private static func pack(_ source: UnsafeRawBufferPointer, width: Int, to target: UnsafeMutableRawPointer) {
        var open = Lanes(repeating: 0)
        var shift = 0
        var offset = 0
        for row in 0..<(source.count >> 5) {
            let lanes = unsafe source.loadUnaligned(fromByteOffset: row << 5, as: Lanes.self)
            open |= lanes &<< Lanes(repeating: UInt32(shift))
            shift += width
            if shift >= 32 {
                unsafe target.storeBytes(of: open, toByteOffset: offset, as: Lanes.self)
                offset += 32
                shift -= 32
                open = shift == 0 ? Lanes(repeating: 0) : lanes &>> Lanes(repeating: UInt32(width - shift))
            }
        }
        if shift > 0 { unsafe target.storeBytes(of: open, toByteOffset: offset, as: Lanes.self) }
    }

    /// Unpacks the first `count` values of a block of width 1...32 and adds `base` to each, wrapping.
    ///
    /// `target` has room for 256 values from `position` on; those behind `count` are unspecified.
    static func unpack(
        _ source: RawSpan, width: Int, count: Int, adding base: UInt32, into target: inout MutableSpan<UInt32>,
        at position: Int
    ) {
        precondition(
            isWhole(source, width: width, count: count) && position >= 0 && position <= target.count - 256,
            "BUG: an unpack outside its bytes")
        unsafe source.withUnsafeBytes { bytes in
            unsafe target.withUnsafeMutableBufferPointer { room in
                guard let from = bytes.baseAddress, let to = room.baseAddress else { return }
                unsafe ek_unpack(to + position, from, UInt32(width), (count + 7) >> 3, base)
            }
        }
    }

    /// Of a block of width 1...32 the values at `places` (modulo 256; below `count`): `base` + `factor` x number, wrapping,
    /// written to `target` from `position` on.
    static func unpack(
        _ source: RawSpan, width: Int, count: Int, at places: Span<UInt16>, scaledBy factor: UInt32,
        adding base: UInt32,
        into target: inout MutableSpan<UInt32>, at position: Int
    ) {
        unsafe withPointers(source, width: width, count: count, places, &target, position) { to, from, at in
            unsafe ek_unpack_places32(to, from, UInt32(width), (count + 7) >> 3, base, factor, at, places.count)
        }
    }

    /// The same as 64-bit integers.
    static func unpack(
        _ source: RawSpan, width: Int, count: Int, at places: Span<UInt16>, scaledBy factor: UInt64, adding base: Int64,
        into target: inout MutableSpan<Int64>, at position: Int
    ) {
        unsafe withPointers(source, width: width, count: count, places, &target, position) { to, from, at in
            unsafe ek_unpack_places64(to, from, UInt32(width), (count + 7) >> 3, base, factor, at, places.count)
        }
    }

    /// Checks that a kernel stays inside its block, its places and its room, and calls it.
    @inline(__always)
    private static func withPointers<Element>(
        _ source: RawSpan, width: Int, count: Int, _ places: Span<UInt16>, _ target: inout MutableSpan<Element>,
        _ position: Int, _ kernel: (UnsafeMutablePointer<Element>, UnsafeRawPointer, UnsafePointer<UInt16>) -> Void
    ) {
        precondition(
            isWhole(source, width: width, count: count) && position >= 0 && position + places.count <= target.count
                && (count == 256 || places.indices.allSatisfy { Int(places[$0] & 255) < count }),
            "BUG: an unpack outside its bytes")
        unsafe source.withUnsafeBytes { bytes in
            unsafe places.withUnsafeBufferPointer { picks in
                unsafe target.withUnsafeMutableBufferPointer { room in
                    guard let from = bytes.baseAddress, let at = picks.baseAddress, let to = room.baseAddress else {
                        return
                    }
                    unsafe kernel(to + position, from, at)
                }
            }
        }
    }

    private static func isWhole(_ source: RawSpan, width: Int, count: Int) -> Bool {
        (1...32).contains(width) && count > 0 && count <= 256
            && source.byteCount >= sizeBytes(width: width, count: count)
    }
}
