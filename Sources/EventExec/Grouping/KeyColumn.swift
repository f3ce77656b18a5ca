import EventBase
import EventColumns

/// Numbers the distinct values of one key column, NULL among them, in order of first sight.
///
/// Equal values get equal numbers whatever dictionary they come from; -0 equals 0 and NaN equals NaN.
struct KeyColumn {
    let type: ScalarType
    private var integers: IntegerTable
    private var strings: StringInterner
    private var intervals: [Interval: UInt32] = [:]
    private var intervalValues: [Interval] = []
    /// Number by value code (+1), where there is a NULL or numbers are shared with it.
    private var nullNumber: UInt32?
    /// The value's own number by number; `.max` stands for NULL.
    private(set) var valueByNumber: [UInt32] = []
    private var numberByValue: [UInt32] = []
    private var memos: [ObjectIdentifier: CodeMemo] = [:]
    /// As long as all strings came from one pool without equal strings: the pool, and its code by value. They are interned
    /// when a second pool comes.
    private var only: (pool: any StringPool, codes: [UInt32])?
    private let internsAtOnce: Bool

    /// Numbers (+1) by code of one pool; 0 = not yet asked.
    private struct CodeMemo {
        let pool: any StringPool
        var numbers: [UInt32]
    }

    init(type: ScalarType, hashesCollide: Bool = false) {
        self.type = type
        internsAtOnce = hashesCollide
        integers = IntegerTable(hashesCollide: hashesCollide)
        strings = StringInterner(hashesCollide: hashesCollide)
    }

    /// How many numbers have been given.
    var count: Int { valueByNumber.count }

    var sizeBytes: Int {
        integers.sizeBytes + strings.sizeBytes + valueByNumber.count * 8 + (only?.codes.count ?? 0) * 4
    }

    /// Numbers of all rows, giving new ones as needed.
    mutating func encode(_ vector: Vector, count rows: Int) -> [UInt32] {
        var numbers = [UInt32](repeating: 0, count: rows)
        switch vector.values {
        case .int64(let values):
            encodeIntegers(mapValues(values) { UInt64(bitPattern: $0) }, vector.validity, into: &numbers)
        case .double(let values):
            encodeIntegers(mapValues(values) { canonical($0) }, vector.validity, into: &numbers)
        case .bool(let values): encodeIntegers(mapValues(values) { $0 ? 1 : 0 }, vector.validity, into: &numbers)
        case .string(let codes, let pool): encodeStrings(codes, pool, vector.validity, into: &numbers)
        case .interval(let values):
            for row in values.indices {
                numbers[row] = vector.isNull(at: row) ? null() : number(ofInterval: values[row])
            }
        }
        return numbers
    }

    @inline(__always)
    private func canonical(_ value: Double) -> UInt64 {
        if value == 0 { return 0 }
        return value.isNaN ? Double.nan.bitPattern : value.bitPattern
    }

    private mutating func null() -> UInt32 {
        if let nullNumber { return nullNumber }
        let number = UInt32(valueByNumber.count)
        valueByNumber.append(.max)
        nullNumber = number
        return number
    }

    @inline(__always)
    private mutating func number(ofValue value: UInt32) -> UInt32 {
        if Int(value) < numberByValue.count { return numberByValue[Int(value)] }
        let number = UInt32(valueByNumber.count)
        valueByNumber.append(value)
        numberByValue.append(number)
        return number
    }

    private mutating func number(ofInterval value: Interval) -> UInt32 {
        let months = Int64(value.months), days = Int64(value.days)
        // PostgreSQL: a month is 30 days, a day 24 hours, for equality too.
        let total = (months * 30 + days) &* CalendarMath.microsPerDay &+ value.micros
        let key = Interval(months: 0, days: 0, micros: total)
        if let known = intervals[key] { return number(ofValue: known) }
        let code = UInt32(intervalValues.count)
        intervals[key] = code
        intervalValues.append(value)
        return number(ofValue: code)
    }

    private mutating func encodeIntegers(_ values: [UInt64], _ validity: [Bool]?, into numbers: inout [UInt32]) {
        guard let validity else {
            integers.insert(all: values, into: &numbers)
            return renumber(&numbers)
        }
        let rows = values.indices.filter { validity[$0] }
        var present = [UInt32](repeating: 0, count: rows.count)
        integers.insert(all: rows.map { values[$0] }, into: &present)
        renumber(&present)
        if rows.count < values.count {
            let none = null()
            for row in numbers.indices { numbers[row] = none }
        }
        for (index, row) in rows.enumerated() { numbers[row] = present[index] }
    }

    /// Puts in the place of integers' own numbers those that are shared with NULL.
    private mutating func renumber(_ numbers: inout [UInt32]) {
        for value in numberByValue.count..<max(numberByValue.count, integers.count) {
            _ = number(ofValue: UInt32(truncatingIfNeeded: value))
        }
        if nullNumber != nil { translate(&numbers, numberByValue.span) }
    }

