import EventBase
import EventColumns

/// Several pools seen as one: codes of each are shifted by the counts of those before it.
struct PoolUnion {
    private var pools: [any StringPool] = []
    private var bases: [UInt32] = []
    private var baseByPool: [ObjectIdentifier: UInt32] = [:]
    private var total: UInt32 = 0

    /// What to add to the pool's own codes.
    mutating func add(_ pool: any StringPool) -> UInt32 {
        if let base = baseByPool[ObjectIdentifier(pool)] { return base }
        let base = total
        pools.append(pool)
        bases.append(base)
        baseByPool[ObjectIdentifier(pool)] = base
        total += UInt32(pool.count)
        return base
    }

    func makePool() -> any StringPool {
        if pools.count == 1 { return pools[0] }
        return UnionPool(pools: pools, bases: bases, count: Int(total))
    }
}

/// The pool that `PoolUnion` makes.
///
/// UNSAFE: benefit: strings of several dictionaries travel together without copying their bytes. Soundness: `pools` is a
/// `let`, so each pool and its bytes live as long as `self`.
/// - Complexity: `bytes(at:)` is O(log of the number of pools).
final class UnionPool: StringPool {
    private let pools: [any StringPool]
    private let bases: [UInt32]
    let count: Int
    let ownSizeBytes: Int
    var isDistinct: Bool { false }
    var isSorted: Bool { false }

    init(pools: [any StringPool], bases: [UInt32], count: Int) {
        self.pools = pools
        self.bases = bases
        self.count = count
        ownSizeBytes = pools.reduce(0) { $0 + $1.ownSizeBytes }
    }

    @_lifetime(borrow self)
    func bytes(at code: UInt32) -> RawSpan {
        var low = 0
        var high = bases.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if bases[middle] <= code { low = middle } else { high = middle }
        }
        let pool = pools[low]
        return unsafe _overrideLifetime(pool.bytes(at: code - bases[low]), borrowing: self)
    }
}
