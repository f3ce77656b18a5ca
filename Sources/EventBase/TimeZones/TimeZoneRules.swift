/// The offsets from UTC that a place has had and will have.
///
/// - Complexity: a look-up is O(log transitions).
package struct TimeZoneRules: Sendable {
    /// Instants at which the offset changes, seconds since 1970 UTC, ascending.
    let transitions: [Int64]
    /// Seconds east of UTC from each transition on.
    let offsets: [Int32]
    /// Seconds east of UTC before the first transition.
    let firstOffset: Int32
    /// What goes on for ever after the last transition.
    let footer: TimeZoneFooter?

    /// UTC itself and every fixed offset.
    package init(fixedOffsetSeconds: Int32) {
        (transitions, offsets, firstOffset, footer) = ([], [], fixedOffsetSeconds, nil)
    }

    init(transitions: [Int64], offsets: [Int32], firstOffset: Int32, footer: TimeZoneFooter?) {
        self.transitions = transitions
        self.offsets = offsets
        self.firstOffset = firstOffset
        self.footer = footer
    }

    /// Seconds east of UTC at an instant (seconds since 1970 UTC).
    package func offset(atUTC seconds: Int64) -> Int64 {
        if let last = transitions.last, seconds < last || footer == nil {
            return offset(at: seconds)
        }
        return footer.map { $0.offset(atUTC: seconds) } ?? offset(at: seconds)
    }

    private func offset(at seconds: Int64) -> Int64 {
        var (low, high) = (0, transitions.count)
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        return Int64(low == 0 ? firstOffset : offsets[low - 1])
    }

    /// The wall clock at an instant, both in microseconds since 1970.
    package func local(ofMicros micros: Int64) -> Int64 {
        micros &+ offset(atUTC: Self.floorSeconds(micros)) * 1_000_000
    }

    /// The instant of a wall clock time. A time that comes twice is the earlier one; one that is skipped is as far behind the
    /// gap's beginning as it says.
    package func instant(ofLocal micros: Int64) -> Int64 {
        // No place is a day off UTC: the offsets of the days around hold all candidates.
        let seconds = Self.floorSeconds(micros)
        let before = offset(atUTC: seconds - 86_400)
        let after = offset(atUTC: seconds + 86_400)
        for candidate in [max(before, after), min(before, after)] where offset(atUTC: seconds - candidate) == candidate
        {
            return micros &- candidate * 1_000_000
        }
        // Two changes within two days, or a gap.
        let near = offset(atUTC: seconds - before)
        if offset(atUTC: seconds - near) == near { return micros &- near * 1_000_000 }
        return micros &- before * 1_000_000
    }

    private static func floorSeconds(_ micros: Int64) -> Int64 {
        micros >= 0 ? micros / 1_000_000 : (micros - 999_999) / 1_000_000
    }
}
