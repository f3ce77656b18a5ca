package import EventBase
package import EventColumns
internal import EventFormat
internal import EventIO
internal import Synchronization

/// A saved cohort as statements list it.
package struct CohortInfo: Sendable, Equatable {
    package var name: String
    /// The statement that made it.
    package var definition: String
    package var memberCount: Int
}

/// One entry of a cohort's history.
package struct CohortSize: Sendable, Equatable {
    /// Entries that are kept; a cohort refreshed hourly looks back six weeks.
    static let countMax = 1000

    package var atMicros: Int64
    package var memberCount: Int
}

extension EventStore {
    /// Makes an empty event table.
    /// - Parameter properties: columns that it has from the beginning.
    /// - Errors: `.conflict` when there is one of that name.
    package func createTable(
        named name: String, properties: [(path: String, types: StoredTypes)] = []
    ) throws(EventSQLError) {
        try commit { (manifest, _) throws(EventSQLError) in
            try checkNewName(name, manifest)
            var schema = TableSchema.events(named: name)
            try schema.formUnion(properties)
            manifest.tables.append(schema)
        }
    }

    /// All cohorts by name.
    package var cohorts: [CohortInfo] {
        state.withLock { $0.manifest.cohorts }.map {
            CohortInfo(name: $0.name, definition: $0.definition, memberCount: $0.memberCount)
        }.sorted { $0.name < $1.name }
    }

    /// How many members a cohort had each time it was saved, oldest first.
    package func sizes(ofCohort name: String) -> [CohortSize] {
        Self.sizes(state.withLock { $0.manifest.settings }[Self.sizesSetting(name)])
    }

    private static func sizesSetting(_ name: String) -> String { "cohort_sizes:\(name)" }

    /// `micros count`, parted by semicolons.
    private static func sizes(_ text: String?) -> [CohortSize] {
        (text ?? "").split(separator: ";").compactMap { entry in
            let parts = entry.split(separator: " ")
            guard parts.count == 2, let micros = Int64(parts[0]), let count = Int(parts[1]) else { return nil }
            return CohortSize(atMicros: micros, memberCount: count)
        }
    }

    /// Saves a set of users (ordinals of any snapshot of this store) under a name.
    ///
    /// - Parameter atMicros: when, for the history of sizes; nil leaves none.
    /// - Errors: `.conflict` when the name is taken and `replacing` is false.
    package func saveCohort(
        name: String, definition: String, members: Bitmap, replacing: Bool, atMicros: Int64? = nil
    ) throws(EventSQLError) {
        try commit { (manifest, _) throws(EventSQLError) in
            if manifest.cohorts.contains(where: { $0.name == name }) {
                guard replacing else {
                    throw EventSQLError(
                        .conflict, "there is a cohort '\(name)' already", hint: "use CREATE OR REPLACE COHORT")
                }
                manifest.cohorts.removeAll { $0.name == name }
            }
            if let atMicros {
                let setting = Self.sizesSetting(name)
                let sizes =
                    Self.sizes(manifest.settings[setting]) + [
                        CohortSize(atMicros: atMicros, memberCount: members.count)
                    ]
                manifest.settings[setting] = sizes.suffix(CohortSize.countMax)
                    .map { "\($0.atMicros) \($0.memberCount)" }.joined(separator: ";")
            }
            let fileName = DatabaseLayout.cohortName(state.withLock { $0.takeFileNumber() })
            let bytes = BitmapFile(name: name, definition: definition, members: members).encode()
            try storage.writeSynced(bytes, to: full(fileName))
            try storage.syncDirectory(full(DatabaseLayout.cohortsName))
            manifest.cohorts.append(
                CohortRecord(name: name, definition: definition, memberCount: members.count, fileName: fileName))
        }
    }

    /// - Errors: `.notFound`.
    package func dropCohort(name: String) throws(EventSQLError) {
        try commit { (manifest, _) throws(EventSQLError) in
            guard manifest.cohorts.contains(where: { $0.name == name }) else {
                throw EventSQLError(.notFound, "there is no cohort '\(name)'")
            }
            manifest.cohorts.removeAll { $0.name == name }
            manifest.settings[Self.sizesSetting(name)] = nil
        }
    }
}
