import EventBase
import EventColumns

/// corr, covar_* and regr_*: sums over pairs (y, x) in which neither is NULL, kept about their means.
final class RegressionAccumulator: SummableAccumulator {
    private struct Sums {
        var count = 0.0
        var meanX = 0.0
        var meanY = 0.0
        var squaresX = 0.0
        var squaresY = 0.0
        var products = 0.0

        mutating func add(x: Double, y: Double) {
            count += 1
            let (deltaX, deltaY) = (x - meanX, y - meanY)
            meanX += deltaX / count
            meanY += deltaY / count
            squaresX += deltaX * (x - meanX)
            squaresY += deltaY * (y - meanY)
            products += deltaX * (y - meanY)
        }

        mutating func add(_ other: Sums) {
            if other.count == 0 { return }
            let total = count + other.count
            let (deltaX, deltaY) = (other.meanX - meanX, other.meanY - meanY)
            let weight = count * other.count / total
            squaresX += other.squaresX + deltaX * deltaX * weight
            squaresY += other.squaresY + deltaY * deltaY * weight
            products += other.products + deltaX * deltaY * weight
            meanX += deltaX * other.count / total
            meanY += deltaY * other.count / total
            count = total
        }
    }

    static let functions: Set<String> = [
        "corr", "covar_pop", "covar_samp", "regr_avgx", "regr_avgy", "regr_count", "regr_intercept", "regr_r2",
        "regr_slope", "regr_sxx", "regr_sxy", "regr_syy",
    ]
    private let function: String
    private var groups: [Sums] = []

    init(_ function: String) { self.function = function }

    var sizeBytes: Int { groups.count * 48 }

    func update(_ input: AccumulatorInput, groupCount: Int) throws(EventSQLError) {
        fill(groupCount)
        guard case .double(let y) = input.arguments[0].values, case .double(let x) = input.arguments[1].values else {
            return
        }
        for row in y.indices where !input.arguments[0].isNull(at: row) && !input.arguments[1].isNull(at: row) {
            groups[input.groups.map { Int($0[row]) } ?? 0].add(x: x[row], y: y[row])
        }
    }

    func fill(_ groupCount: Int) { groups.fill(to: groupCount, with: Sums()) }

    func add(_ other: any Accumulator, picks: [UInt32], to groups: [UInt32]) {
        let other = same(other)
        for (pick, group) in zip(picks, groups) { self.groups[Int(group)].add(other.groups[Int(pick)]) }
    }

    func finish(groupCount: Int) throws(EventSQLError) -> Vector {
        fill(groupCount)
        if function == "regr_count" { return Vector(type: .int64, values: .int64(groups.map { Int64($0.count) })) }
        let values = groups.map(value)
        return Vector(
            type: .double, values: .double(values.map { $0 ?? 0 }), validity: compacted(values.map { $0 != nil }))
    }

    /// nil is NULL, as PostgreSQL's.
    private func value(_ sums: Sums) -> Double? {
        if sums.count == 0 { return nil }
        switch function {
        case "covar_pop": return sums.products / sums.count
        case "covar_samp": return sums.count > 1 ? sums.products / (sums.count - 1) : nil
        case "regr_avgx": return sums.meanX
        case "regr_avgy": return sums.meanY
        case "regr_sxx": return sums.squaresX
        case "regr_syy": return sums.squaresY
        case "regr_sxy": return sums.products
        case "corr":
            if sums.squaresX == 0 || sums.squaresY == 0 { return nil }
            return sums.products / (sums.squaresX * sums.squaresY).squareRoot()
        default:
            if sums.squaresX == 0 { return nil }
            let slope = sums.products / sums.squaresX
            switch function {
            case "regr_slope": return slope
            case "regr_intercept": return sums.meanY - slope * sums.meanX
            default: return sums.squaresY == 0 ? 1 : slope * sums.products / sums.squaresY
            }
        }
    }
}
