internal import EventBase

// UNSAFE: benefit: a block unpacks at about two values a nanosecond, twice the checked loop. Soundness: the only callers
// are the two functions below that take whole arrays and check both lengths first.

/// Bit packing of 256 unsigned values in eight interleaved lanes of 32 (SPEC 1.3).
///
/// Value `i` lies in lane `i & 7`, row `i >> 3`; word `k` of lane `l` is 32-bit word `8 k + l`, so one SIMD register holds
/// the same word of all lanes and a value can be found without decoding its neighbours.
enum BlockKernels {
    static let valueCount = Limits.blockValueCount

    /// Packed bytes of one block at a width of 0...32 bits.
    static func sizeBytes(width: Int) -> Int { width * 32 }

    /// Appends `values` (256 of them, each below 2^width) to `output`.
    static func pack(_ values: [UInt32], width: Int, into output: inout ByteWriter) {
        precondition(values.count == valueCount && (0...32).contains(width), "BUG: a block is 256 values of 0...32 bits")
        if width == 0 { return }
        var words = [UInt32](repeating: 0, count: width * 8)
        for index in 0..<valueCount {
            let bit = (index >> 3) * width
            let word = (bit >> 5) * 8 + (index & 7)
            let shift = UInt32(bit & 31)
            words[word] |= values[index] << shift
            if Int(shift) + width > 32 { words[word + 8] |= values[index] >> (32 - shift) }
        }
        output.write(array: words)
    }

    /// Decodes the block of `width` bits that begins at byte `offset` into `output[0 ..< 256]`.
    static func unpack(_ bytes: RawSpan, at offset: Int, width: Int, into output: inout [UInt32]) {
        precondition(output.count >= valueCount, "BUG: a block needs room for 256 values")
        precondition(offset >= 0 && offset + sizeBytes(width: width) <= bytes.byteCount, "BUG: a block outside its chunk")
        if width == 0 {
            for index in 0..<valueCount { output[index] = 0 }
            return
        }
        unsafe bytes.withUnsafeBytes { buffer in
            let source = unsafe buffer.baseAddress! + offset
            unsafe output.withUnsafeMutableBufferPointer { unsafe unpack(width, source, $0.baseAddress!) }
        }
    }

    /// `output[start + i] = base + factor * values[i]` for the values of `slice`.
    static func rebase(
        _ values: [UInt32], _ slice: Range<Int>, base: UInt32, factor: UInt32, into output: inout [UInt32], at start: Int
    ) {
        precondition(slice.upperBound <= values.count && start + slice.count <= output.count, "BUG: a block without room")
        unsafe output.withUnsafeMutableBufferPointer { output in
            unsafe values.withUnsafeBufferPointer { values in
                let target = unsafe output.baseAddress! + start
                let source = unsafe values.baseAddress! + slice.lowerBound
                if factor == 1 {
                    for index in 0..<slice.count { unsafe target[index] = base &+ source[index] }
                } else {
                    for index in 0..<slice.count { unsafe target[index] = base &+ source[index] &* factor }
                }
            }
        }
    }

    /// The same into 64 bits. A factor below 2^32 multiplies as 32 by 32 bits, which vectorises.
    static func rebase(
        _ values: [UInt32], _ slice: Range<Int>, base: Int64, factor: Int64, into output: inout [Int64], at start: Int
    ) {
        precondition(slice.upperBound <= values.count && start + slice.count <= output.count, "BUG: a block without room")
        unsafe output.withUnsafeMutableBufferPointer { output in
            unsafe values.withUnsafeBufferPointer { values in
                let target = unsafe output.baseAddress! + start
                let source = unsafe values.baseAddress! + slice.lowerBound
                if let narrow = UInt32(exactly: factor) {
                    let wide = UInt64(narrow)
                    for index in 0..<slice.count {
                        unsafe target[index] = base &+ Int64(bitPattern: UInt64(source[index]) &* wide)
                    }
                } else {
                    for index in 0..<slice.count { unsafe target[index] = base &+ Int64(source[index]) &* factor }
                }
            }
        }
    }

