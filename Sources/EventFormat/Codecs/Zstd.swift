internal import CZstd
internal import EventBase

// UNSAFE: benefit: the library's own C entry points. Soundness: every pointer comes from a live buffer with its length,
// and the length that is written is checked against the buffer's.

/// Zstandard frames (RFC 8878) of libzstd.
enum Zstd {
    /// Level 3 is the library's balance of speed and size; cold segments could take more.
    static let level: Int32 = 3

    static func compress(_ bytes: [UInt8]) -> [UInt8] {
        let bound = ZSTD_compressBound(bytes.count)
        return unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, written in
            unsafe bytes.withUnsafeBytes { input in
                let size = unsafe ZSTD_compress(output.baseAddress, bound, input.baseAddress, input.count, level)
                precondition(ZSTD_isError(size) == 0, "BUG: zstd refused to compress")
                written = size
            }
        }
    }

    /// Inflates a frame that must hold exactly `sizeBytes`.
    static func decompress(_ bytes: RawSpan, sizeBytes: Int) throws(EventSQLError) -> [UInt8] {
        guard sizeBytes >= 0, sizeBytes <= 1 << 31 else {
            throw EventSQLError(.corruption, "a compressed chunk claims \(sizeBytes) bytes")
        }
        var inflated = 0
        let result = unsafe [UInt8](unsafeUninitializedCapacity: max(sizeBytes, 1)) { output, written in
            unsafe bytes.withUnsafeBytes { input in
                inflated = unsafe ZSTD_decompress(output.baseAddress, sizeBytes, input.baseAddress, input.count)
            }
            written = ZSTD_isError(inflated) == 0 ? inflated : 0
        }
        guard ZSTD_isError(inflated) == 0, inflated == sizeBytes else {
            throw EventSQLError(.corruption, "a compressed chunk does not inflate to its \(sizeBytes) bytes")
        }
        return result
    }
}
