import EventBase
import EventColumns
import EventPlan

/// Lists of numbers and instants at even steps; a series holds its last value where a step meets it, a range does not.
enum SeriesKernels {
    static let kernels: [String: Kernel] = [
        "series_int64": { input throws(EventSQLError) in try numbers(input, holdsLast: true) },
        "range_int64": { input throws(EventSQLError) in try numbers(input, holdsLast: false) },
        "series_timestamp": { input throws(EventSQLError) in try instants(input, holdsLast: true) },
        "range_timestamp": { input throws(EventSQLError) in try instants(input, holdsLast: false) },
    ]

    /// `(last)`, `(first, last)` or `(first, last, step)`.
    private static func numbers(_ input: KernelInput, holdsLast: Bool) throws(EventSQLError) -> Vector {
        let count = input.arguments.count
        return try input.buildStrings { row, builder throws(EventSQLError) in
            let first = count > 1 ? input.int64(0, row) : 0
            let last = input.int64(count > 1 ? 1 : 0, row)
            let step = count > 2 ? input.int64(2, row) : 1
            if step == 0 { throw input.error("a series with step 0 has no end") }
            var list = List(input)
            var next = first
            while step > 0 ? next < last || holdsLast && next == last : next > last || holdsLast && next == last {
                try list.append(String(next))
                let (sum, isOver) = next.addingReportingOverflow(step)
                if isOver { break }
                next = sum
            }
            builder.append(list.text)
        }
    }

    /// `(first, last, step)`: each instant is the one before it and the step.
    private static func instants(_ input: KernelInput, holdsLast: Bool) throws(EventSQLError) -> Vector {
        try input.buildStrings { row, builder throws(EventSQLError) in
            let (first, last, step) = (input.int64(0, row), input.int64(1, row), input.interval(2, row))
            guard let second = DateMath.add(step, to: first), second != first else {
                throw input.error("the step of a series leads to another instant of the years 1 to 9999")
            }
            let goesUp = second > first
            var list = List(input)
            var next = first
            while goesUp ? next < last || holdsLast && next == last : next > last || holdsLast && next == last {
                try list.append("\"" + TimestampText.print(micros: next) + "\"")
                guard let following = DateMath.add(step, to: next), goesUp == (following > next) else { break }
                next = following
            }
            builder.append(list.text)
        }
    }

    /// A JSON array that is being written.
    private struct List {
        private let input: KernelInput
        private var bytes: [UInt8] = [UInt8(ascii: "[")]
        private var count = 0
        private static let countMax = 1 << 22

        init(_ input: KernelInput) { self.input = input }

        mutating func append(_ element: String) throws(EventSQLError) {
            if count == Self.countMax {
                throw EventSQLError(
                    .limit, "a series of more rows where \(Self.countMax) are allowed", position: input.position)
            }
            if count & 0xFFFF == 0 { try input.context?.check() }
            if count > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: element.utf8)
            count += 1
        }

        var text: [UInt8] { bytes + [UInt8(ascii: "]")] }
    }
}
