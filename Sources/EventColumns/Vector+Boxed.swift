extension Vector {
    /// A vector of boxed values; for slow paths only.
    ///
    /// - Parameter boxed: values of `type`, or NULL.
    package init(boxed: [Value], type: ScalarType) {
        let mask = boxed.map { $0 != .null }
        self.init(
            type: type, values: Self.values(boxed, type), validity: mask.contains(false) ? mask : nil)
    }

    private static func values(_ boxed: [Value], _ type: ScalarType) -> Values {
        switch type {
        case .bool, .null: .bool(boxed.map { if case .bool(let value) = $0 { value } else { false } })
        case .double: .double(boxed.map { if case .double(let value) = $0 { value } else { 0 } })
        case .interval: .interval(boxed.map { if case .interval(let value) = $0 { value } else { Interval() } })
        case .int64, .timestamp, .date:
            .int64(
                boxed.map {
                    switch $0 {
                    case .int64(let value), .timestamp(let value), .date(let value): value
                    default: 0
                    }
                })
        case .string, .json:
            .string(
                codes: Array(0..<UInt32(boxed.count)),
                pool: HeapStringPool(
                    boxed.lazy.map {
                        switch $0 {
                        case .string(let text), .json(let text): text
                        default: ""
                        }
                    }))
        }
    }
}
