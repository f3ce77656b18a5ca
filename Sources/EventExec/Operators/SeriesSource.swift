import EventBase
import EventColumns
import EventPlan

/// `generate_series` and `range` of whole numbers as a relation of their own: numbers are made as they are read.
struct SeriesSource: BatchSource {
    private let first: Int64
    private let step: Int64
    private let count: Int
    private let hasOrdinality: Bool

    private static let morselRowCount = 16 * Limits.granuleRowCount

    /// nil for everything else, and for what the function itself should refuse.
    init?(_ node: UnnestNode, _ environment: EvaluationEnvironment) throws(EventSQLError) {
        guard node.input.columns.isEmpty, !node.keepsEmpty, node.lists.count == 1, case .call(let call) = node.lists[0],
            ["series_int64", "range_int64"].contains(call.function)
        else { return nil }
        var numbers: [Int64] = []
        for argument in call.arguments {
            let value = try ExpressionEvaluator(argument, environment: environment).evaluate([], count: 1).value(at: 0)
            guard case .int64(let number) = value else { return nil }
            numbers.append(number)
        }
        let first = numbers.count > 1 ? numbers[0] : 0
        let last = numbers[numbers.count > 1 ? 1 : 0]
        let step = numbers.count > 2 ? numbers[2] : 1
        if step == 0 { return nil }
        let isEmpty = step > 0 ? last < first : last > first
        // The distance between two numbers of 64 bits fits 64 bits without a sign.
        let distance = isEmpty ? 0 : UInt64(bitPattern: step > 0 ? last &- first : first &- last)
        let steps = distance / step.magnitude
        guard steps < Limits.seriesRowCountMax else {
            throw EventSQLError(
                .limit, "a series of more rows where \(Limits.seriesRowCountMax) are allowed",
                position: call.place.position)
        }
        let holdsLast = call.function == "series_int64" || distance % step.magnitude != 0
        self.first = first
        self.step = step
        count = isEmpty ? 0 : Int(steps) + (holdsLast ? 1 : 0)
        hasOrdinality = node.ordinality != nil
    }

    var morselCount: Int { (count + Self.morselRowCount - 1) / Self.morselRowCount }

    func makeWorker() -> any BatchWorker { Worker(self) }

    private final class Worker: BatchWorker {
        private let series: SeriesSource

        init(_ series: SeriesSource) { self.series = series }

        func run(morsel: Int, _ push: (Batch) throws(EventSQLError) -> Bool) throws(EventSQLError) {
            let start = morsel * SeriesSource.morselRowCount
            let end = min(series.count, start + SeriesSource.morselRowCount)
            for place in stride(from: start, to: end, by: Limits.granuleRowCount) {
                let places = Int64(place)..<Int64(min(end, place + Limits.granuleRowCount))
                let (first, step) = (series.first, series.step)
                var columns = [Vector(type: .int64, values: .int64(places.map { first &+ $0 &* step }))]
                if series.hasOrdinality {
                    columns.append(Vector(type: .int64, values: .int64(places.map { $0 + 1 })))
                }
                if try !push(Batch(columns: columns, rowCount: places.count)) { return }
            }
        }
    }
}
