package import EventColumns

/// One overload of a scalar function or operator: what it takes, what it gives, and an example that is a test.
package struct FunctionSignature: Sendable {
    package enum Parameter: Sendable, Equatable {
        case exactly(ScalarType)
        /// Any type, left as it is.
        case any
        /// All parameters of this kind are cast to the one type that fits them all.
        case common
    }

    package enum Result: Sendable, Equatable {
        case exactly(ScalarType)
        /// The type of the `.common` parameters.
        case common
    }

    /// In lower case, as typed.
    package var name: String
    /// What the call is bound to; several names and overloads may share a kernel.
    package var kernel: String
    package var parameters: [Parameter]
    /// More of the last parameter may follow.
    package var isVariadic: Bool
    package var result: Result
    /// An expression and its value as text, `NULL` for NULL.
    package var example: (sql: String, value: String)

    package init(
        _ name: String, _ parameters: [Parameter], _ result: Result, kernel: String? = nil, isVariadic: Bool = false,
        example: String = "", gives value: String = ""
    ) {
        self.name = name
        self.kernel = kernel ?? name
        self.parameters = parameters
        self.isVariadic = isVariadic
        self.result = result
        example.isEmpty ? (self.example = ("", "")) : (self.example = (example, value))
    }

    /// `lower(VARCHAR) -> VARCHAR`.
    package var text: String {
        let list = parameters.map(\.text).joined(separator: ", ") + (isVariadic ? ", ..." : "")
        let type = if case .exactly(let type) = result { type.name } else { "T" }
        return "\(name)(\(list)) -> \(type)"
    }
}

extension FunctionSignature.Parameter {
    package static let bool = Self.exactly(.bool)
    package static let int64 = Self.exactly(.int64)
    package static let double = Self.exactly(.double)
    package static let string = Self.exactly(.string)
    package static let timestamp = Self.exactly(.timestamp)
    package static let date = Self.exactly(.date)
    package static let interval = Self.exactly(.interval)
    package static let json = Self.exactly(.json)

    var text: String {
        switch self {
        case .exactly(let type): type.name
        case .any: "ANY"
        case .common: "T"
        }
    }
}

extension FunctionSignature.Result {
    package static let bool = Self.exactly(.bool)
    package static let int64 = Self.exactly(.int64)
    package static let double = Self.exactly(.double)
    package static let string = Self.exactly(.string)
    package static let timestamp = Self.exactly(.timestamp)
    package static let date = Self.exactly(.date)
    package static let interval = Self.exactly(.interval)
    package static let json = Self.exactly(.json)
}

/// Every scalar function, by family and by name.
package enum FunctionTable {
    package static let families: [(title: String, signatures: [FunctionSignature])] = [
        ("Operators", OperatorFunctions.signatures), ("Strings", StringFunctions.signatures),
        ("Digests and encodings", EncodingFunctions.signatures), ("Regular expressions", RegexFunctions.signatures),
        ("Numbers", MathFunctions.signatures), ("Dates and times", TimeFunctions.signatures),
        ("Conditions and types", ConditionFunctions.signatures), ("JSON", JSONFunctions.signatures),
        ("Lists and JSON made", ListFunctions.signatures),
        ("Bitmaps", BitmapFunctions.signatures),
    ]

    /// Overloads by name, in order of preference.
    package static let byName: [String: [FunctionSignature]] = Dictionary(
        grouping: families.flatMap(\.signatures), by: \.name)
}
