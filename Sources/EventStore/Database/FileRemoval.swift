internal import EventBase
internal import EventIO

/// Removes files that no manifest names any more.
struct FileRemoval {
    let storage: any Storage
    let directory: String

    /// Bitmaps of hidden rows go last, and only once the segments removed with them are durably gone: a segment that came
    /// back without its bitmap could not tell which of its rows were deleted, should the manifest be lost (SPEC 1.19).
    ///
    /// Never fails: what cannot be removed stays for the next writer.
    /// - Parameter durably: none of them comes back after a loss of power.
    /// - Returns: what was removed.
    func run(_ names: some Sequence<String>, durably: Bool = false) -> [String] {
        var removed: [String] = []
        var bitmaps: [String] = []
        var folders: Set<String> = []
        var isClean = true
        for name in names {
            if name.hasSuffix(".hidden") {
                bitmaps.append(name)
                continue
            }
            do throws(EventSQLError) {
                try storage.remove("\(directory)/\(name)")
                removed.append(name)
                folders.insert(DatabaseLayout.folder(of: name))
            } catch {
                if error.kind != .notFound { isClean = false }
            }
        }
        if bitmaps.isEmpty && !durably { return removed }
        for folder in folders.sorted() where (try? storage.syncDirectory("\(directory)/\(folder)")) == nil {
            isClean = false
        }
        for name in bitmaps where isClean && (try? storage.remove("\(directory)/\(name)")) != nil {
            removed.append(name)
        }
        if durably { try? storage.syncDirectory("\(directory)/\(DatabaseLayout.cohortsName)") }
        return removed
    }
}
