import EventBase
import EventColumns

/// Values with the group of each, in the pieces in which they arrived, and the selection of quantiles among them.
///
/// Two walks over all values answer every quantile of every group: the first counts values by the leading bits of their
/// order keys, the second collects the buckets that quantiles fall into.
final class QuantileValues {
    /// The values of one batch; a group of `map[groups[i]]`, or of `groups[i]` without a map.
    private struct Piece: Sendable {
        var values: [Double]
        var groups: [UInt32]
        /// Shared by all pieces of one worker.
        var map: [UInt32]?
    }

    /// A place of the ascending order of a group, and the bucket that holds it.
    private struct Target {
        var group: Int
        var place: Int
        var bucket: Int
        /// Values of the group in smaller buckets.
        var before: Int
    }

    /// All quantiles that will be asked for.
    var fractions: [Double] = []
    private var pieces: [Piece] = []
    private var found: [Double: [Double?]] = [:]

    private(set) var sizeBytes = 0
    /// The smallest and the greatest order key.
    private var least = Int64.max
    private var greatest = Int64.min
    private let context: QueryContext
    private let threadCount: Int

    init(_ context: QueryContext, threadCount: Int) {
        self.context = context
        self.threadCount = threadCount
    }

    func append(_ values: [Double], _ groups: [UInt32]?, _ validity: [Bool]?) {
        var values = values
        var owners = groups ?? [UInt32](repeating: 0, count: values.count)
        if let validity {
            let rows = LogicKernels.flaggedRows(mapValues(validity) { $0 ? 1 : 0 })
            values = mapValues(rows) { values[$0] }
            owners = mapValues(rows) { owners[$0] }
        }
        Self.bounds(values.span, &least, &greatest)
        append(Piece(values: values, groups: owners, map: nil))
    }

    func append(_ other: QuantileValues, map: [UInt32]) {
        least = min(least, other.least)
        greatest = max(greatest, other.greatest)
        for piece in other.pieces {
            let own = piece.map.map { mapValues($0) { map[Int($0)] } } ?? map
            append(Piece(values: piece.values, groups: piece.groups, map: own))
        }
    }

    private func append(_ piece: Piece) {
        found = [:]
        pieces.append(piece)
        sizeBytes += piece.values.count * 12
    }

    /// The quantile of each group, nil for groups without values.
    func quantiles(_ fraction: Double, groupCount: Int) throws(EventSQLError) -> [Double?] {
        if found.isEmpty { try select(groupCount) }
        return found[fraction] ?? Array(repeating: nil, count: groupCount)
    }

    /// The value so far on from one number to another; between an infinite one and a number that is the infinite one.
    private static func between(_ from: Double, _ to: Double, _ part: Double) -> Double {
        from.isFinite == to.isFinite ? from + part * (to - from) : from * (1 - part) + to * part
    }

    // MARK: Selection

    /// How order keys fall into buckets.
    private struct Scale: Sendable {
        /// The smallest key.
        var base: UInt64
        /// Distances from it are shifted by so many bits.
        var shift: UInt64
        /// Buckets of a group, as a power of two.
        var bits: Int

        @inline(__always)
        func bucket(_ value: Double, group: UInt32) -> Int {
            let distance = UInt64(bitPattern: OrderSelection.key(of: value)) &- base
            return Int(group) &<< bits | Int(truncatingIfNeeded: distance &>> shift)
        }
    }

    /// 2048 buckets a group, so that the counters of a few groups stay in the first levels of cache; fewer where there are
    /// many groups.
    private static let bucketBitsMax = 11
    private static let countersMax = 1 << 20

    private func select(_ groupCount: Int) throws(EventSQLError) {
        let scale = scale(groupCount)
        let counts = try count(scale, groupCount)
        let totals = (0..<groupCount).map { group in
            counts[(group << scale.bits)..<((group + 1) << scale.bits)].reduce(0, +)
        }
        var targets: [Target] = []
        for fraction in Set(fractions) {
            for group in 0..<groupCount where totals[group] > 0 {
                let place = Int(fraction * Double(totals[group] - 1))
                for place in place...min(place + 1, totals[group] - 1) {
                    targets.append(Self.target(group, place, counts, scale))
                }
            }
        }
        let buckets = try collect(targets, scale, groupCount)
        var keys: [Int: [Int: Int64]] = [:]
        for target in targets {
            let members = buckets[target.bucket] ?? []
            keys[target.group, default: [:]][target.place] =
                OrderSelection.neighbours(at: target.place - target.before, of: members, in: 0..<members.count).low
        }
        for fraction in Set(fractions) {
            found[fraction] = (0..<groupCount).map { group in
                guard totals[group] > 0, let own = keys[group] else { return nil }
                let place = fraction * Double(totals[group] - 1)
                let low = own[Int(place)] ?? 0
                let (from, to) = (OrderSelection.value(of: low), OrderSelection.value(of: own[Int(place) + 1] ?? low))
                let part = place - place.rounded(.down)
                // Between a value and itself lies that value, also where it is infinite.
                return part == 0 || from == to ? from : Self.between(from, to, part)
            }
        }
    }

