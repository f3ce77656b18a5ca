package import EventBase
package import EventColumns

/// A named set on disk: the members of a cohort as user ordinals, or the hidden rows of a segment (SPEC 1.6).
package struct BitmapFile: Sendable {
    /// The cohort's name, or the segment's file name.
    package var name: String
    /// The statement that made it.
    package var definition: String
    package var members: Bitmap

    package init(name: String, definition: String, members: Bitmap) {
        self.name = name
        self.definition = definition
        self.members = members
    }

    /// The whole file.
    package func encode() -> [UInt8] {
        var writer = ByteWriter()
        writer.write(string: name)
        writer.write(string: definition)
        writer.write(raw: members.portableBytes())
        FileKind.cohort.seal(&writer)
        return writer.bytes
    }

    /// Reads a whole file.
    /// - Throws: `.corruption` naming `label`.
    package static func decode(_ bytes: RawSpan, label: String) throws(EventSQLError) -> BitmapFile {
        let end = try FileKind.cohort.open(bytes, label: label)
        var reader = ByteReader(bytes.extracting(0..<end))
        let name = reader.readString()
        let definition = reader.readString()
        let start = reader.offset
        if let failure = reader.failure { throw EventSQLError(.corruption, "cohort: \(failure)", path: label) }
        do throws(EventSQLError) {
            let members = try Bitmap(portable: bytes.extracting(start..<end))
            return BitmapFile(name: name, definition: definition, members: members)
        } catch { throw error.at(path: label) }
    }
}
