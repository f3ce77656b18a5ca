internal import EventBase
internal import EventIO

/// Where everything lies in a database directory: every file name is made and parsed here (SPEC 1.9).
package enum DatabaseLayout {
    package static let lockName = "LOCK"
    package static let segmentsName = "segments"
    package static let usersName = "users"
    package static let cohortsName = "cohorts"
    package static let walName = "wal"
    package static let readersName = "readers"
    package static let quarantineName = "quarantine"
    /// Where ingestion puts lines that are no events; the store never looks into it.
    static let rejectsName = "rejects"
    /// The last manifest's content once more (SPEC 1.19).
    static let catalogueName = "catalogue"
    /// There while a backup is being written into a directory, which is no database until it is gone.
    static let unfinishedBackupName = "UNFINISHED-BACKUP"
    /// Directories of every database.
    static let directories = [segmentsName, usersName, cohortsName, walName, readersName]
    private static let manifestPrefix = "manifest-"
    private static let copySuffix = ".copy"

    static func manifestName(_ epoch: UInt64) -> String { manifestPrefix + padded(epoch) }
    /// The second copy of a manifest, written after the first: a damaged byte in one never costs a commit.
    static func manifestCopyName(_ epoch: UInt64) -> String { manifestName(epoch) + copySuffix }

    /// The epoch in a manifest's name or its copy's; nil for other names.
    static func manifestEpoch(_ name: String) -> UInt64? {
        guard name.hasPrefix(manifestPrefix) else { return nil }
        let digits = name.dropFirst(manifestPrefix.count)
        return UInt64(digits.hasSuffix(copySuffix) ? digits.dropLast(copySuffix.count) : digits)
    }

    static func isTemporary(_ name: String) -> Bool { name.hasSuffix(".tmp") }

    /// `2024-03`, the directory of a month inside `segments`.
    static func monthName(ofDay day: Int32) -> String {
        let date = CalendarMath.civil(day: Int(day))
        let year = String(date.year)
        let zeros = String(repeating: "0", count: max(0, 4 - year.count))
        return "\(zeros)\(year)-\(date.month < 10 ? "0" : "")\(date.month)"
    }

    static func segmentName(_ number: UInt64, firstDay: Int32) -> String {
        "\(segmentsName)/\(monthName(ofDay: firstDay))/\(padded(number)).seg"
    }
    static func userRunName(_ number: UInt64) -> String { "\(usersName)/\(padded(number)).run" }
    static func cohortName(_ number: UInt64) -> String { "\(cohortsName)/\(padded(number)).cohort" }
    static func hiddenRowsName(_ number: UInt64) -> String { "\(cohortsName)/\(padded(number)).hidden" }
    static func walName(_ number: UInt64) -> String { "\(walName)/\(padded(number)).wal" }

    /// The number in the name of a segment, run or bitmap.
    static func number(of name: String) -> UInt64? {
        let file = name.lastIndex(of: "/").map { name[name.index(after: $0)...] } ?? name[...]
        return UInt64(file.prefix { $0 != "." })
    }

    /// The number in a WAL file's name (without directory).
    static func walNumber(_ name: String) -> UInt64? { name.hasSuffix(".wal") ? UInt64(name.dropLast(4)) : nil }

    /// `segments/2024-03` of `segments/2024-03/000012.seg`.
    static func folder(of name: String) -> String {
        name.lastIndex(of: "/").map { String(name[..<$0]) } ?? "."
    }

    /// Every file there is in the directories of segments, users and cohorts, relative to the database.
    static func namedFiles(in directory: String, _ storage: any Storage) -> [String] {
        let months = (try? storage.list("\(directory)/\(segmentsName)")) ?? []
        let folders = months.map { "\(segmentsName)/\($0)" } + [usersName, cohortsName]
        return folders.flatMap { folder in
            ((try? storage.list("\(directory)/\(folder)")) ?? []).map { "\(folder)/\($0)" }
        }
    }

    /// Whether a name at the top of a directory belongs to a database.
    static func isKnown(_ name: String) -> Bool {
        name == lockName || name == quarantineName || name == catalogueName || name == rejectsName
            || directories.contains(name)
            || manifestEpoch(name) != nil || isTemporary(name) && name.hasPrefix(manifestPrefix)
            || name == "\(catalogueName).tmp"
    }

    private static func padded(_ number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }
}
