internal import EventFormat

/// Decides which segments count where no manifest says so (SPEC 1.19). Pure: it sees what the files say of themselves.
struct WriteGroups {
    /// A segment with what it says of itself.
    struct Piece {
        var number: UInt64
        var origin: SegmentOrigin
        var record: SegmentRecord
    }

    /// What was decided.
    struct Decision {
        /// Segments that are part of the database.
        var counting: [Piece] = []
        /// Numbers of segments whose rows are in others.
        var superseded: Set<UInt64> = []
        /// Segments of writes that did not finish, or lost a piece.
        var setAside: [Piece] = []
        /// Rows of finished writes of which nobody says that they were committed.
        var undecidedRowCount = 0
        /// Files with smaller numbers are part of the database, or were given up and removed.
        var decidedEnd: UInt64
    }

    let groups: [UInt64: [Piece]]
    /// Numbers of all segments that can be read.
    let present: Set<UInt64>
    /// The newest bitmap of hidden rows, by the number of its segment.
    let newestBitmap: [UInt64: UInt64]
    /// Writes with smaller numbers were committed, or given up and removed.
    let decidedEnd: UInt64
    /// Positions of the frames that the log has.
    let logged: [Range<UInt64>]
    /// The first ordinal that no user run has.
    let userEnd: UInt64

    init(
        _ pieces: [Piece], present: Set<UInt64>, newestBitmap: [UInt64: UInt64], bound: UInt64, logged: [Range<UInt64>],
        userEnd: UInt64
    ) {
        groups = Dictionary(grouping: pieces) { $0.origin.group }
        self.present = present
        self.newestBitmap = newestBitmap
        decidedEnd = pieces.reduce(bound) { max($0, $1.origin.decidedEnd) }
        self.logged = logged
        self.userEnd = userEnd
    }

    /// Newer writes first, so that what they replaced is known.
    func decide() -> Decision {
        var decision = Decision(decidedEnd: decidedEnd)
        for number in groups.keys.sorted(by: >) { decide(number, groups[number]!, &decision) }
        return decision
    }

    private func decide(_ number: UInt64, _ pieces: [Piece], _ decision: inout Decision) {
        let live = pieces.filter { !decision.superseded.contains($0.number) }
        let replaced = pieces[0].origin.replaced
        if live.isEmpty {
            decision.superseded.formUnion(replaced.map(\.segment))
            return
        }
        if !replaced.isEmpty {
            let hasOriginals = replaced.allSatisfy { present.contains($0.segment) }
            let isStale = replaced.contains { newestBitmap[$0.segment, default: 0] > $0.hiddenRows }
            // The segments it was made from have the same rows.
            if hasOriginals && (isStale || !isComplete(pieces)) { return }
            decision.superseded.formUnion(replaced.map(\.segment))
            decision.counting += live
            return
        }
        // Only what was committed is ever rewritten, and only what was committed is cut from the log.
        let frames = pieces[0].origin.frames
        let isLogged = logged.contains { $0.lowerBound <= frames.lowerBound && $0.upperBound >= frames.upperBound }
        let isCut = !frames.isEmpty && !isLogged
        if live.count < pieces.count || number < decidedEnd || isCut {
            decision.counting += live
            return
        }
        // The log has the rows of a flush, and more.
        if !frames.isEmpty { return }
        // A commit writes the ids of users before its manifest.
        let hasUsers = live.allSatisfy { $0.record.userRange.upperBound < userEnd }
        if hasUsers && isComplete(pieces) {
            decision.counting += live
            decision.undecidedRowCount += live.reduce(0) { $0 + $1.record.rowCount }
        } else {
            decision.setAside += live
        }
    }

    private func isComplete(_ pieces: [Piece]) -> Bool {
        let count = pieces.map(\.origin.pieceCount).max() ?? 0
        return count > 0 && Set(pieces.map(\.origin.piece)).isSuperset(of: 0..<count)
    }
}
