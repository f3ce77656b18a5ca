import EventBase

/// Stable least-significant-digit radix sort of row numbers by integer keys.
package enum RadixOrder {
    private static let digitBits = 11
    private static let digitCount = 1 << digitBits

    /// `order` rearranged so that `keys[order[i]]` ascend; equal keys keep their order.
    /// - Complexity: O(n) for each 11 bits by which keys differ, or to merge few ascending runs; nothing when they ascend already.
    package static func sort(_ order: [UInt32], by keys: [UInt64]) -> [UInt32] {
        sort(order, keys: order.map { keys[Int($0)] })
    }

    /// `order` rearranged so that the keys, which stand beside its rows, ascend; equal keys keep their order.
    package static func sort(_ order: [UInt32], keys: [UInt64]) -> [UInt32] { sort(order, keys: keys, check: {}) }

    /// - Parameter check: asked once in a while; ends the work by throwing.
    package static func sort<Failure: Error>(
        _ order: [UInt32], keys: [UInt64], check: () throws(Failure) -> Void
    ) throws(Failure) -> [UInt32] {
        precondition(order.count == keys.count, "BUG: every row needs its key")
        var order = order
        var current = keys
        guard let first = current.first else { return order }
        if let starts = RunMerge.starts(current.span) {
            return starts.count == 2
                ? order : try RunMerge.merge(order, keys: current, starts: starts, check: check)
        }
        let differing = differingBits(current.span, first)
        var keysOut = [UInt64](repeating: 0, count: current.count)
        var orderOut = [UInt32](repeating: 0, count: current.count)
        var shift = 0
        while shift < 64, differing >> UInt64(shift) != 0 {
            if differing >> UInt64(shift) & UInt64(digitCount - 1) != 0 {
                try pass(current, order, into: &keysOut, &orderOut, shift: UInt64(shift), check)
                swap(&current, &keysOut)
                swap(&order, &orderOut)
            }
            shift += digitBits
        }
        return order
    }

    private static func differingBits(_ keys: Span<UInt64>, _ first: UInt64) -> UInt64 {
        var bits: UInt64 = 0
        for index in keys.indices { bits |= keys[index] ^ first }
        return bits
    }

    private static func pass<Failure: Error>(
        _ keys: [UInt64], _ order: [UInt32], into keysOut: inout [UInt64], _ orderOut: inout [UInt32], shift: UInt64,
        _ check: () throws(Failure) -> Void
    ) throws(Failure) {
        var starts = [Int](repeating: 0, count: digitCount)
        try Pieces.each(of: keys.indices, check: check) { piece throws(Failure) in
            count(keys.span, piece, shift, &starts)
        }
        var sum = 0
        for digit in 0..<digitCount {
            let count = starts[digit]
            starts[digit] = sum
            sum += count
        }
        try Pieces.each(of: keys.indices, check: check) { piece throws(Failure) in
            deal(keys.span, order.span, piece, shift, &starts, &keysOut, &orderOut)
        }
    }

    private static func count(_ keys: Span<UInt64>, _ rows: Range<Int>, _ shift: UInt64, _ counts: inout [Int]) {
        let mask = UInt64(digitCount - 1)
        var target = counts.mutableSpan
        for row in rows { target[Int(keys[row] >> shift & mask)] &+= 1 }
    }

    private static func deal(
        _ keys: Span<UInt64>, _ order: Span<UInt32>, _ rows: Range<Int>, _ shift: UInt64, _ starts: inout [Int],
        _ keysOut: inout [UInt64], _ orderOut: inout [UInt32]
    ) {
        let mask = UInt64(digitCount - 1)
        var nextPlaces = starts.mutableSpan
        var keysTarget = keysOut.mutableSpan
        var orderTarget = orderOut.mutableSpan
        for row in rows {
            let key = keys[row]
            let digit = Int(key >> shift & mask)
            let place = nextPlaces[digit]
            nextPlaces[digit] = place &+ 1
            keysTarget[place] = key
            orderTarget[place] = order[row]
        }
    }
}
