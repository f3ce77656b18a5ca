import EventBase
import Testing

@testable import EventIngest

/// Goal: the short way of reading instants is no other language. Method: random texts near the usual form, one after the
/// other, read both ways.
struct InstantTests {
    @Test("instants read as TimestampText reads them, whatever came before")
    func sameAsTimestampText() {
        var random = SeededRandom(seed: 11)
        var reader = InstantReader()
        for _ in 0..<40_000 {
            let day = "2024-0\(Int.random(in: 1...3, using: &random))-3\(Int.random(in: 0...1, using: &random))"
            let clock = ["00:00:00", "23:59:59", "24:00:00", "12:34:56", "12:60:00", "1a:00:00"].randomElement(
                using: &random)!
            let fraction = ["", ".5", ".123", ".123456", ".1234567", ".", ".12a"].randomElement(using: &random)!
            let zone = ["Z", "Z", "z", "", "+02:00", "-0530"].randomElement(using: &random)!
            let joint = ["T", "T", "T", " ", "t", "x"].randomElement(using: &random)!
            let text = Array((day + joint + clock + fraction + zone).utf8)
            let expected = TimestampText.parse(text.rawBytes)
            #expect(reader.parse(text.rawBytes) == expected, "\(String(decoding: text, as: UTF8.self))")
        }
    }
}
