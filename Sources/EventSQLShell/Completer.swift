import CEdit
import EventSQL
import Glibc
import Synchronization

/// What Tab offers: words of the database and of SQL, dot commands at the start of a line, and files where one is named.
///
/// UNSAFE: benefit: libedit's completion, which calls back with C strings and frees what it is given. Soundness: every string
/// handed over is a fresh copy from `strdup`, which libedit owns from then on; what it passes is read before returning.
enum Completer {
    private struct State {
        var database: EventDatabase?
        /// Lines of the statement before the one that is being typed.
        var pending = ""
        var candidates: [String] = []
        var next = 0
    }

    private static let state = Mutex(State())

    static func install(_ database: EventDatabase) {
        state.withLock { $0.database = database }
        unsafe eventsql_complete_with { text, _, end in unsafe Completer.complete(text, end) }
    }

    static func setPending(_ text: String) { state.withLock { $0.pending = text } }

    private static func complete(
        _ text: UnsafePointer<CChar>?, _ end: Int32
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? {
        guard let text = unsafe text, let buffer = unsafe eventsql_line() else { return nil }
        let line = unsafe String(decoding: Array(String(cString: buffer).utf8.prefix(Int(end))), as: UTF8.self)
        let word = unsafe String(cString: text)
        guard let (candidates, follower) = find(line, word) else { return nil }
        eventsql_completion_is_final(follower)
        if candidates.isEmpty { return nil }
        state.withLock { ($0.candidates, $0.next) = (candidates, 0) }
        return unsafe rl_completion_matches(text) { _, number in
            let candidate = Completer.state.withLock { state -> String? in
                if number == 0 { state.next = 0 }
                guard state.next < state.candidates.count else { return nil }
                state.next += 1
                return state.candidates[state.next - 1]
            }
            return unsafe candidate.flatMap { unsafe strdup($0) }
        }
    }

    /// Candidates, and the character behind the only one; nil where libedit's own file names will do.
    private static func find(_ line: String, _ word: String) -> (candidates: [String], follower: Int32)? {
        let (database, pending) = state.withLock { ($0.database, $0.pending) }
        if pending.isEmpty, line.hasPrefix(".") {
            if line == word { return (DotCommand.names.filter { $0.hasPrefix(word) }, 32) }
            if line.hasPrefix(".read ") { return nil }
            let tables = database?.completions(of: "FROM ").candidates ?? []
            return (line.hasPrefix(".schema ") ? tables.filter { $0.hasPrefix(word) } : [], 32)
        }
        guard let found = database?.completions(of: pending.isEmpty ? line : pending + "\n" + line) else { return nil }
        if found.isFile { return nil }
        // Where the line editor's word is shorter than ours, it gets the rest of ours.
        let known = found.word.count - word.count
        guard known >= 0, found.word.hasSuffix(word) else { return ([], 32) }
        let candidates = found.candidates.map { String($0.dropFirst(known)) }
        let isCall = candidates.count == 1 && candidates[0].hasSuffix("(")
        return (candidates, found.isQuoted ? 39 : isCall ? 0 : 32)
    }
}
