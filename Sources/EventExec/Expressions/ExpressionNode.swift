import EventBase
import EventColumns
import EventPlan

/// An expression made ready to run by one worker: its shape is known, and what it has computed about dictionaries is kept.
final class ExpressionNode {
    let expression: BoundExpression
    let children: [ExpressionNode]
    /// Input columns that this reads.
    let columns: [Int]
    /// Evaluating it on a row where it is not wanted may throw.
    let canFail: Bool
    /// Each row has a value of its own, so none is kept.
    let isVolatile: Bool
    /// The only input column, where it is a string: then results are kept per dictionary value.
    let dictionaryColumn: Int?
    let kernel: Kernel?
    /// The value of an expression without columns, once computed.
    var constant: Operand?
    /// The members of IN (...), once gathered.
    var list: ConstantList?
    var memos: [ObjectIdentifier: DictionaryMemo] = [:]

    init(_ expression: BoundExpression) {
        self.expression = expression
        children = expression.children.map { ExpressionNode($0) }
        columns = expression.usedColumns
        var dictionaryColumn: Int?
        switch expression {
        case .column, .inCohort, .isNull: break
        default:
            if columns.count == 1, Self.isString(columns[0], in: expression) { dictionaryColumn = columns[0] }
        }
        isVolatile = expression.isVolatile
        if isVolatile { dictionaryColumn = nil }
        if expression.contains(where: { if case .inCohort = $0 { true } else { false } }) { dictionaryColumn = nil }
        self.dictionaryColumn = dictionaryColumn
        var canFail = false
        switch expression {
        case .call(let call):
            guard let found = KernelTable.kernels[call.function] else {
                preconditionFailure("BUG: function \(call.function) has no kernel")
            }
            kernel = found
            canFail = true
        case .cast(_, _, let isTry, _):
            kernel = nil
            canFail = !isTry
        default: kernel = nil
        }
        self.canFail = canFail || children.contains(where: \.canFail)
    }

    private static func isString(_ column: Int, in expression: BoundExpression) -> Bool {
        expression.contains {
            if case .column(column, let type, _) = $0 { type == .string || type == .json } else { false }
        }
    }
}

/// What an expression over one string column answers for each value of a dictionary.
final class DictionaryMemo {
    /// Kept alive, so that its identity stays its own.
    let pool: any StringPool
    var rowsSeen = 0
    /// One row per code, then one for NULL; nil until it pays to compute it.
    var answers: Vector?
    /// Of a condition: 1 where it is true, by row of `answers`.
    private(set) lazy var truths: [UInt8]? = {
        guard let answers, case .bool(let values) = answers.values else { return nil }
        return values.indices.map { values[$0] && !answers.isNull(at: $0) ? 1 : 0 }
    }()
    /// `truths` as a set of bits, where the dictionary is small enough.
    private(set) lazy var wanted: UInt64? = {
        guard let truths, truths.count <= CodeSelection.codeCountMax else { return nil }
        return truths.enumerated().reduce(0) { $0 | UInt64($1.element) << UInt64($1.offset) }
    }()
    /// Some value of the dictionary cannot be computed, so rows are evaluated one by one.
    var isRefused = false

    init(pool: any StringPool) { self.pool = pool }
}
