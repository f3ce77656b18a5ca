import EventBase
import EventSyntax
import EventTestSupport
import Foundation
import Testing

/// Goal: no text traps the binder or the engine, and what they refuse has a place. Method: the statements of all scripts,
/// bytes changed, words exchanged between them, bound and run.
struct BinderFuzzTests {
    static let statements: [String] = LogicScriptTests.files.flatMap { file in
        let text = (try? String(contentsOf: LogicScriptTests.root.appending(path: file), encoding: .utf8)) ?? ""
        return LogicScript(text).records.map(\.sql)
    }

    @Test("mangled statements are answered or refused at a place", arguments: 0..<4)
    func mangled(shard: Int) throws {
        let seed = DifferentialTests.seed &+ UInt64(shard)
        print("binder fuzz seed \(seed)")
        var random = SeededRandom(seed: seed)
        let deadline = ContinuousClock.now + .seconds(DifferentialTests.seconds ?? 3600)
        var (count, answered) = (0, 0)
        while DifferentialTests.seconds == nil ? count < 2500 : ContinuousClock.now < deadline {
            count += 1
            let text = Self.mangle(Self.statements.randomElement(using: &random)!, &random)
            let context = QueryContext(memoryLimitBytes: 1 << 24, timeoutMilliseconds: 2000)
            do {
                _ = try LogicDatabase.mini.query(text, context)
                answered += 1
            } catch let error as EventSQLError {
                guard [.syntax, .binding].contains(error.kind), !error.message.contains("yields no rows") else {
                    continue
                }
                let position = try #require(error.position, "seed \(seed): \(error)\n\(text)")
                #expect(
                    position.offsetBytes + position.lengthBytes <= text.utf8.count, "seed \(seed): \(error)\n\(text)")
            }
        }
        print("binder fuzz seed \(seed): \(answered) of \(count) statements answered")
        #expect(answered > count / 20)
    }

    private static func mangle(_ statement: String, _ random: inout SeededRandom) -> String {
        var words = statement.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        for _ in 0..<[0, 1, 1, 2].randomElement(using: &random)! {
            let other = statements.randomElement(using: &random)!.split(separator: " ").map(String.init)
            guard let word = other.randomElement(using: &random) else { continue }
            let place = Int.random(in: 0..<words.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: words[place] = word
            case 1: words.insert(word, at: place)
            default: words.remove(at: place)
            }
            if words.isEmpty { words = [word] }
        }
        var bytes = Array(words.joined(separator: " ").utf8)
        for _ in 0..<[0, 0, 1, 2].randomElement(using: &random)! where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(UInt8(ascii: "9"), at: place)
            default: bytes.insert(UInt8.random(in: 32...126, using: &random), at: place)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
