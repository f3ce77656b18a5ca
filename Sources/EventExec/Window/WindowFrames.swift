import EventBase
import EventColumns
import EventPlan

/// The frames of a window function: which places of its partition each row looks at. A place numbers a row in order of partition, then
/// of ORDER BY.
struct WindowFrames {
    let frame: WindowCall.Frame
    /// Rows by place.
    private let rows: [Int]
    /// Of the ORDER BY values; nil where there are none, and all rows of a partition are peers.
    private let order: RowOrder?
    private let reach: RangeReach
    private let lastPeers = Peers()

    /// The run of rows alike that was asked for last: rows are gone through in order, so each run is walked once.
    private final class Peers {
        var places = 0..<0
    }

    init(_ call: WindowCall, _ orders: [Vector], _ order: RowOrder, _ rows: [Int]) {
        frame = call.frame
        self.rows = rows
        self.order = orders.isEmpty ? nil : order
        reach = RangeReach(call, orders, rows)
    }

    /// Whether every frame of a function is its partition.
    static func areWholePartitions(_ call: WindowCall) -> Bool {
        let frame = call.frame
        func isWhole(_ bound: WindowCall.Frame.Bound, _ end: WindowCall.Frame.Bound) -> Bool {
            // Without ORDER BY all rows are peers.
            bound == end || (bound == .currentRow && frame.unit != .rows && call.orderBy.isEmpty)
        }
        return frame.exclusion == .nothing && isWhole(frame.start, .unboundedPreceding)
            && isWhole(frame.end, .unboundedFollowing)
    }

    /// Whether every frame begins with its partition and loses no row of the frame before.
    var onlyGrow: Bool { frame.exclusion == .nothing && frame.start == .unboundedPreceding }

    func isTie(_ a: Int, _ b: Int) -> Bool { order?.isTie(rows[a], rows[b]) ?? true }

    /// The places of a partition that are alike in ORDER BY.
    func peers(_ place: Int, _ range: Range<Int>) -> Range<Int> {
        if lastPeers.places.contains(place) { return lastPeers.places }
        var (start, end) = (place, place + 1)
        while start > range.lowerBound, isTie(start - 1, place) { start -= 1 }
        while end < range.upperBound, isTie(place, end) { end += 1 }
        lastPeers.places = start..<end
        return start..<end
    }

    /// The places that the frame of a row covers, those too that EXCLUDE takes out.
    /// - Parameter groups: the partition's `groupStarts`.
    func places(_ place: Int, _ range: Range<Int>, _ groups: [Int]) -> Range<Int> {
        let start = edge(frame.start, isStart: true, place, range, groups)
        return start..<max(start, edge(frame.end, isStart: false, place, range, groups))
    }

    private func edge(
        _ bound: WindowCall.Frame.Bound, isStart: Bool, _ place: Int, _ range: Range<Int>, _ groups: [Int]
    ) -> Int {
        func peerEdge() -> Int {
            let peers = peers(place, range)
            return isStart ? peers.lowerBound : peers.upperBound
        }
        func moved(_ offset: Int) -> Int {
            if frame.unit == .rows {
                let (moved, isOver) = (place + (isStart ? 0 : 1)).addingReportingOverflow(offset)
                return isOver ? range.upperBound : min(max(moved, range.lowerBound), range.upperBound)
            }
            // GROUPS: `groups` holds where each run of equals begins.
            let (own, isOver) = (Self.group(of: place, groups) + (isStart ? 0 : 1)).addingReportingOverflow(offset)
            if own < 0, !isOver { return range.lowerBound }
            return !isOver && own < groups.count ? groups[own] : range.upperBound
        }
        switch bound {
        case .unboundedPreceding: return range.lowerBound
        case .unboundedFollowing: return range.upperBound
        case .currentRow where frame.unit == .rows: return isStart ? place : place + 1
        case .currentRow: return peerEdge()
        case .preceding(let offset): return moved(-offset)
        case .following(let offset): return moved(offset)
        case .below(let distance):
            return reach.edge(place, range, distance, isBelow: true, isStart: isStart) ?? peerEdge()
        case .above(let distance):
            return reach.edge(place, range, distance, isBelow: false, isStart: isStart) ?? peerEdge()
        }
    }

    /// The places of a frame that EXCLUDE leaves, in order.
    func counted(_ places: Range<Int>, _ place: Int, _ range: Range<Int>) -> [Range<Int>] {
        let left: [Range<Int>]
        switch frame.exclusion {
        case .nothing: left = [range]
        case .currentRow: left = [range.lowerBound..<place, (place + 1)..<range.upperBound]
        case .group:
            let peers = peers(place, range)
            left = [range.lowerBound..<peers.lowerBound, peers.upperBound..<range.upperBound]
        case .ties:
            let peers = peers(place, range)
            left = [range.lowerBound..<peers.lowerBound, place..<(place + 1), peers.upperBound..<range.upperBound]
        }
        return left.map { $0.clamped(to: places) }.filter { !$0.isEmpty }
    }

    /// Where each run of equals of a partition begins, which only GROUPS asks for.
    func groupStarts(_ range: Range<Int>) -> [Int] {
        guard frame.unit == .groups else { return [] }
        return range.filter { $0 == range.lowerBound || !isTie($0 - 1, $0) }
    }

    /// The number of the run that a place lies in.
    private static func group(of place: Int, _ starts: [Int]) -> Int {
        var (low, high) = (0, starts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= place { low = middle } else { high = middle }
        }
        return low
    }
}
