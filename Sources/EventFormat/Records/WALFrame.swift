internal import EventBase

/// One record of the write-ahead log: length, checksum, position, kind, payload (SPEC 1.4).
package struct WALFrame: Sendable, Equatable {
    /// What a payload is. The store may define more kinds than it writes today; unknown kinds are handed on.
    package struct Kind: RawRepresentable, Sendable, Hashable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// An `EventBatchCodec` payload.
        package static let events = Kind(rawValue: 1)
        /// An `EventBatchCodec` payload: rows of a keyed table, each in place of the one with its key.
        package static let keyedRows = Kind(rawValue: 2)
        /// An `EventBatchCodec` payload: keys whose rows go.
        package static let keyedDeletes = Kind(rawValue: 3)
        /// As `keyedRows`, for a table without a primary key: rows that the table has are put again under their numbers.
        package static let keyedUpdates = Kind(rawValue: 4)

        package var isKeyed: Bool { [.keyedRows, .keyedDeletes, .keyedUpdates].contains(self) }
    }

    /// Bytes before the payload.
    package static let headerSizeBytes = 20

    /// The frame's position in the log, as the store counts it.
    package var lsn: UInt64
    package var kind: Kind
    /// Where the payload lies in the bytes that were read.
    package var payload: Range<Int>

    /// The bytes of one frame.
    package static func encode(lsn: UInt64, kind: Kind, payload: RawSpan) -> [UInt8] {
        precondition(payload.byteCount <= Int(UInt32.max), "BUG: a WAL payload of 4 GB or more")
        var head = ByteWriter(capacity: 16)
        head.write(UInt32(payload.byteCount))
        head.write(lsn)
        head.write(UInt32(kind.rawValue))
        var writer = ByteWriter(capacity: headerSizeBytes + payload.byteCount)
        writer.write(Checksum.crc32c(payload, seed: Checksum.crc32c(head.bytes)))
        writer.write(raw: head.bytes)
        writer.write(bytes: payload)
        return writer.bytes
    }

    /// What lies at a place of the log.
    package enum Found: Sendable, Equatable {
        /// A whole frame that is what was written; the next begins at `next`.
        case frame(WALFrame, next: Int)
        /// No byte is left.
        case end
        /// The bytes from here on are not a frame: a write that did not finish, or damage.
        case torn(reason: String)
    }

    /// Reads the frame at `offset`. Never throws: the reader of a log decides what a torn frame means.
    package static func find(in bytes: RawSpan, at offset: Int) -> Found {
        guard offset < bytes.byteCount else { return .end }
        let rest = bytes.byteCount - offset
        guard rest >= headerSizeBytes else { return .torn(reason: "\(rest) bytes are too few for a frame") }
        let length = Int(bytes.load(at: offset + 4, as: UInt32.self))
        guard length <= rest - headerSizeBytes else {
            return .torn(reason: "a frame of \(length) bytes where \(rest - headerSizeBytes) are left")
        }
        let next = offset + headerSizeBytes + length
        let sum = Checksum.crc32c(bytes.extracting((offset + 4)..<next))
        guard sum == bytes.load(at: offset, as: UInt32.self) else {
            return .torn(reason: "the checksum of a frame of \(length) bytes does not match")
        }
        let kind = bytes.load(at: offset + 16, as: UInt32.self)
        guard kind <= 255 else { return .torn(reason: "frame kind \(kind) is above 255") }
        let frame = WALFrame(
            lsn: bytes.load(at: offset + 8, as: UInt64.self), kind: Kind(rawValue: UInt8(kind)),
            payload: (offset + headerSizeBytes)..<next)
        return .frame(frame, next: next)
    }
}
