internal import EventBase
internal import EventColumns
internal import EventExec
internal import EventIO
internal import EventPlan
internal import EventStore
internal import EventSyntax

/// COPY between files and tables (SPEC 2.8).
extension StatementRunner {
    func copy(_ copy: CopyStatement) throws(EventSQLError) -> Answer {
        let options = try CopyOptions(copy)
        switch copy.direction {
        case .to(let query): return try self.copy(query, to: copy, options)
        case .from(let table, let columns): return try self.copy(copy, into: table, columns, options)
        }
    }

    private func copy(
        _ query: Query, to copy: CopyStatement, _ options: CopyOptions
    ) throws(EventSQLError) -> Answer {
        let plan = try binder.bindStatement(query)
        let names = plan.columns.map(\.name)
        if options.format == .jsonLines, let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw EventSQLError(
                .binding, "an object cannot have two members '\(twice)'", hint: "name the columns with AS",
                position: copy.position)
        }
        var file = try CopyFile(copy.path, storage: PosixStorage())
        do throws(EventSQLError) {
            let csv = RowText.CSV(delimiter: options.delimiter, nullText: options.nullText)
            let objects = RowText.JSONLines(names)
            if options.format == .csv, options.hasHeader { try file.write { csv.appendHeader(names, to: &$0) } }
            var rowCount = 0
            let notes = try executor.stream(plan) { batch throws(EventSQLError) in
                rowCount += batch.rowCount
                try file.write { output in
                    switch options.format {
                    case .csv: csv.append(batch, to: &output)
                    case .jsonLines: objects.append(batch, to: &output)
                    }
                }
            }
            try file.finish()
            var answer = effect("copied", rowCount)
            answer.notes = notes
            return answer
        } catch {
            file.abandon()
            throw error
        }
    }

    private func copy(
        _ copy: CopyStatement, into table: String, _ columns: [String], _ options: CopyOptions
    ) throws(EventSQLError) -> Answer {
        guard let reader = copyReader else {
            throw EventSQLError(
                .invalidInput, "this program has no reader for COPY FROM",
                hint: "open the database with options.copyReader = .ingest, from the module EventIngest",
                position: copy.position)
        }
        var request = CopyRequest(
            path: copy.path, format: options.format, delimiter: options.delimiter, hasHeader: options.hasHeader,
            nullText: Array(options.nullText.utf8), columns: columns, isStrict: options.isStrict,
            rejectsPath: options.rejectsPath, rejectsFolder: "\(store.path)/rejects")
        if let keyed = store.keyedTable(named: table) {
            return try copyRows(&request, into: keyed, options, reader, copy.position)
        }
        guard store.tableNames.contains(table) else { throw missing(table, copy.position) }
        if options.conflict != .fail {
            throw EventSQLError(
                .binding, "'\(table)' is an event table without a key; rows with a known event_id are left out",
                position: copy.position)
        }
        if columns.isEmpty, !options.hasHeader {
            request.columns = try store.schema(ofTable: table).columns.map(\.path)
        }
        let session = try EventImport(store, table: table)
        do throws(EventSQLError) {
            let outcome = try reader.read(request, into: EventCopyRows(session: session, context: context))
            let stored = try session.commit()
            var answer = effect("copied", stored.storedCount)
            answer.notes = Self.notes(outcome)
            if stored.duplicateCount > 0 {
                answer.notes.append("\(stored.duplicateCount) rows were left out: their event_id is stored already")
            }
            if stored.forgottenCount > 0 {
                answer.notes.append("\(stored.forgottenCount) rows of forgotten users were left out")
            }
            return answer
        } catch {
            session.abort()
            throw error
        }
    }

    private func copyRows(
        _ request: inout CopyRequest, into table: KeyedTableSchema, _ options: CopyOptions,
        _ reader: any CopyFileReader, _ position: SourcePosition
    ) throws(EventSQLError) -> Answer {
        let all = table.visibleColumns
        if table.hasRowNumbers, options.conflict != .fail {
            throw EventSQLError(
                .binding, "'\(table.name)' has no primary key, so no two rows are in conflict", position: position)
        }
        let target = CopyTarget(all)
        var seen: Set<Int> = []
        for name in request.columns {
            guard let column = target.column(named: name) else {
                throw EventSQLError(
                    .binding, "'\(table.name)' has no column \(name)",
                    hint: EditDistance.nearest(to: name, in: all.map(\.name)).map { "did you mean \($0)?" },
                    position: position)
            }
            guard seen.insert(column).inserted else {
                throw EventSQLError(.binding, "column \(all[column].name) stands twice", position: position)
            }
        }
        if request.columns.isEmpty, !request.hasHeader { request.columns = all.map(\.name) }
        request.target = target
        let rows = KeyedCopyRows(all, context: context)
        let outcome = try reader.read(request, into: rows)
        let change = try store.put(rows.take(), into: table.name, onConflict: KeyConflict(options.conflict))
        var answer = effect("copied", change.insertedCount + change.replacedCount)
        answer.notes = Self.notes(outcome)
        if change.replacedCount > 0 { answer.notes.append("\(change.replacedCount) rows were replaced") }
        if change.ignoredCount > 0 {
            answer.notes.append("\(change.ignoredCount) rows were left out: the table has their keys")
        }
        return answer
    }

    private static func notes(_ outcome: CopyOutcome) -> [String] {
        guard outcome.rejectedCount > 0 else { return [] }
        let place = outcome.rejectsPath.map { "; they are in \($0)" } ?? ""
        return ["\(outcome.rejectedCount) rows were refused\(place)"]
    }
}

extension KeyConflict {
    init(_ conflict: InsertStatement.Conflict) {
        self =
            switch conflict {
            case .fail: .fail
            case .ignore: .ignore
            case .replace: .replace
            }
    }
}
