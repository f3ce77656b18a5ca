import EventBase
import EventColumns

/// Vectors of one value each, put together from time to time, since each takes a block of memory.
struct SingleValues {
    let type: ScalarType
    private var whole: [Vector] = []
    private var single: [Vector] = []

    init(type: ScalarType) { self.type = type }

    mutating func append(_ vector: Vector) {
        single.append(vector)
        if single.count == Limits.granuleRowCount { settle() }
    }

    mutating func pieces() -> [Vector] {
        settle()
        return whole
    }

    private mutating func settle() {
        if single.isEmpty { return }
        whole.append(VectorAssembly.concatenate(single, type: type))
        single.removeAll(keepingCapacity: true)
    }
}
