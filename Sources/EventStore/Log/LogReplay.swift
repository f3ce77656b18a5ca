internal import EventBase
internal import EventColumns
internal import EventFormat
internal import EventIO

/// Reads the WAL of a directory back (SPEC 1.11): every whole frame from the manifest's position on, in order.
struct LogReplay {
    /// Where a reader stopped, so that it can go on from there.
    struct Position: Sendable, Equatable {
        var fileNumber: UInt64 = 0
        var offset = 0
        /// The position the next frame must have.
        var nextLSN: UInt64
    }

    let storage: any Storage
    let directory: String

    /// What was found besides the frames.
    struct Outcome {
        var position: Position
        /// Bytes that are not frames, and frames that are missing.
        var findings: [StoreFinding] = []
        var sizeBytes = 0
        /// Positions of the frames that are there.
        var frames: [Range<UInt64>] = []
        var lastFileNumber: UInt64 = 0
        /// Frames are missing between two that are there.
        var hasGap = false

        fileprivate mutating func note(_ lsn: UInt64) {
            if let last = frames.last, last.upperBound == lsn {
                frames[frames.count - 1] = last.lowerBound..<(lsn + 1)
            } else {
                frames.append(lsn..<(lsn + 1))
            }
        }
    }

    /// Calls `apply` for every frame at or after `start`.
    func run(
        from start: Position, apply: (WALFrame.Kind, RawSpan) throws(EventSQLError) -> Void
    ) throws(EventSQLError) -> Outcome {
        var outcome = Outcome(position: start)
        let folder = "\(directory)/\(DatabaseLayout.walName)"
        guard try storage.kind(of: folder) == .directory else { return outcome }
        let numbers = try storage.list(folder).compactMap(DatabaseLayout.walNumber).sorted()
        var torn: (name: String, range: Range<Int>, reason: String)?
        for number in numbers {
            outcome.lastFileNumber = number
            if number < start.fileNumber { continue }
            let name = DatabaseLayout.walName(number)
            let bytes = try storage.read("\(directory)/\(name)")
            outcome.sizeBytes += bytes.count
            var offset = number == start.fileNumber ? min(start.offset, bytes.count) : 0
            let before = outcome.position.nextLSN
            scan: while true {
                switch WALFrame.find(in: bytes.rawBytes, at: offset) {
                case .end: break scan
                case .frame(let frame, let next):
                    offset = next
                    if frame.lsn < outcome.position.nextLSN { continue }
                    outcome.note(frame.lsn)
                    if frame.lsn > outcome.position.nextLSN {
                        outcome.hasGap = true
                        let missing = frame.lsn - outcome.position.nextLSN
                        outcome.findings.append(
                            StoreFinding(name, "\(missing) appends before byte \(offset) are lost"))
                    }
                    try apply(frame.kind, bytes.rawBytes.extracting(frame.payload))
                    outcome.position.nextLSN = frame.lsn + 1
                case .torn(let reason):
                    guard let next = Self.resync(bytes.rawBytes, after: offset, lsn: outcome.position.nextLSN) else {
                        torn = (name, offset..<bytes.count, reason)
                        break scan
                    }
                    outcome.findings.append(
                        StoreFinding(name, "bytes \(offset)..<\(next) are damaged: \(reason)", byteRange: offset..<next)
                    )
                    offset = next
                }
            }
            // An append that failed leaves a torn tail; when the next file goes on where it left off, nothing is lost.
            if torn?.name != name, outcome.position.nextLSN > before { torn = nil }
            outcome.position.fileNumber = number
            outcome.position.offset = offset
        }
        if let torn {
            outcome.findings.append(
                StoreFinding(
                    torn.name, "the last \(torn.range.count) bytes are an append that did not finish: \(torn.reason)",
                    byteRange: torn.range))
        }
        return outcome
    }

    /// The next whole frame behind damaged bytes, nil when there is none.
    private static func resync(_ bytes: RawSpan, after offset: Int, lsn: UInt64) -> Int? {
        var candidate = offset + 1
        while candidate + WALFrame.headerSizeBytes <= bytes.byteCount {
            let found = bytes.load(at: candidate + 8, as: UInt64.self)
            let length = Int(bytes.load(at: candidate + 4, as: UInt32.self))
            if found >= lsn, found - lsn < 1 << 24, length <= bytes.byteCount - candidate - WALFrame.headerSizeBytes,
                bytes.load(at: candidate + 16, as: UInt32.self) <= 255,
                case .frame = WALFrame.find(in: bytes, at: candidate)
            {
                return candidate
            }
            candidate += 1
        }
        return nil
    }
}