    private static func unpack(_ width: Int, _ source: UnsafeRawPointer, _ output: UnsafeMutablePointer<UInt32>) {
        switch width {
        case 1: unsafe unpack(InlineArray<1, Void>.self, source, output)
        case 2: unsafe unpack(InlineArray<2, Void>.self, source, output)
        case 3: unsafe unpack(InlineArray<3, Void>.self, source, output)
        case 4: unsafe unpack(InlineArray<4, Void>.self, source, output)
        case 5: unsafe unpack(InlineArray<5, Void>.self, source, output)
        case 6: unsafe unpack(InlineArray<6, Void>.self, source, output)
        case 7: unsafe unpack(InlineArray<7, Void>.self, source, output)
        case 8: unsafe unpack(InlineArray<8, Void>.self, source, output)
        case 9: unsafe unpack(InlineArray<9, Void>.self, source, output)
        case 10: unsafe unpack(InlineArray<10, Void>.self, source, output)
        case 11: unsafe unpack(InlineArray<11, Void>.self, source, output)
        case 12: unsafe unpack(InlineArray<12, Void>.self, source, output)
        case 13: unsafe unpack(InlineArray<13, Void>.self, source, output)
        case 14: unsafe unpack(InlineArray<14, Void>.self, source, output)
        case 15: unsafe unpack(InlineArray<15, Void>.self, source, output)
        case 16: unsafe unpack(InlineArray<16, Void>.self, source, output)
        case 17: unsafe unpack(InlineArray<17, Void>.self, source, output)
        case 18: unsafe unpack(InlineArray<18, Void>.self, source, output)
        case 19: unsafe unpack(InlineArray<19, Void>.self, source, output)
        case 20: unsafe unpack(InlineArray<20, Void>.self, source, output)
        case 21: unsafe unpack(InlineArray<21, Void>.self, source, output)
        case 22: unsafe unpack(InlineArray<22, Void>.self, source, output)
        case 23: unsafe unpack(InlineArray<23, Void>.self, source, output)
        case 24: unsafe unpack(InlineArray<24, Void>.self, source, output)
        case 25: unsafe unpack(InlineArray<25, Void>.self, source, output)
        case 26: unsafe unpack(InlineArray<26, Void>.self, source, output)
        case 27: unsafe unpack(InlineArray<27, Void>.self, source, output)
        case 28: unsafe unpack(InlineArray<28, Void>.self, source, output)
        case 29: unsafe unpack(InlineArray<29, Void>.self, source, output)
        case 30: unsafe unpack(InlineArray<30, Void>.self, source, output)
        case 31: unsafe unpack(InlineArray<31, Void>.self, source, output)
        case 32: unsafe unpack(InlineArray<32, Void>.self, source, output)
        default: preconditionFailure("BUG: a width of \(width) bits")
        }
    }

    /// With the width a compile-time constant the 32 rows unroll to shifts and masks by constants.
    @inline(__always)
    private static func unpack<let W: Int>(
        _ width: InlineArray<W, Void>.Type, _ source: UnsafeRawPointer, _ output: UnsafeMutablePointer<UInt32>
    ) {
        let mask = SIMD8<UInt32>(repeating: W == 32 ? .max : (1 &<< UInt32(truncatingIfNeeded: W)) &- 1)
        for row in 0..<32 {
            let bit = row &* W
            let shift = UInt32(truncatingIfNeeded: bit & 31)
            var lanes = unsafe source.loadUnaligned(fromByteOffset: (bit >> 5) &* 32, as: SIMD8<UInt32>.self) &>> shift
            if Int(shift) &+ W > 32 {
                let next = unsafe source.loadUnaligned(fromByteOffset: (bit >> 5) &* 32 &+ 32, as: SIMD8<UInt32>.self)
                lanes |= next &<< (32 &- shift)
            }
            let target = unsafe UnsafeMutableRawPointer(output + row &* 8)
            unsafe target.storeBytes(of: lanes & mask, as: SIMD8<UInt32>.self)
        }
    }
}
