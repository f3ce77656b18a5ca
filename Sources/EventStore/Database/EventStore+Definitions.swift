package import EventBase
internal import EventFormat
internal import Synchronization

/// What a statement can give a name to without storing rows.
package enum DefinitionKind: String, Sendable {
    case view
    case virtualEvent = "virtual_event"
}

/// A named definition: the text that a statement gave a name to.
package struct Definition: Sendable, Equatable {
    package var name: String
    package var text: String
}

/// Views and virtual events live in the manifest's settings as `definition:<kind>:<name>` (SPEC 1.3).
extension EventStore {
    /// The definitions of a kind, by name.
    package func definitions(of kind: DefinitionKind) -> [Definition] {
        let prefix = Self.settingPrefix(kind)
        return state.withLock { $0.manifest.settings }.filter { $0.key.hasPrefix(prefix) }
            .map { Definition(name: String($0.key.dropFirst(prefix.count)), text: $0.value) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// Keeps a definition in place of one of the same name, durably when this returns; nil drops it.
    package func setDefinition(_ text: String?, kind: DefinitionKind, name: String) throws(EventSQLError) {
        try commit { (manifest, _) throws(EventSQLError) in
            manifest.settings[Self.settingPrefix(kind) + name] = text
        }
    }

    static func settingPrefix(_ kind: DefinitionKind) -> String { "definition:\(kind.rawValue):" }
}
