internal import CEventKernels

// UNSAFE: benefit: texts that lie apart are copied one behind the other without the checks of an array's growth for each of them.
// Soundness: every place is checked against the bytes first, and the room is made before.

extension Array where Element == UInt8 {
    /// Appends texts of `bytes`, given by where they start and how long they are.
    package mutating func append(textsAt starts: Span<UInt32>, counts: Span<UInt32>, of bytes: RawSpan) {
        precondition(starts.count == counts.count, "BUG: every text needs a start and a count")
        var sizeBytes = 0
        for index in starts.indices {
            precondition(Int(starts[index]) + Int(counts[index]) <= bytes.byteCount, "BUG: a text outside its bytes")
            sizeBytes += Int(counts[index])
        }
        let first = count
        append(contentsOf: repeatElement(0, count: sizeBytes))
        unsafe withUnsafeMutableBufferPointer { room in
            unsafe bytes.withUnsafeBytes { source in
                unsafe starts.withUnsafeBufferPointer { starts in
                    unsafe counts.withUnsafeBufferPointer { counts in
                        guard let to = room.baseAddress, let from = source.baseAddress,
                            let places = starts.baseAddress, let sizes = counts.baseAddress
                        else { return }
                        unsafe ek_gather_texts(
                            to + first, from.assumingMemoryBound(to: UInt8.self), places, sizes, starts.count)
                    }
                }
            }
        }
    }
}
