internal import EventBase
internal import EventFormat

/// Something that is not as it should be in a database directory.
package struct StoreFinding: Sendable, Equatable {
    /// Relative to the database directory.
    package var fileName: String
    /// One sentence without the file's name.
    package var what: String
    /// The bytes of the file concerned, where they are known.
    package var byteRange: Range<Int>?
    /// Rows that cannot be read, where they are known.
    package var rowCount: Int?
    /// First and last instant of those rows.
    package var timeRange: ClosedRange<Int64>?
    /// Nothing is lost: left-over files, things set aside earlier.
    package var isHarmless = false

    init(
        _ fileName: String, _ what: String, byteRange: Range<Int>? = nil, rowCount: Int? = nil,
        timeRange: ClosedRange<Int64>? = nil, isHarmless: Bool = false
    ) {
        self.fileName = fileName
        self.what = what
        self.byteRange = byteRange
        self.rowCount = rowCount
        self.timeRange = timeRange
        self.isHarmless = isHarmless
    }

    init(_ fileName: String, _ damage: FileDamage) {
        self.init(fileName, damage.what, byteRange: damage.byteRange)
    }
}

/// How far a verification has come.
package struct VerifyProgress: Sendable {
    package var fileName: String
    package var verifiedSizeBytes: Int
    package var totalSizeBytes: Int
}
