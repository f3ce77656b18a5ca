import EventBase
import EventColumns
import EventPlan
import Synchronization

/// What a scan passed over and what it read; for EXPLAIN ANALYZE.
final class ScanCounters: Sendable {
    let groupsTotal = Atomic<Int>(0)
    let groupsByTime = Atomic<Int>(0)
    let groupsByName = Atomic<Int>(0)
    let groupsByUser = Atomic<Int>(0)
    let granulesTotal = Atomic<Int>(0)
    let granulesByZone = Atomic<Int>(0)
    let granulesByRows = Atomic<Int>(0)
    let rowsRead = Atomic<Int>(0)
    let rowsKept = Atomic<Int>(0)
}

/// Rows of an event table that satisfy the scan's predicates, one batch per granule.
///
/// Row groups and granules that cannot hold such rows are never opened; of the others, predicate columns are decoded
/// first, and output columns only for rows that passed.
struct ScanSource: BatchSource {
    /// A run of granules of one row group.
    private struct Morsel: Sendable {
        let part: Int
        let granules: Range<Int>
    }

    /// A row group that may hold rows, with what its indexes say.
    struct Part: Sendable {
        let group: any RowGroup
        /// Rows outside are not wanted.
        let rows: Range<Int>
        /// Only these rows are wanted.
        let candidates: Bitmap?
        /// Predicates that every row that is left satisfies.
        let answered: Set<Int>
    }

    let node: ScanNode
    let bounds: ScanBounds
    let reader: ScanReader
    let environment: EvaluationEnvironment
    let counters: ScanCounters
    private let parts: [Part]
    private let morsels: [Morsel]
    private static let granulesPerMorsel = 8

    init(
        _ node: ScanNode, snapshot: any EventSnapshot, environment: EvaluationEnvironment, counters: ScanCounters
    ) throws(EventSQLError) {
        self.node = node
        self.environment = environment
        self.counters = counters
        bounds = ScanBounds(node)
        reader = ScanReader(layout: node.layout, snapshot: snapshot)
        var parts: [Part] = []
        for group in snapshot.rowGroups {
            counters.groupsTotal.add(1, ordering: .relaxed)
            if let part = try Self.part(group, bounds, snapshot, counters) { parts.append(part) }
        }
        self.parts = parts
        morsels = parts.enumerated().flatMap { index, part -> [Morsel] in
            let last = (part.rows.upperBound + Limits.granuleRowCount - 1) / Limits.granuleRowCount
            let first = part.rows.lowerBound / Limits.granuleRowCount
            return stride(from: first, to: last, by: Self.granulesPerMorsel).map {
                Morsel(part: index, granules: $0..<min(last, $0 + Self.granulesPerMorsel))
            }
        }
    }

    private static func part(
        _ group: any RowGroup, _ bounds: ScanBounds, _ snapshot: any EventSnapshot, _ counters: ScanCounters
    ) throws(EventSQLError) -> Part? {
        if bounds.isEmpty || !group.timeRange.overlaps(bounds.times) {
            counters.groupsByTime.add(1, ordering: .relaxed)
            return nil
        }
        var rows = 0..<group.rowCount
        if let users = bounds.users, snapshot.canonicalUsers == nil {
            let ordinals = users.compactMap { snapshot.ordinal(ofUser: $0) }.sorted()
            if let first = ordinals.first, let last = ordinals.last {
                rows = try group.rows(ofUsers: first...last)
            } else {
                rows = 0..<0
            }
            if rows.isEmpty {
                counters.groupsByUser.add(1, ordering: .relaxed)
                return nil
            }
        }
        let answered = bounds.answered(byTimesOf: group)
        guard let names = bounds.eventNames else {
            return Part(group: group, rows: rows, candidates: nil, answered: answered)
        }
        var bitmaps: [Bitmap] = []
        var isComplete = true
        var isAnyKnown = false
        for name in names {
            guard let code = group.eventNames.code(of: name) else { continue }
            isAnyKnown = true
            if let bitmap = try group.rows(ofEventCode: code) { bitmaps.append(bitmap) } else { isComplete = false }
        }
        if !isAnyKnown {
            counters.groupsByName.add(1, ordering: .relaxed)
            return nil
        }
        guard isComplete, bitmaps.reduce(0, { $0 + $1.count }) * 4 < rows.count * 3 else {
            return Part(group: group, rows: rows, candidates: nil, answered: answered)
        }
        let candidates = Bitmap.union(bitmaps)
        return Part(
            group: group, rows: rows, candidates: candidates, answered: answered.union(bounds.answeredByNames))
    }

    var morselCount: Int { morsels.count }

    func makeWorker() -> any BatchWorker {
        Worker(self)
    }

    private final class Worker: BatchWorker {
        private let source: ScanSource
        private let predicates: [ScanPredicate]
        private let timePath: String

        init(_ source: ScanSource) {
            self.source = source
            predicates = source.node.predicates.enumerated().map {
                ScanPredicate($0.element, index: $0.offset, source.environment)
            }
            .sorted { $0.cost < $1.cost }
            timePath = source.node.layout.index(role: .time).map { source.node.layout.columns[$0].path } ?? "timestamp"
        }

