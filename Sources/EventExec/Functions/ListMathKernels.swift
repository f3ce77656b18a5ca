import EventBase
import EventColumns
import EventPlan

/// Functions that compute with the elements of one JSON array, or compare those of two.
enum ListMathKernels {
    static let kernels: [String: Kernel] = [
        "list_sum": { input throws(EventSQLError) in try number(input) { $0.isEmpty ? nil : $0.reduce(0, +) } },
        "list_avg": { input throws(EventSQLError) in
            try number(input) { $0.isEmpty ? nil : $0.reduce(0, +) / Double($0.count) }
        },
        "list_min": { input throws(EventSQLError) in try extreme(input) { $0.first } },
        "list_max": { input throws(EventSQLError) in try extreme(input) { $0.last } },
        "list_unique": { input throws(EventSQLError) in
            try input.buildInt64s { row in Int64(Set(present(input, 0, row)).count) }
        },
        "list_has_any": { input throws(EventSQLError) in
            try input.buildBools { row in !Set(present(input, 0, row)).isDisjoint(with: present(input, 1, row)) }
        },
        "list_has_all": { input throws(EventSQLError) in
            try input.buildBools { row in Set(present(input, 0, row)).isSuperset(of: present(input, 1, row)) }
        },
        "list_intersect": { input throws(EventSQLError) in
            try input.buildStrings { row, builder in
                var wanted = Set(present(input, 1, row))
                let common = ListKernels.list(input, 0, row).filter { element in
                    JSONText.unquoted(element).map { wanted.remove($0) != nil } ?? false
                }
                builder.append(ListKernels.joined(common))
            }
        },
        "list_reverse_sort": { input throws(EventSQLError) in
            try input.buildStrings { row, builder in
                builder.append(ListKernels.joined(ListKernels.sorted(ListKernels.list(input, 0, row)).reversed()))
            }
        },
        "flatten": { input throws(EventSQLError) in
            try input.buildStrings { row, builder in
                let inner = ListKernels.list(input, 0, row).flatMap { JSONText.elements(Array($0)) ?? [] }
                builder.append(ListKernels.joined(inner))
            }
        },
    ]

    /// What the elements stand for, without nulls.
    private static func present(_ input: KernelInput, _ argument: Int, _ row: Int) -> [[UInt8]] {
        ListKernels.list(input, argument, row).compactMap { JSONText.unquoted($0) }
    }

    /// Of the elements that are numbers; NULL where `body` gives none.
    private static func number(
        _ input: KernelInput, _ body: ([Double]) -> Double?
    ) throws(EventSQLError) -> Vector {
        var numbers = [Double](repeating: 0, count: input.count)
        var isThere = [Bool](repeating: false, count: input.count)
        let validity = input.validity
        for row in 0..<input.count where validity?[row] ?? true {
            let elements = present(input, 0, row).compactMap { Double(String(decoding: $0, as: UTF8.self)) }
            if let result = body(elements) { (numbers[row], isThere[row]) = (result, true) }
        }
        return Vector(type: .double, values: .double(numbers), validity: compacted(isThere))
    }

    /// One of the elements in order, nulls left out.
    private static func extreme(
        _ input: KernelInput, _ pick: ([ArraySlice<UInt8>]) -> ArraySlice<UInt8>?
    ) throws(EventSQLError) -> Vector {
        try input.buildStrings { row, builder in
            let elements = ListKernels.list(input, 0, row).filter { JSONText.unquoted($0) != nil }
            if let picked = pick(ListKernels.sorted(elements)) {
                builder.append(picked)
            } else {
                builder.append("null")
            }
        }
    }
}
