internal import CEventKernels

/// Division that rounds towards the past: which day, hour or minute an instant lies in.
package enum FloorDivision {
    /// The quotient of each value by `divisor`, which is above 0.
    ///
    /// UNSAFE: benefit: four values at a time with vector instructions that Swift cannot name; a third of the time of 64-bit
    /// divisions. Soundness: as many quotients as values are written, and every pointer lives for the call.
    /// - Complexity: O(values).
    package static func quotients(of values: [Int64], by divisor: Int64) -> [Int64] {
        precondition(divisor > 0, "BUG: a division by nothing")
        return unsafe [Int64](unsafeUninitializedCapacity: values.count) { target, written in
            written = values.count
            unsafe values.withUnsafeBufferPointer { source in
                guard let to = target.baseAddress, let from = source.baseAddress else { return }
                unsafe ek_floor_divide(to, from, source.count, divisor)
            }
        }
    }
}
