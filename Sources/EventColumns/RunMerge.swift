import EventBase

/// Merges runs of rows that ascend by their keys already: rows that come from few sorted sources are in order sooner so than sorted.
enum RunMerge {
    /// More runs are sorted anew.
    private static let runCountMax = 16

    /// Where the ascending runs of `keys` begin, and the end; nil where there are too many.
    static func starts(_ keys: Span<UInt64>) -> [Int]? {
        var starts = [0]
        for index in 1..<max(1, keys.count) where keys[index] < keys[index &- 1] {
            if starts.count == runCountMax { return nil }
            starts.append(index)
        }
        return starts + [keys.count]
    }

    /// `order` rearranged so that its keys ascend; rows with equal keys keep their order.
    /// - Complexity: O(n log runs).
    static func merge<Failure: Error>(
        _ order: [UInt32], keys: [UInt64], starts: [Int], check: () throws(Failure) -> Void
    ) throws(Failure) -> [UInt32] {
        var (order, keys, starts) = (order, keys, starts)
        var orderOut = [UInt32](repeating: 0, count: order.count)
        var keysOut = [UInt64](repeating: 0, count: keys.count)
        while starts.count > 2 {
            var merged = [0]
            var run = 0
            while run + 1 < starts.count {
                let middle = starts[run + 1]
                let end = run + 2 < starts.count ? starts[run + 2] : middle
                var pair = Pair(left: starts[run], middle: middle, right: middle, end: end)
                try Pieces.each(of: starts[run]..<end, check: check) { places throws(Failure) in
                    pair.merge(places, keys.span, order.span, into: &keysOut, &orderOut)
                }
                merged.append(end)
                run += 2
            }
            starts = merged
            swap(&order, &orderOut)
            swap(&keys, &keysOut)
        }
        return order
    }

    /// Two neighbouring runs, `left ..< middle` and `right ..< end`, and how far they have been merged.
    private struct Pair {
        var left: Int
        let middle: Int
        var right: Int
        let end: Int

        /// Fills the places that come next.
        mutating func merge(
            _ places: Range<Int>, _ keys: Span<UInt64>, _ order: Span<UInt32>, into keysOut: inout [UInt64],
            _ orderOut: inout [UInt32]
        ) {
            var keysTarget = keysOut.mutableSpan
            var orderTarget = orderOut.mutableSpan
            var (left, right, out) = (left, right, places.lowerBound)
            while left < middle, right < end, out < places.upperBound {
                let isRight = keys[right] < keys[left]
                let taken = isRight ? right : left
                keysTarget[out] = keys[taken]
                orderTarget[out] = order[taken]
                right &+= isRight ? 1 : 0
                left &+= isRight ? 0 : 1
                out &+= 1
            }
            while left < middle, out < places.upperBound {
                keysTarget[out] = keys[left]
                orderTarget[out] = order[left]
                left &+= 1
                out &+= 1
            }
            while out < places.upperBound {
                keysTarget[out] = keys[right]
                orderTarget[out] = order[right]
                right &+= 1
                out &+= 1
            }
            (self.left, self.right) = (left, right)
        }
    }
}