        func run(morsel: Int, _ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError) {
            let morsel = source.morsels[morsel]
            let part = source.parts[morsel.part]
            for granule in morsel.granules {
                source.counters.granulesTotal.add(1, ordering: .relaxed)
                guard source.bounds.mayHold(part.group, granule: granule, timePath: timePath) else {
                    source.counters.granulesByZone.add(1, ordering: .relaxed)
                    continue
                }
                guard let batch = try scan(granule, part) else { continue }
                if try !push(batch) { return }
            }
        }

        /// Rows of a granule that indexes leave; nil for all of it.
        private func candidates(_ granule: Int, _ part: Part) -> [UInt16]? {
            let start = granule * Limits.granuleRowCount
            let count = part.group.rowCount(ofGranule: granule)
            let wanted = part.rows.clamped(to: start..<(start + count))
            var rows: [UInt16]?
            if let candidates = part.candidates {
                rows = mapValues(candidates.values(in: UInt32(wanted.lowerBound)..<UInt32(wanted.upperBound))) {
                    UInt16(truncatingIfNeeded: Int($0) - start)
                }
            } else if wanted.count < count {
                rows = wanted.map { UInt16($0 - start) }
            }
            guard let hidden = part.group.hiddenRows else { return rows }
            let gone = Set(hidden.values(in: UInt32(start)..<UInt32(start + count)).map { UInt16(Int($0) - start) })
            if gone.isEmpty { return rows }
            return (rows ?? (0..<count).map { UInt16($0) }).filter { !gone.contains($0) }
        }

        private func scan(_ granule: Int, _ part: Part) throws(EventSQLError) -> Batch? {
            let picked = candidates(granule, part)
            let count = part.group.rowCount(ofGranule: granule)
            var rows = GranuleRows(count: picked?.count ?? count, rows: picked)
            if rows.count == 0 {
                source.counters.granulesByRows.add(1, ordering: .relaxed)
                return nil
            }
            source.counters.rowsRead.add(rows.count, ordering: .relaxed)
            var columns: [Int: Vector] = [:]
            for (place, predicate) in predicates.enumerated() where !part.answered.contains(predicate.index) {
                var inputs: [Vector] = []
                for column in predicate.columns { inputs.append(try read(column, granule, part.group, rows, &columns)) }
                let found = try predicate.evaluator.select(inputs, count: rows.count)
                if found.isEmpty { return nil }
                if found.count == rows.count { continue }
                rows = rows.narrowed(to: found)
                let needed = Set(predicates[(place + 1)...].flatMap(\.columns)).union(source.node.outputs)
                columns = columns.filter { needed.contains($0.key) }.mapValues { $0.gather(found) }
            }
            var outputs: [Vector] = []
            for column in source.node.outputs { outputs.append(try read(column, granule, part.group, rows, &columns)) }
            source.counters.rowsKept.add(rows.count, ordering: .relaxed)
            return Batch(columns: outputs, rowCount: rows.count)
        }

        private func read(
            _ column: Int, _ granule: Int, _ group: any RowGroup, _ rows: GranuleRows, _ known: inout [Int: Vector]
        ) throws(EventSQLError) -> Vector {
            if let vector = known[column] { return vector }
            let vector = try source.reader.read(column, granule: granule, of: group, rows: rows.selection)
            known[column] = vector
            return vector
        }
    }
}

/// Rows of a granule that are still in question.
private struct GranuleRows {
    let count: Int
    /// nil: all rows from 0.
    let rows: [UInt16]?

    var selection: RowSelection {
        guard let rows else { return .range(0..<count) }
        let (first, last) = (Int(rows[0]), Int(rows[rows.count - 1]))
        return last - first + 1 == rows.count ? .range(first..<(last + 1)) : .rows(rows)
    }

    func narrowed(to found: [Int]) -> GranuleRows {
        let picked =
            rows.map { rows in mapValues(found) { rows[$0] } } ?? mapValues(found) { UInt16(truncatingIfNeeded: $0) }
        return GranuleRows(count: picked.count, rows: picked)
    }
}

/// One AND-ed part of a scan's condition, its columns numbered by their place in `columns`.
private struct ScanPredicate {
    let index: Int
    let columns: [Int]
    let evaluator: ExpressionEvaluator
    /// Cheap ones first: comparisons of fixed-width values, then what dictionaries answer, then the rest.
    let cost: Int

    init(_ predicate: BoundExpression, index: Int, _ environment: EvaluationEnvironment) {
        self.index = index
        let columns = predicate.usedColumns
        self.columns = columns
        evaluator = ExpressionEvaluator(predicate.mapColumns { columns.firstIndex(of: $0)! }, environment: environment)
        switch predicate {
        case .compare(_, .column(_, let type, _), .constant): cost = type == .string ? 1 : 0
        case .inList, .inCohort, .isNull: cost = 2
        default: cost = 3 + columns.count
        }
    }
}
