import EventBase
import EventColumns
import EventPlan
import EventSyntax

/// The rows of a person that an attempt may use together: all of them, those of one session, with the same held values,
/// with one breakdown value.
struct FunnelPart: Sendable {
    /// The breakdown value where rows are parted by it; `RowKey.none` elsewhere.
    var group: UInt32
    var rows: SelectedRows
}

extension FunnelTask {
    /// Whether the rows of a person are one part just as they come.
    var hasOnePart: Bool { hold.isEmpty && sessions == nil && !hasFirstSteps && breakdown?.attribution != .all }

    /// The parts of one person.
    func parts(_ rows: SelectedRows, _ range: Range<Int>) -> [FunnelPart] {
        var all = SelectedRows()
        all.append(contentsOf: rows, range)
        if hasOnePart { return [FunnelPart(group: RowKey.none, rows: all)] }
        if hasFirstSteps { keepFirst(&all) }
        var pieces = [all]
        if case .gap(let micros) = sessions { pieces = cut(all, wherePassed: micros) }
        return pieces.flatMap { partition($0) }
    }

    /// Takes the bits of FIRST steps off all rows but the first ones, then drops rows outside the statement's time.
    private func keepFirst(_ rows: inout SelectedRows) {
        let lastBits: UInt64 = (1 << UInt64(steps.count + exclusions.count)) &- 1
        for (step, among) in firstSteps {
            let first = rows.masks.firstIndex { $0 & among != 0 }.map { rows.times[$0] }
            for row in rows.masks.indices where rows.times[row] != first { rows.masks[row] &= ~step }
        }
        let kept = rows.masks.indices.filter { row in
            timeRange.contains(rows.times[row]) && (rows.masks[row] & lastBits != 0 || request.includesStrangers)
        }
        rows = rows.gathered(kept)
    }

    /// Sessions: a gap must exceed the limit to end one (S53). Rows that meet nothing have shown where; they stay only where
    /// STRICT looks at them.
    private func cut(_ rows: SelectedRows, wherePassed micros: Int64) -> [SelectedRows] {
        var pieces: [SelectedRows] = []
        var start = 0
        for row in 1..<max(1, rows.count + 1) {
            if row < rows.count, rows.times[row] - rows.times[row - 1] <= micros { continue }
            let wanted = (start..<min(row, rows.count)).filter { order == .strict || rows.masks[$0] != 0 }
            if !wanted.isEmpty { pieces.append(rows.gathered(wanted)) }
            start = row
        }
        return pieces
    }

    /// The rows with the same held values (and breakdown value for ALL).
    private func partition(_ rows: SelectedRows) -> [FunnelPart] {
        let byGroup = breakdown?.attribution == .all
        var isHeld = !hold.isEmpty
        if case .key = sessions { isHeld = true }
        if !isHeld && !byGroup { return [FunnelPart(group: RowKey.none, rows: rows)] }
        var parts: [UInt64: [Int]] = [:]
        for row in rows.masks.indices {
            let key = RowKey(raw: rows.keys[row])
            parts[RowKey(group: byGroup ? key.group : RowKey.none, hold: key.hold).raw, default: []].append(row)
        }
        return parts.map { FunnelPart(group: RowKey(raw: $0.key).group, rows: rows.gathered($0.value)) }
    }
}