    private mutating func encodeStrings(
        _ codes: [UInt32], _ pool: any StringPool, _ validity: [Bool]?, into numbers: inout [UInt32]
    ) {
        let key = ObjectIdentifier(pool)
        var memo =
            memos.removeValue(forKey: key) ?? CodeMemo(pool: pool, numbers: [UInt32](repeating: 0, count: pool.count))
        // A pool as large as its batch was made by an expression and will not come again.
        defer { if pool.count < codes.count || pool.isDistinct { memos[key] = memo } }
        let unknown = validity == nil ? Self.look(codes.span, memo.numbers.span, &numbers) : Array(codes.indices)
        if unknown.isEmpty { return }
        choosePool(pool)
        for row in unknown {
            if let validity, !validity[row] {
                numbers[row] = null()
                continue
            }
            let code = Int(codes[row])
            var number = memo.numbers[code]
            if number == 0 {
                number = self.number(ofValue: value(ofString: codes[row], pool)) + 1
                memo.numbers[code] = number
            }
            numbers[row] = number &- 1
        }
    }

    /// The numbers of codes of which `known` has the number + 1; answers the rows of those of which it has 0.
    static func look(_ codes: Span<UInt32>, _ known: Span<UInt32>, _ numbers: inout [UInt32]) -> [Int] {
        var target = numbers.mutableSpan
        var unknown = 0
        for row in codes.indices {
            let number = known[Int(codes[row])]
            target[row] = number &- 1
            unknown &+= number == 0 ? 1 : 0
        }
        var rows: [Int] = []
        if unknown > 0 { for row in codes.indices where target[row] == .max { rows.append(row) } }
        return rows
    }

    /// Decides whether codes of `pool` can stand for themselves; interns what another pool's codes stood for.
    private mutating func choosePool(_ pool: any StringPool) {
        if let (known, _) = only {
            if known !== pool { prepareSearch() }
        } else if strings.count == 0, pool.isDistinct, !internsAtOnce {
            only = (pool, [])
        }
    }

    /// Makes what was seen so far findable.
    mutating func prepareSearch() {
        guard let (pool, codes) = only else { return }
        only = nil
        for code in codes { _ = strings.intern(pool.bytes(at: code)) }
    }

    private mutating func value(ofString code: UInt32, _ pool: any StringPool) -> UInt32 {
        guard let count = only?.codes.count else { return strings.intern(pool.bytes(at: code)) }
        only?.codes.append(code)
        return UInt32(count)
    }

    /// The number of each row, `.max` where never seen, and where NULL unless NULLs match each other.
    /// - Precondition: `prepareSearch` since the last `encode`.
    func find(_ vector: Vector, count rows: Int, nullsMatch: Bool = false) -> [UInt32] {
        precondition(only == nil, "BUG: keys are searched that cannot be found yet")
        var numbers = valueNumbers(vector)
        precondition(numbers.count == rows, "BUG: a vector of another length than its batch")
        for row in numbers.indices where numbers[row] != .max { numbers[row] = numberByValue[Int(numbers[row])] }
        if let validity = vector.validity {
            let none = nullsMatch ? nullNumber ?? .max : .max
            for row in validity.indices where !validity[row] { numbers[row] = none }
        }
        return numbers
    }

    /// The own number of each row's value, `.max` where never seen; anything where the row is NULL.
    private func valueNumbers(_ vector: Vector) -> [UInt32] {
        switch vector.values {
        case .int64(let values): integers.find(all: mapValues(values) { UInt64(bitPattern: $0) })
        case .double(let values): integers.find(all: mapValues(values) { canonical($0) })
        case .bool(let values): integers.find(all: mapValues(values) { $0 ? 1 : 0 })
        case .string(let codes, let pool):
            codes.indices.map { vector.isNull(at: $0) ? .max : strings.find(pool.bytes(at: codes[$0])) ?? .max }
        case .interval(let values):
            values.map { value in
                let total = (Int64(value.months) * 30 + Int64(value.days)) &* CalendarMath.microsPerDay &+ value.micros
                return intervals[Interval(months: 0, days: 0, micros: total)] ?? .max
            }
        }
    }

    /// The values that numbers stand for.
    func vector(of numbers: [UInt32]) -> Vector {
        let values = numbers.map { valueByNumber[Int($0)] }
        let validity = nullNumber == nil ? nil : compacted(values.map { $0 != .max })
        func plain<T>(_ none: T, _ body: (Int) -> T) -> [T] { values.map { $0 == .max ? none : body(Int($0)) } }
        let stored: Vector.Values
        switch type {
        case .int64, .timestamp, .date: stored = .int64(plain(0) { Int64(bitPattern: integers.keys[$0]) })
        case .double: stored = .double(plain(0) { Double(bitPattern: integers.keys[$0]) })
        case .bool, .null: stored = .bool(plain(false) { integers.keys[$0] == 1 })
        case .string, .json:
            if let (pool, codes) = only {
                stored = .string(codes: values.map { $0 == .max ? 0 : codes[Int($0)] }, pool: pool)
            } else {
                stored = .string(codes: values.map { $0 == .max ? 0 : $0 }, pool: strings.makePool())
            }
        case .interval: stored = .interval(plain(Interval()) { intervalValues[$0] })
        }
        return Vector(type: type, values: stored, validity: validity)
    }
}

/// Puts `table[number]` in the place of each number.
private func translate(_ numbers: inout [UInt32], _ table: Span<UInt32>) {
    var target = numbers.mutableSpan
    for index in target.indices { target[index] = table[Int(target[index])] }
}
