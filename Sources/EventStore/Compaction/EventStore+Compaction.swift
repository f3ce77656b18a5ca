internal import Dispatch
package import EventBase
internal import EventColumns
internal import EventFormat
internal import EventIO
internal import Synchronization

/// What a compaction did.
package struct CompactionSummary: Sendable, Equatable {
    package var mergeCount = 0
    package var segmentsRead = 0
    package var segmentsWritten = 0
    package var bytesRead = 0
    /// Bytes written; divided by bytes read it is the write amplification of this run.
    package var bytesWritten = 0

    package init() {}
}

extension EventStore {
    /// Flushes, then merges the segments of every month as far as they fit one, leaving hidden rows behind.
    ///
    /// Readers never wait for it; a crash leaves everything as it was before one of its commits.
    /// - Parameters:
    ///   - context: stops it between two columns; what was merged by then stays merged.
    ///   - progress: called before each merge with the bytes read so far.
    /// - Errors: `.io`, `.corruption` when a segment cannot be read (it is then left as it is), `.cancelled`.
    package func compact(
        context: QueryContext? = nil, progress: (_ bytesRead: Int) -> Void = { _ in }
    ) throws(EventSQLError) -> CompactionSummary {
        try flush()
        _ = try dropExpiredSegments()
        return try compact(CompactionPicker(isFull: true), context: context, progress: progress)
    }

    /// Merges what is worth merging now; called in the background after flushes.
    func compactInBackground() {
        guard options.compactsInBackground else { return }
        DispatchQueue.global(qos: .utility).async { [weak self] in
            // An error here loses nothing: the segments stay, and `compact()` tells.
            _ = try? self?.compact(CompactionPicker())
        }
    }

    func compact(
        _ picker: CompactionPicker, context: QueryContext? = nil, progress: (Int) -> Void = { _ in }
    ) throws(EventSQLError) -> CompactionSummary {
        try compactionGate.withLock { (_) throws(EventSQLError) in
            var summary = CompactionSummary()
            while let (table, records) = pickMerge(picker) {
                progress(summary.bytesRead)
                try context?.check()
                try merge(records, table: table, context, &summary)
            }
            return summary
        }
    }

    private func pickMerge(_ picker: CompactionPicker) -> (table: String, records: [SegmentRecord])? {
        let usable = state.withLock { state in state.manifest.segments.filter { state.readable($0) != nil } }
        let groups = Dictionary(grouping: usable) {
            "\($0.table)\u{0}\(DatabaseLayout.monthName(ofDay: CalendarMath.day(ofMicros: $0.timeRange.lowerBound)))"
        }
        for key in groups.keys.sorted() {
            if let worn = state.withLock({ $0.mostlyDead(groups[key]!) }) { return (worn.table, [worn]) }
            if let picked = picker.pick(groups[key]!) { return (picked[0].table, picked) }
        }
        return nil
    }

    private func merge(
        _ records: [SegmentRecord], table: String, _ context: QueryContext?, _ summary: inout CompactionSummary
    ) throws(EventSQLError) {
        let keyed = state.withLock { $0.manifest.keyedTables.first { $0.storageName == table } }
        let written =
            if let keyed { try mergeKeyed(records, keyed) } else { try mergeEvents(records, table: table, context) }
        summary.mergeCount += 1
        summary.segmentsRead += records.count
        summary.segmentsWritten += written.count
        summary.bytesRead += records.reduce(0) { $0 + $1.sizeBytes }
        summary.bytesWritten += written.reduce(0) { $0 + $1.sizeBytes }
    }

    private func mergeEvents(
        _ records: [SegmentRecord], table: String, _ context: QueryContext?
    ) throws(EventSQLError) -> [SegmentRecord] {
        let inputs = state.withLock { state in
            records.compactMap { record in
                state.readable(record).map { SegmentMerge.Input(reader: $0.reader, hiddenRows: $0.hiddenRows) }
            }
        }
        let merge = SegmentMerge { () throws(EventSQLError) in
            try self.checkWritable()
            try context?.check()
        }
        let drafts = try merge.run(inputs)
        var write = beginRewrite(of: records)
        defer { end(write) }
        let written = try writeMerged(drafts, table: table, in: &write, isLast: true)
        do throws(EventSQLError) {
            try commit { (manifest, _) throws(EventSQLError) in
                try Self.replace(records, with: written, in: &manifest)
            }
        } catch {
            discard(written)
            throw error
        }
        return written
    }

    /// Puts `written` where the first of `records` stood.
    /// - Errors: `.conflict` when one of them has changed meanwhile; rows hidden since would come back.
    private static func replace(
        _ records: [SegmentRecord], with written: [SegmentRecord], in manifest: inout ManifestRecord
    ) throws(EventSQLError) {
        guard records.allSatisfy({ manifest.segments.contains($0) }),
            let place = manifest.segments.firstIndex(where: { $0 == records[0] })
        else {
            throw EventSQLError(
                .conflict, "rows were deleted while their segments were compacted", hint: "compact again")
        }
        manifest.segments.insert(contentsOf: written, at: place)
        manifest.segments.removeAll { records.contains($0) }
    }
}
