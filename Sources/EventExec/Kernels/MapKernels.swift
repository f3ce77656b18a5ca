import EventBase
import EventColumns

/// Elementwise loops over arrays; the closure is inlined into a loop of its own for each use.
/// - Complexity: O(count), one allocation.
@inline(__always)
func mapValues<A, R>(_ a: [A], _ body: (A) -> R) -> [R] {
    let source = a.span
    return Array(capacity: a.count) { output in
        for index in source.indices { output.append(body(source[index])) }
    }
}

/// As `mapValues` for as many values as an operator has; throws between pieces when the statement should stop.
@inline(__always)
func mapValues<A, R>(_ a: [A], _ context: QueryContext, _ body: (A) -> R) throws(EventSQLError) -> [R] {
    var result: [R] = []
    result.reserveCapacity(a.count)
    try context.pieces(of: a.indices) { piece in
        let source = a.span.extracting(piece)
        result.append(addingCapacity: piece.count) { output in
            for index in source.indices { output.append(body(source[index])) }
        }
    }
    return result
}

/// As `mapValues`, for two operands of which at most one is a constant of one element.
@inline(__always)
func mapPairs<A, B, R>(
    _ a: [A], _ b: [B], aIsConstant: Bool, bIsConstant: Bool, _ body: (A, B) -> R
) -> [R] {
    if bIsConstant {
        let second = b[0]
        return mapValues(a) { body($0, second) }
    }
    if aIsConstant {
        let first = a[0]
        return mapValues(b) { body(first, $0) }
    }
    precondition(a.count == b.count, "BUG: operands differ in length")
    let left = a.span
    let right = b.span
    return Array(capacity: a.count) { output in
        for index in left.indices { output.append(body(left[index], right[index])) }
    }
}

/// Present where both are; nil stands for "all present".
func bothPresent(_ a: [Bool]?, _ b: [Bool]?) -> [Bool]? {
    guard let a else { return b }
    guard let b else { return a }
    return mapPairs(a, b, aIsConstant: false, bIsConstant: false) { $0 && $1 }
}

/// nil where nothing is absent, so later kernels skip the mask.
func compacted(_ mask: [Bool]) -> [Bool]? { mask.contains(false) ? mask : nil }
