import CSQLite

/// A private SQLite database in memory, as an independent opinion.
/// UNSAFE: benefit: the C library itself answers. Soundness: the handle is opened and closed here, texts are copied.
@safe final class SQLiteDatabase {
    private var handle: OpaquePointer?

    init() { unsafe sqlite3_open(":memory:", &handle) }
    deinit { unsafe sqlite3_close(handle) }

    struct Failure: Error { var message: String }

    /// Rows with NULL as nil.
    func query(_ sql: String) throws -> [[String?]] {
        var statement: OpaquePointer?
        guard unsafe sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else {
            throw Failure(message: unsafe String(cString: sqlite3_errmsg(handle)))
        }
        defer { unsafe sqlite3_finalize(statement) }
        var rows: [[String?]] = []
        while true {
            let code = unsafe sqlite3_step(statement)
            if code == SQLITE_DONE { return rows }
            guard code == SQLITE_ROW else { throw Failure(message: unsafe String(cString: sqlite3_errmsg(handle))) }
            rows.append(
                (0..<(unsafe sqlite3_column_count(statement))).map { column in
                    guard let text = unsafe sqlite3_column_text(statement, column) else { return nil }
                    return unsafe String(cString: text)
                })
        }
    }
}
