import EventBase
import EventColumns
import Foundation
import Testing

@testable import EventIngest

/// The folder of real event data beside the package, or where `EVENTSQL_DATA` says.
enum DataSets {
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["EVENTSQL_DATA"] { return URL(filePath: path) }
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return root.deletingLastPathComponent().appending(path: "shared/data")
    }()

    static let isPresent = FileManager.default.fileExists(atPath: folder.path(percentEncoded: false))
    static let absence: Comment = "skipped: no ../shared/data and no EVENTSQL_DATA"

    static func path(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }
}

/// What both sides of a comparison count.
struct EventCounts: Equatable {
    var rowCount = 0
    var users: Set<String> = []
    var anonymousCount = 0
    var rowsByName: [String: Int] = [:]
    var rowsByDay: [Int32: Int] = [:]

    mutating func add(user: String?, name: String?, micros: Int64) {
        rowCount += 1
        if let user { users.insert(user) } else { anonymousCount += 1 }
        rowsByName[name ?? "", default: 0] += 1
        rowsByDay[CalendarMath.day(ofMicros: micros), default: 0] += 1
    }
}

/// A sink that counts.
struct CountingSink: EventSink {
    var knownColumns: [String] = []
    var counts = EventCounts()

    mutating func add(_ buffer: EventBuffer) throws(EventSQLError) {
        counts.rowCount += buffer.rowCount
        for code in 0..<buffer.users.count { counts.users.insert(buffer.users.makeString(at: UInt32(code))) }
        counts.anonymousCount += buffer.userCodes.count { $0 == EventBuffer.noCode }
        var names = [Int](repeating: 0, count: buffer.names.count)
        for code in buffer.nameCodes {
            if code == EventBuffer.noCode { counts.rowsByName["", default: 0] += 1 } else { names[Int(code)] += 1 }
        }
        for (code, count) in names.enumerated() {
            counts.rowsByName[buffer.names.makeString(at: UInt32(code)), default: 0] += count
        }
        for time in buffer.times { counts.rowsByDay[CalendarMath.day(ofMicros: time), default: 0] += 1 }
    }
}
