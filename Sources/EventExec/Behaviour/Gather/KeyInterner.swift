import EventBase
import EventColumns
import Synchronization

/// Numbers the distinct values that rows carry, from 0, for all workers of a statement.
///
/// - Threads: one lock per batch, never per row.
final class KeyInterner: Sendable {
    private struct State {
        var values: [Value] = []
        var ids: [Value: UInt32] = [:]
        /// The last dictionaries seen with the ids of their codes: most batches of a column share one.
        var pools: [(pool: any StringPool, ids: [UInt32])] = []
    }

    private static let poolCountMax = 16
    private let state = Mutex(State())

    /// The values by number.
    var values: [Value] { state.withLock(\.values) }

    /// The number of each value of `vector`; `RowKey.none` for NULL.
    func ids(of vector: Vector) -> [UInt32] {
        state.withLock { state in
            if case .string(let codes, let pool) = vector.values, pool.isDistinct, vector.type == .string {
                return Self.ids(codes, pool, vector, &state)
            }
            return (0..<vector.count).map { row in
                vector.isNull(at: row) ? RowKey.none : Self.id(of: vector.value(at: row), &state)
            }
        }
    }

    /// The number of a tuple of numbers, kept as text so that one table serves.
    func id(ofTuple parts: [UInt32]) -> UInt32 {
        let text = parts.map(String.init).joined(separator: ",")
        return state.withLock { Self.id(of: .string(text), &$0) }
    }

    private static func id(of value: Value, _ state: inout State) -> UInt32 {
        if let known = state.ids[value] { return known }
        let id = UInt32(state.values.count)
        state.values.append(value)
        state.ids[value] = id
        return id
    }

    private static func ids(
        _ codes: [UInt32], _ pool: any StringPool, _ vector: Vector, _ state: inout State
    ) -> [UInt32] {
        var index = state.pools.firstIndex { $0.pool === pool } ?? -1
        if index < 0 {
            if state.pools.count == poolCountMax { state.pools.removeFirst() }
            state.pools.append((pool, Array(repeating: RowKey.none, count: pool.count)))
            index = state.pools.count - 1
        }
        var known: [UInt32] = []
        swap(&known, &state.pools[index].ids)
        var result: [UInt32] = []
        result.reserveCapacity(codes.count)
        for row in codes.indices {
            if vector.isNull(at: row) {
                result.append(RowKey.none)
                continue
            }
            let code = Int(codes[row])
            if known[code] == RowKey.none { known[code] = id(of: .string(pool.string(at: codes[row])), &state) }
            result.append(known[code])
        }
        swap(&known, &state.pools[index].ids)
        return result
    }
}

/// Reads the keys that a gather's rows carry.
struct RowKeyReader: Sendable {
    private let request: GatherRequest
    let groups = KeyInterner()
    private let holds: [KeyInterner]
    private let tuples = KeyInterner()

    /// What the upper half of a key stands for where one value is held.
    var heldValues: [Value] { holds.count == 1 ? holds[0].values : [] }

    /// nil when the request asks for none.
    init?(_ request: GatherRequest) {
        if request.group == nil && request.hold.isEmpty { return nil }
        self.request = request
        holds = request.hold.map { _ in KeyInterner() }
    }

    /// Fills `pickedKeys`; drops picked rows that lack a held value.
    func read(
        _ rowGroup: any RowGroup, granule: Int, _ picked: inout PickedRows
    ) throws(EventSQLError) {
        let held = try readHold(rowGroup, granule: granule, &picked)
        let grouped = try readGroup(rowGroup, granule: granule, picked)
        picked.keys = picked.rows.indices.map { position in
            RowKey(group: grouped?[position] ?? RowKey.none, hold: held?[position] ?? RowKey.none).raw
        }
    }

    private func readGroup(
        _ rowGroup: any RowGroup, granule: Int, _ picked: PickedRows
    ) throws(EventSQLError) -> [UInt32]? {
        guard let group = request.group else { return nil }
        let bits = request.groupBits
        let positions = picked.rows.indices.filter { picked.masks[$0] & bits != 0 }
        if positions.isEmpty { return nil }
        let values = try group.values(positions.map { picked.rows[$0] }, granule: granule, of: rowGroup)
        var result = [UInt32](repeating: RowKey.none, count: picked.rows.count)
        for (position, id) in zip(positions, groups.ids(of: values)) { result[position] = id }
        return result
    }

    private func readHold(
        _ rowGroup: any RowGroup, granule: Int, _ picked: inout PickedRows
    ) throws(EventSQLError) -> [UInt32]? {
        if request.hold.isEmpty { return nil }
        var columns: [[UInt32]] = []
        for (reader, interner) in zip(request.hold, holds) {
            columns.append(interner.ids(of: try reader.values(picked.rows, granule: granule, of: rowGroup)))
        }
        var result: [UInt32] = []
        var position = 0
        picked.keep { _, _ in
            defer { position += 1 }
            let parts = columns.map { $0[position] }
            if parts.contains(RowKey.none) { return false }
            result.append(parts.count == 1 ? parts[0] : tuples.id(ofTuple: parts))
            return true
        }
        return result
    }
}
