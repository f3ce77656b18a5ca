internal import CEventKernels

/// CRC-32C (Castagnoli), the checksum of every chunk, record and footer (SPEC 1).
package enum Checksum {
    // UNSAFE: benefit: the CPU's own CRC instruction, reached through C. Soundness: base and count come from one live buffer.
    /// - Complexity: O(n), 8 bytes per instruction on x86-64 with SSE 4.2.
    package static func crc32c(_ bytes: RawSpan, seed: UInt32 = 0) -> UInt32 {
        unsafe bytes.withUnsafeBytes { buffer in unsafe ek_crc32c(seed, buffer.baseAddress, buffer.count) }
    }

    package static func crc32c(_ bytes: [UInt8], seed: UInt32 = 0) -> UInt32 {
        unsafe bytes.withUnsafeBytes { buffer in unsafe ek_crc32c(seed, buffer.baseAddress, buffer.count) }
    }
}
