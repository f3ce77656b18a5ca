internal import EventBase
internal import EventFormat
internal import EventIO
internal import Synchronization

/// Segments that become part of the database with one commit, and what each of them says about that (SPEC 1.7.1).
struct SegmentWrite: Sendable {
    /// Its number; no other write and no file has it.
    let number: UInt64
    /// Numbers below were decided when the write began.
    let decidedEnd: UInt64
    /// The frames of the log that the write takes over.
    var frames: Range<UInt64> = 0..<0
    /// Of rewritten segments: what they are, and the number of the oldest file whose rows they have.
    var replaced: [SegmentOrigin.Replaced] = []
    var age: UInt64?
    /// Pieces so far.
    private(set) var pieceCount: UInt32 = 0

    init(number: UInt64, decidedEnd: UInt64) {
        self.number = number
        self.decidedEnd = decidedEnd
    }

    /// What the next `numbers.count` segments say of themselves. With `isLast` they also tell how many there are.
    mutating func origins(_ numbers: [UInt64], table: String, isLast: Bool) -> [SegmentOrigin] {
        let first = pieceCount
        pieceCount += UInt32(numbers.count)
        return numbers.enumerated().map { index, fileNumber in
            var origin = SegmentOrigin(table: table, group: number, decidedEnd: decidedEnd)
            origin.piece = first + UInt32(index)
            origin.pieceCount = isLast ? pieceCount : 0
            origin.age = age ?? fileNumber
            origin.frames = frames
            origin.replaced = replaced
            return origin
        }
    }

    /// Takes over what rewritten segments say of themselves.
    mutating func replace(_ record: SegmentRecord, origin: SegmentOrigin?) {
        guard let segment = DatabaseLayout.number(of: record.fileName) else { return }
        let hidden = record.hiddenRowsFileName.flatMap(DatabaseLayout.number(of:)) ?? 0
        replaced.append(SegmentOrigin.Replaced(segment: segment, hiddenRows: hidden))
        age = min(age ?? .max, origin?.age ?? segment)
        if let last = origin?.frames, last.upperBound > frames.upperBound { frames = last }
    }
}

extension EventStore {
    /// Begins a write; it is undecided until `end`.
    func beginWrite() -> SegmentWrite {
        state.withLock { state in
            let number = state.takeFileNumber()
            let decidedEnd = state.undecidedWrites.min() ?? number
            state.undecidedWrites.insert(number)
            return SegmentWrite(number: number, decidedEnd: decidedEnd)
        }
    }

    /// A write that rewrites segments.
    func beginRewrite(of records: [SegmentRecord]) -> SegmentWrite {
        var write = beginWrite()
        let readers = state.withLock { $0.segments }
        for record in records {
            write.replace(record, origin: (readers[record.fileName] as? SegmentReader)?.origin)
        }
        return write
    }

    /// The write was committed, or given up and its files removed as far as they could be.
    func end(_ write: SegmentWrite) {
        state.withLock { _ = $0.undecidedWrites.remove(write.number) }
    }

    /// Removes the segments of a write that came to nothing. After a commit of unknown outcome they must stay.
    func discard(_ records: [SegmentRecord]) {
        if state.withLock({ $0.poison != nil }) { return }
        for record in records { try? storage.remove(full(record.fileName)) }
    }
}
