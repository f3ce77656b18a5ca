import EventBase
import Testing

@Suite("Division that rounds towards the past")
struct FloorDivisionTests {
    private func expected(_ value: Int64, _ divisor: Int64) -> Int64 {
        let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? quotient - 1 : quotient
    }

    @Test("every quotient is the one of integer division", arguments: [1, 7, 1000, 86_400_000_000, Int64.max])
    func sameQuotients(divisor: Int64) {
        let seed = UInt64.random(in: 0..<(.max))
        print("seed \(seed)")
        var generator = SeededRandom(seed: seed)
        for bits in [8, 20, 40, 51, 52, 63] {
            let bound = Int64(1) << Int64(bits - 1)
            var values = (0..<1003).map { _ in Int64.random(in: -bound..<bound, using: &generator) }
            // Where a quotient by the inverse is most likely to be off by one.
            for index in 0..<200 {
                let multiple = (values[index] / divisor).multipliedReportingOverflow(by: divisor).partialValue
                values[index] = multiple &+ Int64(index % 3) &- 1
            }
            let quotients = FloorDivision.quotients(of: values, by: divisor)
            #expect(quotients == values.map { expected($0, divisor) }, "\(bits) bits, seed \(seed)")
        }
    }

    @Test("the ends of the range of values", arguments: [1, 3, 86_400_000_000])
    func extremes(divisor: Int64) {
        let edge = Int64(1) << 51
        let values = [.min, .max, -edge, edge, -edge - 1, edge - 1, 0, -1, 1]
        #expect(FloorDivision.quotients(of: values, by: divisor) == values.map { expected($0, divisor) })
        #expect(FloorDivision.quotients(of: [], by: divisor) == [])
    }
}
