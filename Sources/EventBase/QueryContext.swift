import Synchronization

/// What tests turn so that rare paths are walked; whoever runs statements for people leaves the defaults.
package struct ExecutionTuning: Sendable {
    /// Rows of a batch between operators, at most.
    package var batchRowCountMax = Limits.granuleRowCount
    /// All keys of a hash table fall on one slot.
    package var hashesCollide = false
    /// Bytes from which an operator's worker puts rows on disk; nil: its share of the memory limit.
    package var spillSizeBytes: Int?

    package init() {}
}

/// What one running statement must obey: cancellation, a deadline, a memory budget. Shared by all its workers.
///
/// - Threads: every member may be called from any thread.
package final class QueryContext: Sendable {
    private let cancelled = Atomic<Bool>(false)
    private let reserved = Atomic<Int>(0)
    private let peak = Atomic<Int>(0)
    package let deadline: ContinuousClock.Instant?
    package let timeoutMilliseconds: Int?
    package let memoryLimitBytes: Int
    /// Worker threads a statement may use, at least 1.
    package let threadCount: Int
    package let tuning: ExecutionTuning
    /// Where operators may put rows that memory does not hold; nil: nowhere.
    package let spillFolder: String?
    private let spilled = Atomic<Int>(0)
    /// The statement that this is an operator's share of; nil for the statement itself.
    private let statement: QueryContext?
    private let readings = Mutex<[ReadCounters]>([])

    package init(
        memoryLimitBytes: Int = .max, timeoutMilliseconds: Int? = nil, threadCount: Int = 1,
        tuning: ExecutionTuning = ExecutionTuning(), spillFolder: String? = nil
    ) {
        statement = nil
        self.spillFolder = spillFolder
        self.tuning = tuning
        self.memoryLimitBytes = memoryLimitBytes
        self.timeoutMilliseconds = timeoutMilliseconds
        self.threadCount = max(1, threadCount)
        deadline = timeoutMilliseconds.map { ContinuousClock.now + .milliseconds($0) }
    }

    /// One operator's share: the same bounds, what it takes counted on its own and with the statement.
    package init(operatorOf statement: QueryContext) {
        self.statement = statement
        spillFolder = statement.spillFolder
        tuning = statement.tuning
        memoryLimitBytes = statement.memoryLimitBytes
        timeoutMilliseconds = statement.timeoutMilliseconds
        threadCount = statement.threadCount
        deadline = statement.deadline
    }

    /// Asks all workers to stop at their next check.
    package func cancel() { cancelled.store(true, ordering: .relaxed) }

    /// Throws when the statement should stop. Operators call it once a batch or granule.
    package func check() throws(EventSQLError) {
        if let statement { return try statement.check() }
        if cancelled.load(ordering: .relaxed) { throw EventSQLError(.cancelled, "the statement was cancelled") }
        if let deadline, let timeoutMilliseconds, ContinuousClock.now > deadline {
            throw EventSQLError(
                .limit, "the statement ran longer than its limit of \(timeoutMilliseconds) ms",
                hint: "raise statement_timeout, or narrow the time range")
        }
    }

    /// Grants `bytes` of the statement's memory budget or refuses with what was needed and what to change.
    package func reserve(bytes: Int, for purpose: String) throws(EventSQLError) {
        try statement?.reserve(bytes: bytes, for: purpose)
        let (_, now) = reserved.add(bytes, ordering: .relaxed)
        if statement == nil, now > memoryLimitBytes {
            _ = reserved.subtract(bytes, ordering: .relaxed)
            throw EventSQLError(
                .limit, "\(purpose) needs \(now) bytes where memory_limit allows \(memoryLimitBytes)",
                hint: "raise memory_limit (SET memory_limit = '2GiB'), or narrow the statement")
        }
        _ = peak.max(now, ordering: .relaxed)
    }

    /// Bytes that one of an operator's workers may hold before it puts rows on disk: together a quarter of the limit, since
    /// a statement has several operators. nil where nothing is put on disk.
    package func spillSizeBytes(workerCount: Int) -> Int? {
        if spillFolder == nil { return nil }
        return tuning.spillSizeBytes ?? memoryLimitBytes / 4 / max(1, workerCount)
    }

    package func noteSpilled(bytes: Int) {
        spilled.add(bytes, ordering: .relaxed)
        statement?.noteSpilled(bytes: bytes)
    }

    /// Bytes put on disk so far.
    package var spilledBytes: Int { spilled.load(ordering: .relaxed) }

    package func release(bytes: Int) {
        reserved.subtract(bytes, ordering: .relaxed)
        statement?.release(bytes: bytes)
    }

    /// Counters of one more reader of stored columns, which count for the statement.
    package func makeReadCounters() -> ReadCounters {
        if let statement { return statement.makeReadCounters() }
        let counters = ReadCounters()
        readings.withLock { $0.append(counters) }
        return counters
    }

    /// What all readers of the statement have decoded so far.
    package var readTotals: ReadTotals {
        if let statement { return statement.readTotals }
        return readings.withLock { $0 }.reduce(ReadTotals()) { $0 + $1.totals }
    }

    package var peakReservedBytes: Int { peak.load(ordering: .relaxed) }
}
