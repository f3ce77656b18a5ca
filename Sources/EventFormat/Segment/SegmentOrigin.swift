internal import EventBase

/// Where the rows of a segment come from: what a database without a manifest is put together by (SPEC 1.7.1, 1.19).
package struct SegmentOrigin: Sendable, Equatable {
    /// A segment whose visible rows this one holds.
    package struct Replaced: Sendable, Equatable {
        /// Number of the file.
        package var segment: UInt64
        /// Number of the bitmap of its hidden rows that were left behind; 0: none were hidden.
        package var hiddenRows: UInt64

        package init(segment: UInt64, hiddenRows: UInt64) {
            self.segment = segment
            self.hiddenRows = hiddenRows
        }
    }

    /// The table, by the name the manifest has for it.
    package var table: String
    /// Number of the write, which becomes part of the database as a whole or not at all.
    package var group: UInt64
    /// Writes and files with smaller numbers were committed or given up when this file was written.
    package var decidedEnd: UInt64
    /// Which piece of the write this is.
    package var piece: UInt32 = 0
    /// The pieces of the write; 0 in pieces that were written before that was known.
    package var pieceCount: UInt32 = 0
    /// Number of the oldest file whose rows are in here; tells the order of arrival.
    package var age: UInt64 = 0
    /// Positions in the log: the frames that a flush took over; of rewritten rows those of the last flush among them.
    /// Empty where the rows did not come through the log.
    package var frames: Range<UInt64> = 0..<0
    package var replaced: [Replaced] = []

    package init(table: String, group: UInt64, decidedEnd: UInt64) {
        self.table = table
        self.group = group
        self.decidedEnd = decidedEnd
    }

    func write(to writer: inout ByteWriter) {
        writer.write(string: table)
        writer.write(group)
        writer.write(decidedEnd)
        writer.write(piece)
        writer.write(pieceCount)
        writer.write(age)
        writer.write(frames.lowerBound)
        writer.write(frames.upperBound)
        writer.write(UInt32(replaced.count))
        for entry in replaced {
            writer.write(entry.segment)
            writer.write(entry.hiddenRows)
        }
    }

    init(_ reader: inout ByteReader) {
        table = reader.readString()
        group = reader.read(UInt64.self)
        decidedEnd = reader.read(UInt64.self)
        piece = reader.read(UInt32.self)
        pieceCount = reader.read(UInt32.self)
        age = reader.read(UInt64.self)
        let start = reader.read(UInt64.self)
        let end = reader.read(UInt64.self)
        if start > end { reader.fail("an ascending range of frames") }
        frames = start..<max(start, end)
        let count = Int(reader.read(UInt32.self))
        while replaced.count < count, reader.failure == nil {
            let segment = reader.read(UInt64.self)
            replaced.append(Replaced(segment: segment, hiddenRows: reader.read(UInt64.self)))
        }
    }
}

/// A segment that is whole but for its end, which says where it belongs; that is known only when it gets a name.
package struct OpenSegment: Sendable {
    /// All of the file up to the part of the footer that is always there.
    package let bytes: [UInt8]
    /// Where the footer begins, in the file.
    let footerOffset: UInt64
    /// Checksum of the footer so far.
    let footerChecksum: UInt32

    /// What follows `bytes` in the file.
    package func end(_ origin: SegmentOrigin?) -> [UInt8] {
        var writer = ByteWriter(capacity: 128)
        origin?.write(to: &writer)
        writer.write(footerOffset)
        FileKind.segment.seal(&writer, after: footerChecksum)
        return writer.bytes
    }

    /// The file as it is without an origin, for rows that stay in memory.
    package consuming func whole() -> [UInt8] {
        let end = end(nil)
        var whole = bytes
        whole.append(contentsOf: end)
        return whole
    }
}
