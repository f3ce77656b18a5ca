import EventBase
import EventColumns

/// Vectors of one value each, put together from time to time, since each takes a block of memory.
struct SingleValues {
    let type: ScalarType
    private var whole: [Vector] = []
    private var single: [Vector] = []

    init(type: ScalarType) { self.type = type }

    mutating func append(_ vector: Vector) throws(EventSQLError) {
        single.append(vector)
        if single.count == Limits.granuleRowCount { try settle() }
    }

    mutating func pieces() throws(EventSQLError) -> [Vector] {
        try settle()
        return whole
    }

    private mutating func settle() throws(EventSQLError) {
        if single.isEmpty { return }
        whole.append(try VectorAssembly.concatenate(single, type: type))
        single.removeAll(keepingCapacity: true)
    }
}
