import EventBase
import EventColumns

/// The arguments of a scalar function for one batch.
struct KernelInput {
    let arguments: [Operand]
    let count: Int
    /// What the result must be.
    let type: ScalarType
    let position: SourcePosition?
    /// May end what takes long.
    var context: QueryContext?

    /// For functions that take long for one row: looks whether the statement should stop, at some rows.
    @inline(__always)
    func check(at row: Int) throws(EventSQLError) {
        if row & 127 == 0 { try context?.check() }
    }

    /// Rows where no argument is NULL; nil for all.
    var validity: [Bool]? {
        var result: [Bool]?
        for argument in arguments {
            if argument.isConstantNull { return [Bool](repeating: false, count: count) }
            if !argument.isConstant { result = bothPresent(result, argument.vector.validity) }
        }
        return result
    }

    func error(_ message: String) -> EventSQLError { EventSQLError(.invalidInput, message, position: position) }
}

/// One scalar function over a batch. It must give NULL where its rule says so.
typealias Kernel = @Sendable (KernelInput) throws(EventSQLError) -> Vector

/// Every kernel by the name that `FunctionTable` binds calls to.
enum KernelTable {
    static let kernels: [String: Kernel] = {
        var all: [String: Kernel] = [:]
        for family in [
            OperatorKernels.kernels, StringKernels.kernels, PatternKernels.kernels, MathKernels.kernels,
            TimeKernels.kernels, IntervalKernels.kernels, ConditionKernels.kernels, JSONKernels.kernels,
            RegexKernels.kernels, TimeZoneKernels.kernels, BitmapKernels.kernels, EncodingKernels.kernels,
            ListKernels.kernels, ListMathKernels.kernels, SeriesKernels.kernels, RandomKernels.kernels,
            TextKernels.kernels,
            IntegerKernels.kernels,
            TimeTextKernels.kernels,
        ] {
            all.merge(family) { first, _ in first }
        }
        return all
    }()
}

extension KernelInput {
    /// A function of doubles without NULL; errors are found afterwards by `isBad`.
    @inline(__always)
    func mapDoubles(_ body: (Double) -> Double) -> Vector {
        let a = arguments[0]
        return spread(Vector(type: .double, values: .double(mapValues(a.doubles, body)), validity: a.vector.validity))
    }

    /// One row for constant arguments, all rows otherwise.
    func spread(_ vector: Vector) -> Vector {
        vector.count == count ? vector : Operand(vector, isConstant: true).expanded(count: count)
    }

    /// Calls `body` for every row whose arguments are all present.
    @inline(__always)
    func forEachPresent(_ body: (Int) throws(EventSQLError) -> Void) throws(EventSQLError) -> [Bool]? {
        guard let validity else {
            for row in 0..<count { try body(row) }
            return nil
        }
        for row in 0..<count where validity[row] { try body(row) }
        return compacted(validity)
    }

    /// A string per row; `body` appends exactly one.
    @inline(__always)
    func buildStrings(_ body: (Int, inout StringBuilder) throws(EventSQLError) -> Void) throws(EventSQLError) -> Vector
    {
        let validity = self.validity
        var builder = StringBuilder(count: count)
        for row in 0..<count {
            try check(at: row)
            if let validity, !validity[row] { builder.appendNothing() } else { try body(row, &builder) }
        }
        return try builder.vector(type: type, validity: validity.flatMap(compacted))
    }

    /// A whole number per row.
    @inline(__always)
    func buildInt64s(_ body: (Int) throws(EventSQLError) -> Int64) throws(EventSQLError) -> Vector {
        var values = [Int64](repeating: 0, count: count)
        let validity = try forEachPresent { row throws(EventSQLError) in values[row] = try body(row) }
        return Vector(type: type, values: .int64(values), validity: validity)
    }

    @inline(__always)
    func buildBools(_ body: (Int) throws(EventSQLError) -> Bool) throws(EventSQLError) -> Vector {
        var values = [Bool](repeating: false, count: count)
        let validity = try forEachPresent { row throws(EventSQLError) in values[row] = try body(row) }
        return Vector(type: .bool, values: .bool(values), validity: validity)
    }

    @inline(__always)
    func buildDoubles(_ body: (Int) throws(EventSQLError) -> Double) throws(EventSQLError) -> Vector {
        var values = [Double](repeating: 0, count: count)
        let validity = try forEachPresent { row throws(EventSQLError) in values[row] = try body(row) }
        return Vector(type: .double, values: .double(values), validity: validity)
    }

    @inline(__always)
    func buildIntervals(_ body: (Int) throws(EventSQLError) -> Interval) throws(EventSQLError) -> Vector {
        var values = [Interval](repeating: Interval(), count: count)
        let validity = try forEachPresent { row throws(EventSQLError) in values[row] = try body(row) }
        return Vector(type: .interval, values: .interval(values), validity: validity)
    }

    func int64(_ argument: Int, _ row: Int) -> Int64 {
        let operand = arguments[argument]
        guard case .int64(let values) = operand.vector.values else { return 0 }
        return values[operand.isConstant ? 0 : row]
    }

    func double(_ argument: Int, _ row: Int) -> Double {
        let operand = arguments[argument]
        guard case .double(let values) = operand.vector.values else { return 0 }
        return values[operand.isConstant ? 0 : row]
    }

    func interval(_ argument: Int, _ row: Int) -> Interval {
        let operand = arguments[argument]
        guard case .interval(let values) = operand.vector.values else { return Interval() }
        return values[operand.isConstant ? 0 : row]
    }
}

/// Which functions can be computed; so that a test can hold the function table against it.
package enum FunctionKernels {
    /// now() and current_date become constants when a statement is bound.
    package static func exists(_ name: String) -> Bool {
        KernelTable.kernels[name] != nil || name == "now" || name == "current_date"
    }
}
