internal import EventFormat

/// Bytes of segments written since the database was made: as rows arrived, and again by compaction (SPEC 1.9).
struct WrittenBytes: Equatable {
    static let setting = "written_bytes"

    var ingested = 0
    var compacted = 0

    init(_ text: String?) {
        let words = (text ?? "").split(separator: " ").compactMap { Int($0) }
        if words.count == 2 { (ingested, compacted) = (words[0], words[1]) }
    }

    var text: String { "\(ingested) \(compacted)" }
}

extension ManifestRecord {
    /// Counts the segments that came since `earlier`: those that took the place of others were written by compaction.
    mutating func countWrittenBytes(since earlier: ManifestRecord) {
        let (old, new) = (Set(earlier.segments.map(\.fileName)), Set(segments.map(\.fileName)))
        let added = segments.reduce(0) { old.contains($1.fileName) ? $0 : $0 + $1.sizeBytes }
        if added == 0 { return }
        var bytes = WrittenBytes(settings[WrittenBytes.setting])
        if old.isSubset(of: new) { bytes.ingested += added } else { bytes.compacted += added }
        settings[WrittenBytes.setting] = bytes.text
    }
}
