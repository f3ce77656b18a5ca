package import EventBase
internal import EventColumns
internal import EventFormat
internal import Synchronization

/// What happens to events that arrive for somebody who was forgotten.
package enum ForgottenUsers: String, Sendable { case accept, refuse }

/// The ids that were forgotten, known only by a hash with the database's own number, so that they can be refused when
/// their bytes are gone. Two ids share a hash once in 2^64: then a stranger's events are refused, with an error.
struct ForgottenIDs {
    static let setting = "forgotten_hashes"
    static let policySetting = "forgotten_policy"

    private let salt: [UInt8]
    private var hashes: Set<UInt64>
    let policy: ForgottenUsers

    init(_ manifest: ManifestRecord) {
        let id = manifest.databaseID
        salt = "\(id.high),\(id.low),".utf8.map { $0 }
        let words = (manifest.settings[Self.setting] ?? "").split(separator: ",")
        hashes = Set(words.compactMap { UInt64($0, radix: 16) })
        policy = manifest.settings[Self.policySetting].flatMap { ForgottenUsers(rawValue: $0) } ?? .accept
    }

    var text: String { hashes.sorted().map { String($0, radix: 16) }.joined(separator: ",") }

    mutating func insert(_ id: RawSpan) { hashes.insert(hash(id)) }

    /// Codes of the users of a buffer whose events are refused; nil when none is.
    func refused(in users: StringInterner) -> Set<UInt32>? {
        if policy == .accept || hashes.isEmpty { return nil }
        let codes = (0..<UInt32(users.count)).filter { hashes.contains(hash(users.bytes(at: $0))) }
        return codes.isEmpty ? nil : Set(codes)
    }

    private func hash(_ id: RawSpan) -> UInt64 {
        var bytes = salt
        bytes.append(bytes: id)
        return Hash64.hash(bytes.rawBytes)
    }
}

extension EventStore {
    /// Says what happens to later events of forgotten people; kept with the database. `.accept` until said otherwise.
    ///
    /// `.refuse`: an append that holds one fails as a whole; an import leaves the rows out and counts them.
    package func setForgottenUsers(_ policy: ForgottenUsers) throws(EventSQLError) {
        try commit { (manifest, _) throws(EventSQLError) in
            manifest.settings[ForgottenIDs.policySetting] = policy.rawValue
        }
    }

    /// Rows of a buffer that belong to people whose events are refused, ascending.
    func refusedRows(of buffer: EventBuffer) -> [UInt32] {
        let forgotten = ForgottenIDs(state.withLock { $0.manifest })
        guard let codes = forgotten.refused(in: buffer.users) else { return [] }
        return buffer.userCodes.indices.filter { codes.contains(buffer.userCodes[$0]) }.map { UInt32($0) }
    }
}
