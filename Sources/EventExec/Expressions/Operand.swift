import EventBase
import EventColumns

/// An evaluated expression: one value per row, or one value for all rows.
struct Operand {
    /// One row when `isConstant`.
    var vector: Vector
    var isConstant = false

    init(_ vector: Vector) { self.vector = vector }

    init(constant value: Value, type: ScalarType) {
        vector = Vector.repeating(value, type: type, count: 1)
        vector.type = type
        isConstant = true
    }

    init(_ vector: Vector, isConstant: Bool) {
        self.vector = vector
        self.isConstant = isConstant
    }

    /// The constant is NULL.
    var isConstantNull: Bool { isConstant && vector.isNull(at: 0) }

    /// One value per row, for operators that want plain columns.
    func expanded(count: Int) -> Vector {
        if !isConstant { return vector }
        return vector.gather([Int](repeating: 0, count: count))
    }

    var bools: [Bool] {
        if case .bool(let values) = vector.values { return values }
        return [Bool](repeating: false, count: vector.count)
    }

    var int64s: [Int64] {
        if case .int64(let values) = vector.values { return values }
        return [Int64](repeating: 0, count: vector.count)
    }

    var doubles: [Double] {
        if case .double(let values) = vector.values { return values }
        return [Double](repeating: 0, count: vector.count)
    }

    var intervals: [Interval] {
        if case .interval(let values) = vector.values { return values }
        return [Interval](repeating: Interval(), count: vector.count)
    }

    var strings: StringColumn {
        if case .string(let codes, let pool) = vector.values {
            return StringColumn(codes: codes, pool: pool, isConstant: isConstant)
        }
        return StringColumn(
            codes: [UInt32](repeating: 0, count: vector.count), pool: HeapStringPool([""]), isConstant: isConstant)
    }

    func isNull(at row: Int) -> Bool { vector.isNull(at: isConstant ? 0 : row) }
}

/// The strings of an operand, row by row. Rows that are NULL must not be asked for.
struct StringColumn {
    let codes: [UInt32]
    let pool: any StringPool
    let isConstant: Bool

    @_lifetime(borrow self)
    func bytes(at row: Int) -> RawSpan { pool.bytes(at: codes[isConstant ? 0 : row]) }

    /// A copy of one string's bytes.
    func array(at row: Int) -> [UInt8] {
        var result: [UInt8] = []
        result.append(bytes: bytes(at: row))
        return result
    }

    func text(at row: Int) -> String { pool.string(at: codes[isConstant ? 0 : row]) }
}

/// Collects new strings, one per row, and makes a vector of them.
struct StringBuilder {
    private var heap: [UInt8] = []
    private var offsets: [UInt32] = [0]
    private var isTooLarge = false

    init(count: Int) { offsets.reserveCapacity(count + 1) }

    mutating func append(_ bytes: RawSpan) {
        heap.append(bytes: bytes)
        close()
    }

    mutating func append(_ bytes: some Sequence<UInt8>) {
        heap.append(contentsOf: bytes)
        close()
    }

    mutating func append(_ text: String) { append(text.utf8) }

    /// A row without a value.
    mutating func appendNothing() { offsets.append(UInt32(truncatingIfNeeded: heap.count)) }

    private mutating func close() {
        if heap.count > Int(UInt32.max) / 2 {
            isTooLarge = true
            heap.removeAll()
        }
        offsets.append(UInt32(truncatingIfNeeded: heap.count))
    }

    func vector(type: ScalarType = .string, validity: [Bool]?) throws(EventSQLError) -> Vector {
        if isTooLarge { throw EventSQLError(.limit, "the strings of one batch exceed 2 GiB") }
        let pool = HeapStringPool(heap: heap, offsets: offsets, isDistinct: false, isSorted: false)
        let codes = [UInt32](indexes: offsets.count - 1)
        return Vector(type: type, values: .string(codes: codes, pool: pool), validity: validity)
    }
}

extension Array where Element == UInt32 {
    /// 0, 1, 2, ... `count - 1`.
    init(indexes count: Int) { self = Array(0..<UInt32(count)) }
}
