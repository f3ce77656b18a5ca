internal import EventBase
internal import EventColumns
internal import EventFormat

/// User ids and their ordinals: immutable runs on disk, and the ids seen since in memory. Ordinal 0 is nobody.
struct UserDirectory: Sendable {
    /// Ascending by first ordinal, without gaps from 1.
    private(set) var runs: [UserRunReader]
    /// Ids that no run has yet; code + `pendingFirst` is the ordinal.
    private(set) var pending = StringInterner()
    private var cachedPool: UserPool?

    init(runs: [UserRunReader]) { self.runs = runs }

    var pendingFirst: UInt32 { runs.last.map { $0.first + UInt32($0.count) } ?? 1 }
    /// Distinct ids ever seen; ordinals are 1 ... count.
    var count: Int { Int(pendingFirst) - 1 + pending.count }

    /// The ordinal of an id, nil when never seen.
    func find(_ id: RawSpan) throws(EventSQLError) -> UInt32? {
        if let code = pending.find(id) { return pendingFirst + code }
        for run in runs.reversed() {
            if let ordinal = try run.ordinal(of: id) { return ordinal }
        }
        return nil
    }

    /// The ordinal of an id, given now when never seen.
    mutating func intern(_ id: RawSpan) throws(EventSQLError) -> UInt32 {
        if let ordinal = try find(id) { return ordinal }
        guard count < Limits.userCountMax else {
            throw EventSQLError(.limit, "the database already knows \(count) users, the most it can number")
        }
        return pendingFirst + pending.intern(id)
    }

    /// The ordinals of a buffer's rows; 0 where the row has no user.
    mutating func ordinals(of buffer: EventBuffer) throws(EventSQLError) -> [UInt32] {
        let byCode = try ordinals(of: buffer.users)
        return buffer.userCodes.map { $0 == EventBuffer.noCode ? 0 : byCode[Int($0)] }
    }

    private mutating func ordinals(of ids: StringInterner) throws(EventSQLError) -> [UInt32] {
        if runs.isEmpty, count + ids.count <= Limits.userCountMax {
            let first = pendingFirst
            return pending.intern(all: ids).map { first + $0 }
        }
        var ordinals: [UInt32] = []
        ordinals.reserveCapacity(ids.count)
        for code in 0..<UInt32(ids.count) { ordinals.append(try intern(ids.bytes(at: code))) }
        return ordinals
    }

    /// The directory as it is now, for a snapshot.
    mutating func pool() -> UserPool {
        if let cachedPool, cachedPool.count == count + 1 { return cachedPool }
        let pool = UserPool(runs: runs, pending: pending, pendingFirst: pendingFirst)
        cachedPool = pool
        return pool
    }

    /// Takes the runs of a new manifest, which hold the first `persistedCount` pending ids.
    mutating func replaceRuns(_ runs: [UserRunReader], persistedCount: Int) {
        var rest = StringInterner()
        for code in persistedCount..<pending.count { _ = rest.intern(pending.bytes(at: UInt32(code))) }
        self.runs = runs
        pending = rest
        cachedPool = nil
    }

    /// Forgets pending ids beyond the first `count`: those of an import that was given up.
    mutating func restorePending(_ earlier: StringInterner) {
        pending = earlier
        cachedPool = nil
    }
}

/// The user directory at one instant as a string pool: code = ordinal, code 0 empty.
final class UserPool: StringPool {
    private let runs: [UserRunReader]
    private let firsts: [UInt32]
    private let pending: StringInterner
    private let pendingPool: HeapStringPool
    private let pendingFirst: UInt32
    private let nobody = SharedBytes([])
    let isDistinct = true
    let isSorted = false

    init(runs: [UserRunReader], pending: StringInterner, pendingFirst: UInt32) {
        self.runs = runs
        firsts = runs.map(\.first)
        self.pending = pending
        pendingPool = pending.makePool()
        self.pendingFirst = pendingFirst
    }

    var count: Int { Int(pendingFirst) + pending.count }

    // UNSAFE: benefit: one pool over many runs without a copy. Soundness: the runs and the pending pool are `let`
    // members of this object, which the caller's view borrows.
    @_lifetime(borrow self)
    func bytes(at code: UInt32) -> RawSpan {
        if code == 0 { return nobody.unsafeExtract(0..<0, heldBy: self) }
        if code >= pendingFirst {
            let pool = pendingPool
            return unsafe _overrideLifetime(pool.bytes(at: code - pendingFirst), borrowing: self)
        }
        var index = firsts.count - 1
        while firsts[index] > code { index -= 1 }
        let run = runs[index]
        return unsafe _overrideLifetime(run.bytesOrEmpty(of: code), borrowing: self)
    }

    func ordinal(of id: RawSpan) throws(EventSQLError) -> UInt32? {
        if let code = pending.find(id) { return pendingFirst + code }
        for run in runs.reversed() {
            if let ordinal = try run.ordinal(of: id) { return ordinal }
        }
        return nil
    }
}
