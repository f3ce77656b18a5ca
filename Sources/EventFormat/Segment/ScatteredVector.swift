internal import EventBase
internal import EventColumns

/// A vector filled piece by piece: values of several parts land in their rows, the rest stays NULL.
struct ScatteredVector {
    private let type: ScalarType
    private var validity: [Bool]
    private var bools: [Bool] = []
    private var integers: [Int64] = []
    private var doubles: [Double] = []
    private var codes: [UInt32] = []
    private var pool: (any StringPool)?
    /// Strings of more than one pool, copied together.
    private var joined = StringInterner()

    init(type: ScalarType, count: Int) {
        self.type = type
        validity = [Bool](repeating: false, count: count)
        switch type {
        case .bool, .null: bools = validity
        case .int64, .timestamp, .date, .interval: integers = [Int64](repeating: 0, count: count)
        case .double: doubles = [Double](repeating: 0, count: count)
        case .string, .json: codes = [UInt32](repeating: 0, count: count)
        }
    }

    /// Places the values of `vector` (of this type) at `slots`.
    /// - Parameter sharesPool: this is the only piece, so its codes may stay as they are.
    mutating func scatter(_ vector: Vector, to slots: [Int], sharesPool: Bool) {
        precondition(vector.count == slots.count, "BUG: every value needs its slot")
        switch vector.values {
        case .bool(let values): for (index, slot) in slots.enumerated() { bools[slot] = values[index] }
        case .int64(let values): for (index, slot) in slots.enumerated() { integers[slot] = values[index] }
        case .double(let values): for (index, slot) in slots.enumerated() { doubles[slot] = values[index] }
        case .string(let values, let source):
            if sharesPool {
                pool = source
                for (index, slot) in slots.enumerated() { codes[slot] = values[index] }
            } else {
                for (index, slot) in slots.enumerated() { codes[slot] = joined.intern(source.bytes(at: values[index])) }
            }
        case .interval: preconditionFailure("BUG: no column stores intervals")
        }
        for (index, slot) in slots.enumerated() { validity[slot] = !vector.isNull(at: index) }
    }

    func makeVector() -> Vector {
        let mask = validity.contains(false) ? validity : nil
        let values: Vector.Values =
            switch type {
            case .bool, .null: .bool(bools)
            case .int64, .timestamp, .date, .interval: .int64(integers)
            case .double: .double(doubles)
            case .string, .json: .string(codes: codes, pool: pool ?? joined.makePool())
            }
        return Vector(type: type, values: values, validity: mask)
    }
}
