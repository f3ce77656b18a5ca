package import EventColumns

/// One overload of an aggregate.
package struct AggregateSignature: Sendable {
    package enum Result: Sendable { case exactly(ScalarType), first }

    package var name: String
    /// What EventExec's accumulator is made from.
    package var kernel: String
    /// nil: any type.
    package var parameters: [ScalarType?]
    package var result: Result

    init(_ name: String, _ parameters: [ScalarType?], _ result: Result, kernel: String? = nil) {
        self.name = name
        self.kernel = kernel ?? name
        self.parameters = parameters
        self.result = result
    }
}

/// Every aggregate function by name.
package enum AggregateTable {
    package static let signatures: [AggregateSignature] =
        counting + numeric + order + statistics + regression + flags + lists + bits

    package static let byName = Dictionary(grouping: signatures, by: \.name)

    /// Whether a name, in lower case, is an aggregate, one of `StreamTable` among them.
    package static func contains(_ name: String) -> Bool { byName[name] != nil || StreamTable.byName[name] != nil }

    private static let counting: [AggregateSignature] = [
        AggregateSignature("count", [], .exactly(.int64), kernel: "count_rows"),
        AggregateSignature("count", [nil], .exactly(.int64)),
        AggregateSignature("count_if", [.bool], .exactly(.int64)),
        AggregateSignature("countif", [.bool], .exactly(.int64), kernel: "count_if"),
        AggregateSignature("approx_count_distinct", [nil], .exactly(.int64), kernel: "count_distinct"),
        AggregateSignature("uniq", [nil], .exactly(.int64), kernel: "count_distinct"),
    ]

    private static let numeric: [AggregateSignature] = [
        AggregateSignature("sum", [.int64], .exactly(.int64)),
        AggregateSignature("sum", [.double], .exactly(.double)),
        AggregateSignature("sum", [.interval], .exactly(.interval)),
        AggregateSignature("avg", [.double], .exactly(.double)),
        AggregateSignature("mean", [.double], .exactly(.double), kernel: "avg"),
        AggregateSignature("min", [nil], .first),
        AggregateSignature("max", [nil], .first),
        AggregateSignature("product", [.double], .exactly(.double)),
    ]

    private static let order: [AggregateSignature] = [
        AggregateSignature("arg_min", [nil, nil], .first),
        AggregateSignature("arg_max", [nil, nil], .first),
        AggregateSignature("min_by", [nil, nil], .first, kernel: "arg_min"),
        AggregateSignature("max_by", [nil, nil], .first, kernel: "arg_max"),
        AggregateSignature("argmin", [nil, nil], .first, kernel: "arg_min"),
        AggregateSignature("argmax", [nil, nil], .first, kernel: "arg_max"),
        AggregateSignature("any_value", [nil], .first),
        AggregateSignature("arbitrary", [nil], .first, kernel: "any_value"),
        AggregateSignature("listagg", [.string, .string], .exactly(.string), kernel: "string_agg"),
        AggregateSignature("first", [nil], .first),
        AggregateSignature("last", [nil], .first),
        AggregateSignature("mode", [nil], .first),
        AggregateSignature("string_agg", [.string, .string], .exactly(.string)),
        AggregateSignature("group_concat", [.string, .string], .exactly(.string), kernel: "string_agg"),
        AggregateSignature("group_concat", [.string], .exactly(.string), kernel: "string_agg"),
    ]

    private static let statistics: [AggregateSignature] = [
        AggregateSignature("median", [.double], .exactly(.double)),
        AggregateSignature("quantile_cont", [.double, .double], .exactly(.double)),
        AggregateSignature("quantile", [.double, .double], .exactly(.double), kernel: "quantile_cont"),
        AggregateSignature("quantile_disc", [nil, .double], .first),
        AggregateSignature("approx_quantile", [.double, .double], .exactly(.double), kernel: "quantile_cont"),
        AggregateSignature("percentile_cont", [.double, .double], .exactly(.double), kernel: "quantile_cont"),
        AggregateSignature("percentile_disc", [nil, .double], .first, kernel: "quantile_disc"),
        AggregateSignature("stddev", [.double], .exactly(.double), kernel: "stddev_samp"),
        AggregateSignature("stddev_samp", [.double], .exactly(.double)),
        AggregateSignature("stddev_pop", [.double], .exactly(.double)),
        AggregateSignature("variance", [.double], .exactly(.double), kernel: "var_samp"),
        AggregateSignature("var_samp", [.double], .exactly(.double)),
        AggregateSignature("var_pop", [.double], .exactly(.double)),
    ]

    private static let regression: [AggregateSignature] =
        [AggregateSignature("regr_count", [.double, .double], .exactly(.int64))]
        + [
            "corr", "covar_pop", "covar_samp", "regr_avgx", "regr_avgy", "regr_intercept", "regr_r2", "regr_slope",
            "regr_sxx", "regr_sxy", "regr_syy",
        ].map { AggregateSignature($0, [.double, .double], .exactly(.double)) }

    private static let lists: [AggregateSignature] = [
        AggregateSignature("array_agg", [nil], .exactly(.json)),
        AggregateSignature("list", [nil], .exactly(.json), kernel: "array_agg"),
        AggregateSignature("histogram", [nil], .exactly(.json)),
        AggregateSignature("top_k", [nil, .int64], .exactly(.json)),
        AggregateSignature("approx_top_k", [nil, .int64], .exactly(.json), kernel: "top_k"),
    ]

    private static let bits: [AggregateSignature] = [
        AggregateSignature("bit_and", [.int64], .exactly(.int64)),
        AggregateSignature("bit_or", [.int64], .exactly(.int64)),
        AggregateSignature("bit_xor", [.int64], .exactly(.int64)),
        AggregateSignature("bitmap_build", [.int64], .exactly(.string)),
        AggregateSignature("bitmap_union", [.string], .exactly(.string), kernel: "bitmap_build"),
    ]

    private static let flags: [AggregateSignature] = [
        AggregateSignature("bool_and", [.bool], .exactly(.bool)),
        AggregateSignature("every", [.bool], .exactly(.bool), kernel: "bool_and"),
        AggregateSignature("bool_or", [.bool], .exactly(.bool)),
    ]
}

/// Functions that exist only with OVER (...).
package enum WindowTable {
    /// Those that take IGNORE NULLS.
    package static let ignoringNulls: Set<String> = ["lag", "lead", "first_value", "last_value", "nth_value"]

    package static let names: Set<String> = [
        "row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead", "first_value",
        "last_value", "nth_value", "sessionize",
    ]
}
