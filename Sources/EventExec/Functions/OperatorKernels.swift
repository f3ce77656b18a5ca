import EventBase
import EventColumns

/// `+ - * / %`, signs and bits. Overflow of BIGINT and division by zero are errors at the operator's position.
enum OperatorKernels {
    static let kernels: [String: Kernel] = [
        "+": { input throws(EventSQLError) in try arithmetic(input, .add) },
        "-": { input throws(EventSQLError) in try arithmetic(input, .subtract) },
        "*": { input throws(EventSQLError) in try arithmetic(input, .multiply) },
        "/": { input throws(EventSQLError) in try division(input, isRemainder: false) },
        "%": { input throws(EventSQLError) in try division(input, isRemainder: true) },
        "div": { input throws(EventSQLError) in
            var result = try division(input, isRemainder: false)
            if case .double(let values) = result.values {
                result.values = .double(mapValues(values) { $0.rounded(.down) })
            }
            return result
        },
        "negate": { input throws(EventSQLError) in try negate(input) },
        "&": { input throws(EventSQLError) in try input.buildInt64s { row in input.int64(0, row) & input.int64(1, row) }
        },
        "|": { input throws(EventSQLError) in try input.buildInt64s { row in input.int64(0, row) | input.int64(1, row) }
        },
        "<<": { input throws(EventSQLError) in
            try input.buildInt64s { row in input.int64(0, row) << input.int64(1, row) }
        },
        ">>": { input throws(EventSQLError) in
            try input.buildInt64s { row in input.int64(0, row) >> input.int64(1, row) }
        },
        "bit_not": { input throws(EventSQLError) in try input.buildInt64s { row in ~input.int64(0, row) } },
    ]

    private enum Sign { case add, subtract, multiply }

    private static func arithmetic(_ input: KernelInput, _ sign: Sign) throws(EventSQLError) -> Vector {
        let (a, b) = (input.arguments[0], input.arguments[1])
        let validity = input.validity
        let (p, q) = (a.isConstant, b.isConstant)
        if input.type == .double {
            let (x, y) = (a.doubles, b.doubles)
            let values: [Double] =
                switch sign {
                case .add: mapPairs(x, y, aIsConstant: p, bIsConstant: q) { $0 + $1 }
                case .subtract: mapPairs(x, y, aIsConstant: p, bIsConstant: q) { $0 - $1 }
                case .multiply: mapPairs(x, y, aIsConstant: p, bIsConstant: q) { $0 * $1 }
                }
            return input.spread(Vector(type: .double, values: .double(values), validity: validity))
        }
        let (x, y) = (a.int64s, b.int64s)
        var overflowed = false
        let values: [Int64] =
            switch sign {
            case .add:
                mapPairs(x, y, aIsConstant: p, bIsConstant: q) {
                    let (value, over) = $0.addingReportingOverflow($1)
                    overflowed = overflowed || over
                    return value
                }
            case .subtract:
                mapPairs(x, y, aIsConstant: p, bIsConstant: q) {
                    let (value, over) = $0.subtractingReportingOverflow($1)
                    overflowed = overflowed || over
                    return value
                }
            case .multiply:
                mapPairs(x, y, aIsConstant: p, bIsConstant: q) {
                    let (value, over) = $0.multipliedReportingOverflow(by: $1)
                    overflowed = overflowed || over
                    return value
                }
            }
        // Values at NULL rows are arbitrary: only an overflow at a present row counts.
        if overflowed { try refuseOverflow(input, sign, validity) }
        if input.type == .date { try refuseFarDays(values, validity, input) }
        return input.spread(Vector(type: input.type, values: .int64(values), validity: validity))
    }

    private static func refuseFarDays(_ days: [Int64], _ validity: [Bool]?, _ input: KernelInput) throws(EventSQLError)
    {
        for row in days.indices where validity.map({ days.count != $0.count || $0[row] }) ?? true {
            guard (-719_162...2_932_896).contains(days[row]) else {
                throw input.error("the day lies outside the years 1 to 9999")
            }
        }
    }

    private static func refuseOverflow(_ input: KernelInput, _ sign: Sign, _ validity: [Bool]?) throws(EventSQLError) {
        for row in 0..<input.count where validity?[row] ?? true {
            let (x, y) = (input.int64(0, row), input.int64(1, row))
            let over =
                switch sign {
                case .add: x.addingReportingOverflow(y).overflow
                case .subtract: x.subtractingReportingOverflow(y).overflow
                case .multiply: x.multipliedReportingOverflow(by: y).overflow
                }
            if over {
                let symbol =
                    switch sign {
                    case .add: "+"
                    case .subtract: "-"
                    case .multiply: "*"
                    }
                throw input.error("BIGINT overflow: \(x) \(symbol) \(y)")
            }
        }
    }

    private static func division(_ input: KernelInput, isRemainder: Bool) throws(EventSQLError) -> Vector {
        let validity = input.validity
        let (a, b) = (input.arguments[0], input.arguments[1])
        func hasZero(_ isZero: (Int) -> Bool) -> Bool {
            if b.isConstant { return isZero(0) && (validity?.contains(true) ?? (input.count > 0)) }
            return (0..<input.count).contains { isZero($0) && (validity?[$0] ?? true) }
        }
        if input.type == .double {
            let (x, y) = (a.doubles, b.doubles)
            if hasZero({ y[$0] == 0 }) { throw input.error("division by zero") }
            let values: [Double] =
                isRemainder
                ? mapPairs(x, y, aIsConstant: a.isConstant, bIsConstant: b.isConstant) {
                    $0.truncatingRemainder(dividingBy: $1)
                }
                : mapPairs(x, y, aIsConstant: a.isConstant, bIsConstant: b.isConstant) { $0 / $1 }
            return input.spread(Vector(type: .double, values: .double(values), validity: validity))
        }
        let (x, y) = (a.int64s, b.int64s)
        if hasZero({ y[$0] == 0 }) { throw input.error("division by zero") }
        var overflowed = false
        let values: [Int64] = mapPairs(x, y, aIsConstant: a.isConstant, bIsConstant: b.isConstant) {
            if $1 == 0 { return 0 }
            if $1 == -1 {
                overflowed = overflowed || $0 == .min && !isRemainder
                return isRemainder ? 0 : 0 &- $0
            }
            return isRemainder ? $0 % $1 : $0 / $1
        }
        if overflowed, hasZero({ y[$0] == -1 && x[a.isConstant ? 0 : $0] == .min }) {
            throw input.error("BIGINT overflow: \(Int64.min) / -1")
        }
        return input.spread(Vector(type: input.type, values: .int64(values), validity: validity))
    }

    private static func negate(_ input: KernelInput) throws(EventSQLError) -> Vector {
        if input.type == .double { return input.mapDoubles { -$0 } }
        return try input.buildInt64s { row throws(EventSQLError) in
            let value = input.int64(0, row)
            if value == .min { throw input.error("BIGINT overflow: -(\(value))") }
            return -value
        }
    }
}
