import EventBase
import EventColumns

/// Groups by keys that are small numbers already — codes of dictionaries, dates near each other — with one look into a grid that has
/// a cell for each combination. Other keys, and combinations that are met for the first time, are left to a `KeyEncoder`.
///
/// - Complexity: a multiplication for each key and one look a row; no hashing.
struct DenseKeys {
    /// A grid that fits a core's second-level cache.
    private static let cellCountMax = 1 << 16
    /// Row groups have dictionaries of their own; a worker meets few at a time.
    private static let gridCountMax = 4
    /// So many grids made in vain show that dictionaries do not come again.
    private static let gridsMadeMax = 256

    private var grids: [KeyGrid] = []
    private var gridsMade = 0
    private var isGivenUp: Bool
    /// Counts by key that grids had when they made room for others.
    private var leftOver: [(keys: [Vector], counts: [Int64])] = []

    init(hashesCollide: Bool = false) { isGivenUp = hashesCollide }

    var sizeBytes: Int { grids.reduce(0) { $0 + $1.sizeBytes } + leftOver.reduce(0) { $0 + $1.counts.count * 16 } }

    /// Numbers of all rows as `encoder` gives them, new ones given as needed.
    mutating func encode(_ keys: [Vector], count: Int, _ encoder: inout KeyEncoder) -> [UInt32] {
        guard let grid = grid(for: keys), let cells = grids[grid].cells(keys, count: count) else {
            return encoder.encode(keys, count: count)
        }
        var numbers = [UInt32](repeating: 0, count: count)
        let unknown = grids[grid].look(cells, into: &numbers)
        if !unknown.isEmpty {
            let found = encoder.encode(keys.map { $0.gather(unknown) }, count: unknown.count)
            grids[grid].note(found, of: unknown, cells, into: &numbers)
        }
        return numbers
    }

    /// Counts rows by their keys, to be asked for with `takeCounts`; false where these keys cannot be counted so.
    mutating func addCounts(_ keys: [Vector], count: Int) -> Bool {
        guard let grid = grid(for: keys), let cells = grids[grid].cells(keys, count: count) else { return false }
        grids[grid].add(cells)
        return true
    }

    /// The keys that were counted, each combination once a grid, with their rows; and forgets them.
    mutating func takeCounts() -> [(keys: [Vector], counts: [Int64])] {
        var all = leftOver
        leftOver = []
        for index in grids.indices {
            let found = grids[index].takeCounts()
            if !found.counts.isEmpty { all.append(found) }
        }
        return all
    }

    /// The place of a grid into which the keys' dictionaries and dates fit; nil where none can be.
    private mutating func grid(for keys: [Vector]) -> Int? {
        if isGivenUp || keys[0].count == 0 { return nil }
        if let known = grids.firstIndex(where: { $0.fits(keys) }) { return known }
        gridsMade += 1
        guard gridsMade <= Self.gridsMadeMax, let grid = KeyGrid(keys, cellCountMax: Self.cellCountMax) else {
            isGivenUp = true
            return nil
        }
        if grids.count == Self.gridCountMax {
            let counted = grids[0].takeCounts()
            if !counted.counts.isEmpty { leftOver.append(counted) }
            grids.removeFirst()
        }
        grids.append(grid)
        return grids.count - 1
    }
}
