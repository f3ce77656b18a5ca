internal import EventBase
package import EventColumns

extension SegmentReader {
    /// Bounds may be wider than the granule's values: those of a sparse column are kept per 8192 values.
    package func zone(of path: String, granule: Int) -> Zone {
        if path == "timestamp" { return (try? zone(of: system[1], granule)) ?? .unknown }
        if SegmentSummary.systemPaths.contains(path) { return .unknown }
        let zones = (columns[path] ?? []).map { part in (try? zone(of: part, granule)) ?? .unknown }
            .filter { $0 != .allNull }
        guard let first = zones.first else { return .allNull }
        if zones.count == 1 { return first }
        return zones.dropFirst().reduce(first) { Self.join($0, $1, rowCount(ofGranule: granule)) }
    }

    private func zone(of part: PartReader, _ granule: Int) throws(EventSQLError) -> Zone {
        let values = try part.values(ofGranule: granule)
        if values.isEmpty { return .allNull }
        let nullCount = rowCount(ofGranule: granule) - values.count
        let first = values.lowerBound / Limits.granuleRowCount
        let last = (values.upperBound - 1) / Limits.granuleRowCount
        let chunks = try part.directory().chunks[first...last]
        switch part.record.type {
        case .int64:
            let low = chunks.map { Int64(bitPattern: $0.low) }.min() ?? .min
            let high = chunks.map { Int64(bitPattern: $0.high) }.max() ?? .max
            return .int64(min: low, max: high, nullCount: nullCount)
        case .double:
            let lows = chunks.map { Double(bitPattern: $0.low) }
            let highs = chunks.map { Double(bitPattern: $0.high) }
            guard !lows.contains(where: \.isNaN), !highs.contains(where: \.isNaN), let low = lows.min(),
                let high = highs.max()
            else { return .unknown }
            return .double(min: low, max: high, nullCount: nullCount)
        default: return .unknown
        }
    }

    /// Both parts' values as numbers; unknown where either is no number.
    private static func join(_ a: Zone, _ b: Zone, _ rowCount: Int) -> Zone {
        guard let x = doubleBounds(a), let y = doubleBounds(b) else { return .unknown }
        return .double(min: min(x.min, y.min), max: max(x.max, y.max), nullCount: x.nulls + y.nulls - rowCount)
    }

    private static func doubleBounds(_ zone: Zone) -> (min: Double, max: Double, nulls: Int)? {
        switch zone {
        case .int64(let min, let max, let nulls): (Double(min), Double(max), nulls)
        case .double(let min, let max, let nulls): (min, max, nulls)
        default: nil
        }
    }
}
