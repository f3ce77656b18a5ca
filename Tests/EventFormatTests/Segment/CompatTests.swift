import EventBase
import EventFormat
import Foundation
import Testing

/// Goal: a segment written by any released version is read for ever. Method: the files under Fixtures/segments stay as they
/// are; beside each lies what it answers. UPDATE_FIXTURES=1 writes the current version's file anew, which is right only
/// before that version is released.
struct CompatTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/segments")
    static let current = SegmentModel(seed: 31, rowCount: 300, userCount: 40)

    @Test("a segment of version 1 answers what it always did")
    func version1() throws {
        let file = Self.folder.appending(path: "v1/random-300.seg")
        let expected = Self.folder.appending(path: "v1/random-300.txt")
        if ProcessInfo.processInfo.environment["UPDATE_FIXTURES"] == "1" {
            let bytes = Self.current.encode()
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: file)
            try Data(SegmentDamageTests.dump(bytes).joined(separator: "\n").utf8).write(to: expected)
        }
        let bytes = [UInt8](try Data(contentsOf: file))
        let dump = try SegmentDamageTests.dump(bytes)
        #expect(dump == String(decoding: try Data(contentsOf: expected), as: UTF8.self).components(separatedBy: "\n"))
    }
}
