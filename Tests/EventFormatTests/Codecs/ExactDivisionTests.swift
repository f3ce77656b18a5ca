import EventBase
import Testing

@testable import EventFormat

struct ExactDivisionTests {
    @Test("multiples are told from others, and their quotients are right", arguments: 0..<20 as Range<UInt64>)
    func againstDivision(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let edges: [UInt64] = [1, 2, 3, 1000, 1_000_000, 1 << 63, .max, .max - 1, 6 << 40]
        for _ in 0..<500 {
            let divisor = max(1, random.next() >> (random.next() % 64))
            for divisor in edges + [divisor] {
                let division = ExactDivision(by: divisor)
                let quotient = random.next() % (UInt64.max / divisor) &+ (random.next() & 1)
                #expect(division.divides(quotient * divisor))
                #expect(division.quotient(quotient * divisor) == quotient)
                let number = random.next() >> (random.next() % 64)
                #expect(division.divides(number) == (number % divisor == 0), "\(number) by \(divisor)")
            }
        }
        #expect(ExactDivision(by: 7).divides(0) && ExactDivision(by: 1).quotient(.max) == .max)
    }
}
