internal import CEventKernels

// UNSAFE: benefit: records that lie far apart are fetched ahead, which Swift cannot say; a gather of ids in the order of
// users takes a third of the time. Soundness: every record's place is checked against the bytes first, the target has room.

extension SharedBytes {
    /// Copies of arrays one behind the other.
    package convenience init(joining parts: [[UInt8]]) {
        let count = parts.reduce(0) { $0 + $1.count }
        let joined = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 1), alignment: 64)
        var offset = 0
        for part in parts {
            unsafe UnsafeMutableRawBufferPointer(rebasing: joined[offset..<(offset + part.count)]).copyBytes(from: part)
            offset += part.count
        }
        unsafe self.init(unsafeOwning: UnsafeRawBufferPointer(rebasing: joined[0..<count])) { base in
            unsafe base.baseAddress?.deallocate()
        }
    }

    /// Appends the records of some codes, when the bytes are records of one size: record `n` begins at `n` times the size.
    package func appendRecords(_ codes: ArraySlice<UInt32>, sizeBytes: Int, to output: inout [UInt8]) {
        precondition(sizeBytes > 0, "BUG: records without bytes")
        let recordCount = count / sizeBytes
        for code in codes { precondition(Int(code) < recordCount, "BUG: a record outside its bytes") }
        let start = output.count
        output.append(contentsOf: repeatElement(0, count: codes.count * sizeBytes))
        unsafe codes.withUnsafeBufferPointer { codes in
            unsafe span.withUnsafeBytes { source in
                unsafe output.withUnsafeMutableBufferPointer { target in
                    guard let from = source.baseAddress, let to = target.baseAddress, let list = codes.baseAddress
                    else {
                        return
                    }
                    unsafe ek_gather_records(
                        to + start, from.assumingMemoryBound(to: UInt8.self), list, codes.count, sizeBytes)
                }
            }
        }
    }
}