    /// The pieces in as many shares as there are threads.
    private var shares: [ArraySlice<Piece>] {
        let size = max(1, (pieces.count + threadCount - 1) / threadCount)
        return stride(from: 0, to: pieces.count, by: size).map { pieces[$0..<min(pieces.count, $0 + size)] }
    }

    /// Values by bucket.
    private func count(_ scale: Scale, _ groupCount: Int) throws(EventSQLError) -> [Int] {
        let shares = shares
        let context = context
        let parts = try RangeWorkers.map(count: shares.count) { share throws(EventSQLError) in
            var counts = [Int](repeating: 0, count: groupCount << scale.bits)
            for piece in shares[share] {
                try context.check()
                let map = piece.map ?? Self.identity(groupCount)
                Self.count(piece.values.span, piece.groups.span, map.span, scale, &counts)
            }
            return counts
        }
        if parts.count == 1 { return parts[0] }
        var counts = [Int](repeating: 0, count: groupCount << scale.bits)
        for part in parts { for bucket in counts.indices { counts[bucket] += part[bucket] } }
        return counts
    }

    private static func identity(_ groupCount: Int) -> [UInt32] { [UInt32](indexes: groupCount) }

    private func scale(_ groupCount: Int) -> Scale {
        var bits = Self.bucketBitsMax
        while bits > 1, groupCount << bits > Self.countersMax { bits -= 1 }
        if least > greatest { return Scale(base: 0, shift: 0, bits: bits) }
        let width = 64 - UInt64(bitPattern: greatest &- least).leadingZeroBitCount
        return Scale(base: UInt64(bitPattern: least), shift: UInt64(max(0, width - bits)), bits: bits)
    }

    private static func target(_ group: Int, _ place: Int, _ counts: [Int], _ scale: Scale) -> Target {
        var bucket = group << scale.bits
        var before = 0
        while before + counts[bucket] <= place {
            before += counts[bucket]
            bucket += 1
        }
        return Target(group: group, place: place, bucket: bucket, before: before)
    }

    /// The order keys in each bucket that a target lies in.
    private func collect(
        _ targets: [Target], _ scale: Scale, _ groupCount: Int
    ) throws(EventSQLError) -> [Int: [Int64]] {
        let wanted = Set(targets.map(\.bucket)).sorted()
        var slots = [Int32](repeating: -1, count: groupCount << scale.bits)
        for (slot, bucket) in wanted.enumerated() { slots[bucket] = Int32(slot) }
        let (shares, table, context) = (shares, slots, context)
        let found = try RangeWorkers.map(count: shares.count) { share throws(EventSQLError) in
            var members: [[Int64]] = Array(repeating: [], count: wanted.count)
            var places: [Int] = []
            for piece in shares[share] {
                try context.check()
                let map = piece.map ?? Self.identity(groupCount)
                let count = Self.find(piece.values.span, piece.groups.span, map.span, scale, table.span, &places)
                for place in places[..<count] {
                    let bucket = scale.bucket(piece.values[place], group: map[Int(piece.groups[place])])
                    members[Int(table[bucket])].append(OrderSelection.key(of: piece.values[place]))
                }
            }
            return members
        }
        var members: [Int: [Int64]] = [:]
        for (slot, bucket) in wanted.enumerated() { members[bucket] = found.flatMap { $0[slot] } }
        return members
    }

    private static func bounds(_ values: Span<Double>, _ least: inout Int64, _ greatest: inout Int64) {
        var (low, high) = (least, greatest)
        for index in values.indices {
            let key = OrderSelection.key(of: values[index])
            low = key < low ? key : low
            high = key > high ? key : high
        }
        (least, greatest) = (low, high)
    }

    private static func count(
        _ values: Span<Double>, _ groups: Span<UInt32>, _ map: Span<UInt32>, _ scale: Scale, _ counts: inout [Int]
    ) {
        var counts = counts.mutableSpan
        for index in values.indices {
            counts[scale.bucket(values[index], group: map[Int(groups[index])])] &+= 1
        }
    }

    /// The places of values in buckets that have a slot, at the front of `places`, without a branch on them; answers how many.
    private static func find(
        _ values: Span<Double>, _ groups: Span<UInt32>, _ map: Span<UInt32>, _ scale: Scale, _ slots: Span<Int32>,
        _ places: inout [Int]
    ) -> Int {
        if places.count < values.count { places = [Int](repeating: 0, count: values.count) }
        var target = places.mutableSpan
        var count = 0
        for index in values.indices {
            target[count] = index
            count &+= slots[scale.bucket(values[index], group: map[Int(groups[index])])] >= 0 ? 1 : 0
        }
        return count
    }
}
