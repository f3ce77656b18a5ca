internal import CEventKernels

/// Runs of equal values next to each other: whose rows are whose, where rows are sorted.
package enum ValueRuns {
    /// The places at which a run begins, the first place among them, at the front of `starts`; answers how many.
    ///
    /// UNSAFE: benefit: eight values at a time with vector instructions that Swift cannot name; a fifth of the time of the loop in
    /// Swift. Soundness: `starts` is made long enough first, and every pointer lives for the call.
    /// - Parameters:
    ///   - values: at most 65,536.
    ///   - starts: grown as needed, never shrunk.
    /// - Complexity: O(values).
    package static func starts(of values: [UInt32], into starts: inout [UInt16]) -> Int {
        precondition(values.count <= 1 << 16, "BUG: a place does not fit 16 bits")
        let room = values.count + 8
        if starts.count < room { starts.append(contentsOf: repeatElement(0, count: room - starts.count)) }
        return unsafe starts.withUnsafeMutableBufferPointer { target in
            unsafe values.withUnsafeBufferPointer { source in
                guard let to = target.baseAddress, let from = source.baseAddress else { return 0 }
                return unsafe ek_run_starts(to, from, source.count)
            }
        }
    }
}
