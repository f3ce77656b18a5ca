internal import EventBase

/// The kinds of files and what their last 16 bytes say (SPEC 1.2): checksum, version, magic.
package enum FileKind: String, Sendable, CaseIterable {
    case segment = "EVSQLseg"
    case manifest = "EVSQLman"
    case cohort = "EVSQLcoh"
    case users = "EVSQLusr"
    case catalogue = "EVSQLcat"

    /// The version this code writes; it reads every version up to it. 2 brought strings of kinds 3 and 4 (SPEC 1.8.3), 3 the
    /// origin of segments (SPEC 1.7.1), 4 strings of kind 5.
    package static let version: UInt32 = 4
    /// Bytes of the trailer.
    static let trailerSizeBytes = 16

    /// Appends the trailer: CRC-32C of all bytes from `start` on (version and magic included), version, magic.
    /// - Parameter checksum: of the bytes before those of `writer` that it covers too.
    func seal(_ writer: inout ByteWriter, from start: Int = 0, after checksum: UInt32 = 0) {
        var tail = ByteWriter(capacity: 12)
        tail.write(Self.version)
        tail.write(raw: rawValue.utf8)
        writer.write(Checksum.crc32c(tail.bytes, seed: writer.crc32c(start..<writer.count, seed: checksum)))
        writer.write(raw: tail.bytes)
    }

    /// Checks magic and version of a whole file.
    /// - Throws: `.corruption` where either is not what this code writes.
    func checkMagic(_ bytes: RawSpan, label: String) throws(EventSQLError) {
        guard bytes.byteCount >= Self.trailerSizeBytes else {
            throw EventSQLError(.corruption, "\(bytes.byteCount) bytes are too few for a \(name) file", path: label)
        }
        let magic = bytes.extracting((bytes.byteCount - 8)..<bytes.byteCount)
        let expected = Array(rawValue.utf8)
        guard ByteOrder.equal(magic, expected.rawBytes) else {
            throw EventSQLError(.corruption, "the file does not end as a \(name) file does", path: label)
        }
        let version = bytes.load(at: bytes.byteCount - 12, as: UInt32.self)
        guard version >= 1, version <= Self.version else {
            throw EventSQLError(
                .corruption,
                "format version \(version) of a \(name) file is not known, this program reads 1 to "
                    + "\(Self.version)", hint: "open it with a newer EventSQL", path: label)
        }
    }

    /// The end of what the trailer's checksum covers from `start` on, after checking magic, version and checksum.
    /// - Throws: `.corruption` naming `label`.
    func open(_ bytes: RawSpan, from start: Int = 0, label: String) throws(EventSQLError) -> Int {
        try checkMagic(bytes, label: label)
        let end = bytes.byteCount - Self.trailerSizeBytes
        guard start >= 0, start <= end else {
            throw EventSQLError(.corruption, "the trailer of the \(name) file covers nothing", path: label)
        }
        let body = Checksum.crc32c(bytes.extracting(start..<end))
        let sum = Checksum.crc32c(bytes.extracting((end + 4)..<bytes.byteCount), seed: body)
        guard sum == bytes.load(at: end, as: UInt32.self) else {
            throw EventSQLError(.corruption, "the checksum of the \(name) file does not match", path: label)
        }
        return end
    }

    private var name: String {
        switch self {
        case .segment: "segment"
        case .manifest: "manifest"
        case .cohort: "cohort"
        case .users: "user directory"
        case .catalogue: "catalogue"
        }
    }
}
