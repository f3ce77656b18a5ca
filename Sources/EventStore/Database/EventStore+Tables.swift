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

extension EventStore {
    /// Makes an empty event table.
    /// - Errors: `.conflict` when there is one of that name.
    package func createTable(named name: String) throws(EventSQLError) {
        try commit { (manifest, _) throws(EventSQLError) in
            try checkNewName(name, manifest)
            manifest.tables.append(.events(named: name))
        }
    }

    /// All cohorts by name.
    package var cohorts: [CohortInfo] {
        state.withLock { $0.manifest.cohorts }.map {
            CohortInfo(name: $0.name, definition: $0.definition, memberCount: $0.memberCount)
        }.sorted { $0.name < $1.name }
    }

    /// Saves a set of users (ordinals of any snapshot of this store) under a name.
    /// - Errors: `.conflict` when the name is taken and `replacing` is false.
    package func saveCohort(
        name: String, definition: String, members: Bitmap, replacing: Bool
    ) throws(EventSQLError) {
        try commit { (manifest, _) throws(EventSQLError) in
            if manifest.cohorts.contains(where: { $0.name == name }) {
                guard replacing else {
                    throw EventSQLError(
                        .conflict, "there is a cohort '\(name)' already", hint: "use CREATE OR REPLACE COHORT")
                }
                manifest.cohorts.removeAll { $0.name == name }
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
        }
    }
}
