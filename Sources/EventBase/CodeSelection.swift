internal import CEventKernels

/// Finds the rows whose code is one of a few.
package enum CodeSelection {
    /// How many codes a set can tell apart; larger ones count as the set's last.
    package static let codeCountMax = 64

    /// The places of `codes` (plus `base`) whose bit is set in `wanted`, ascending, at the front of `rows`; answers how many.
    ///
    /// UNSAFE: benefit: eight codes at a time with vector instructions that Swift cannot name; a third of the time of the loop in
    /// Swift. Soundness: `rows` is made long enough first, and every pointer lives for the call.
    /// - Parameters:
    ///   - last: codes from it on count as it; below `codeCountMax`.
    ///   - rows: grown as needed, never shrunk.
    /// - Complexity: O(codes).
    package static func select(
        _ codes: [UInt32], base: Int, wanted: UInt64, last: Int, into rows: inout [UInt16]
    ) -> Int {
        precondition(last < codeCountMax, "BUG: the set has no place for this code")
        let room = codes.count + 8
        if rows.count < room { rows.append(contentsOf: repeatElement(0, count: room - rows.count)) }
        return unsafe rows.withUnsafeMutableBufferPointer { target in
            unsafe codes.withUnsafeBufferPointer { source in
                guard let to = target.baseAddress, let from = source.baseAddress else { return 0 }
                return unsafe ek_select_codes(
                    to, from, source.count, wanted, UInt32(last), UInt16(truncatingIfNeeded: base))
            }
        }
    }
}
