package import EventBase
internal import EventColumns
internal import EventFormat
internal import Synchronization

/// One line of the identity log: from `atMicros` on, events of `id` count for `person`; the same id again is an un-merge.
package struct IdentityInfo: Sendable, Equatable {
    package var id: String
    package var person: String
    /// Microseconds since 1970 UTC.
    package var atMicros: Int64
}

extension EventStore {
    /// Counts all events of `id`, past and future, for `person`. Ids that were never seen are given numbers.
    /// - Errors: `.conflict` when it would make a circle, `.invalidInput` for an empty id.
    package func identify(_ id: String, as person: String, atMicros: Int64) throws(EventSQLError) {
        guard !id.isEmpty, !person.isEmpty else { throw EventSQLError(.invalidInput, "a user id cannot be empty") }
        try commitGate.withLock { (_) throws(EventSQLError) in
            let (from, to) = try state.withLock { (state) throws(EventSQLError) in
                try state.checkWritable()
                let (id, person) = (Array(id.utf8), Array(person.utf8))
                return (try state.users.intern(id.rawBytes), try state.users.intern(person.rawBytes))
            }
            try commitHoldingGate { (manifest, state) throws(EventSQLError) in
                var log = IdentityLog(manifest.settings[IdentityLog.setting])
                if from != to, log.person(of: to) == from {
                    throw EventSQLError(
                        .conflict, "'\(person)' already counts as '\(id)'", hint: "identify '\(person)' as itself first"
                    )
                }
                log.entries.append(IdentityLog.Entry(ordinal: from, person: to, atMicros: atMicros))
                manifest.settings[IdentityLog.setting] = log.text
            }
        }
    }

    /// The whole identity log, oldest first.
    package var identities: [IdentityInfo] {
        let (text, pool) = state.withLock { ($0.manifest.settings[IdentityLog.setting], $0.users.pool()) }
        return IdentityLog(text).entries.filter { max($0.ordinal, $0.person) < pool.count }.map {
            IdentityInfo(id: pool.string(at: $0.ordinal), person: pool.string(at: $0.person), atMicros: $0.atMicros)
        }
    }
}

/// Identity merges in order, later ones win; kept in the manifest's settings as `ordinal person micros` separated by
/// semicolons.
struct IdentityLog {
    static let setting = "identities"

    struct Entry: Equatable {
        var ordinal: UInt32
        var person: UInt32
        var atMicros: Int64
    }

    var entries: [Entry] = []

    init(_ text: String?) {
        for line in (text ?? "").split(separator: ";") {
            let words = line.split(separator: " ")
            guard words.count == 3, let ordinal = UInt32(words[0]), let person = UInt32(words[1]),
                let atMicros = Int64(words[2])
            else { continue }
            entries.append(Entry(ordinal: ordinal, person: person, atMicros: atMicros))
        }
    }

    var text: String { entries.map { "\($0.ordinal) \($0.person) \($0.atMicros)" }.joined(separator: ";") }

    /// The last entry of each ordinal.
    private var current: [UInt32: UInt32] {
        Dictionary(entries.map { ($0.ordinal, $0.person) }) { $1 }
    }

    func person(of ordinal: UInt32) -> UInt32 { Self.follow(ordinal, current) }

    /// All ordinals that count for the same person as one of them, ascending.
    func ordinals(ofPersonOf ordinal: UInt32) -> [UInt32] {
        let merges = current
        let person = Self.follow(ordinal, merges)
        return Set(merges.keys.filter { Self.follow($0, merges) == person } + [ordinal, person]).sorted()
    }

    /// Ordinal -> person for `count` ordinals; nil when nobody is merged.
    func canonicalUsers(count: Int) -> [UInt32]? {
        let merges = current.filter { $0.key != $0.value && max($0.key, $0.value) < count }
        if merges.isEmpty { return nil }
        var canonical = (0..<UInt32(count)).map { $0 }
        for ordinal in merges.keys { canonical[Int(ordinal)] = Self.follow(ordinal, merges) }
        return canonical
    }

    /// The end of a chain of merges; a circle, which only damage can make, ends where it began.
    private static func follow(_ ordinal: UInt32, _ merges: [UInt32: UInt32]) -> UInt32 {
        var person = ordinal
        for _ in 0..<merges.count {
            guard let next = merges[person], next != person else { break }
            person = next
        }
        return person
    }
}
