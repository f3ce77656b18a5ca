import EventBase
import EventTestSupport
import Foundation
import Testing

@testable import EventExec

/// Goal: a regular expression matches what it says, and in linear time. Method: random patterns and texts against Python's
/// `re`, which prefers matches in the same order.
struct RegexTests {
    /// Repeats of what may be empty are left out: there the two remember groups differently.
    private static let script = """
        import random, re, sys, json
        random.seed(int(sys.argv[1]))
        letters = "aabbcC1 _-é日"
        def atom(depth):
            kind = random.randrange(12 if depth else 7)
            if kind < 4: return re.escape(random.choice("abc1é")), False
            if kind == 4: return random.choice(["[ab]", "[^a]", "[a-c1]", "[^b-z]", "[é日]"]), False
            if kind == 5: return random.choice([".", "[0-9]", "[a-zA-Z_]"]), False
            if kind == 6: return random.choice(["^", "$", r"\\b"]), True
            inner, empty = choice(depth - 1)
            return random.choice(["(%s)", "(?:%s)", "(?P<n%d>%%s)" % random.randrange(10**9)]) % inner, empty
        def piece(depth):
            text, empty = atom(depth)
            if empty or random.randrange(3): return text, empty
            sign = random.choice(["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?"])
            return text + sign, sign[0] in "*?" or "{0" in sign
        def sequence(depth):
            parts = [piece(depth) for _ in range(random.randrange(1, 4))]
            return "".join(p for p, _ in parts), all(e for _, e in parts)
        def choice(depth):
            parts = [sequence(depth) for _ in range(random.choice([1, 1, 1, 2, 3]))]
            return "|".join(p for p, _ in parts), any(e for _, e in parts)
        for _ in range(int(sys.argv[2])):
            pattern = choice(3)[0]
            flags = random.choice(["", "", "i", "s"])
            text = "".join(random.choice(letters + ("\\n" if flags == "s" else "")) for _ in range(random.randrange(12)))
            compiled = re.compile(pattern.replace("$", r"\\Z"), re.A | sum(getattr(re, f.upper()) for f in flags))
            match = compiled.search(text)
            spans = None
            if match:
                spans = []
                for group in range(compiled.groups + 1):
                    for place in match.span(group):
                        spans.append(-1 if place < 0 else len(text[:place].encode()))
            print(json.dumps([pattern, flags, text, spans]))
        """

    private static func python(_ seed: UInt64, count: Int) throws -> [String] {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/python3") else { return [] }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", script, "\(seed)", "\(count)"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return output.split(separator: "\n").map(String.init)
    }

    @Test("random patterns find what Python's re finds")
    func agree() throws {
        let seed = UInt64.random(in: 0...999_999)
        print("regex seed \(seed)")
        let lines = try Self.python(seed, count: 1500)
        for line in lines {
            guard let row = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [Any],
                let pattern = row[0] as? String, let letters = row[1] as? String, let text = row[2] as? String
            else {
                Issue.record("no row: \(line)")
                continue
            }
            let flags = RegexParser.RegexFlags(
                ignoresCase: letters == "i", dotTakesNewline: letters == "s")
            let expression: RegularExpression
            do throws(RegexFailure) { expression = try RegularExpression(pattern, flags: flags) } catch {
                Issue.record("seed \(seed): \(pattern): \(error.message)")
                continue
            }
            let bytes = Array(text.utf8)
            let found = expression.find(in: bytes, from: 0)
            let wanted = row[3] as? [Int]
            #expect(found == wanted, "seed \(seed): /\(pattern)/\(letters) in '\(text)'")
            #expect(expression.matches(bytes) == (wanted != nil), "seed \(seed): /\(pattern)/\(letters) in '\(text)'")
        }
    }

    @Test(
        "patterns that make others slow take linear time",
        arguments: ["(a*)*b", "(a|a)*b", "(a+)+$b", "(.*)(.*)(.*)x", "(a?){50}a{50}b"])
    func linear(pattern: String) throws {
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: 20_000)
        let expression = try RegularExpression(pattern)
        #expect(!expression.matches(text))
        #expect(expression.find(in: text, from: 0) == nil)
    }

    @Test(
        "what has no linear time or no meaning is refused",
        arguments: [
            "(", ")", "a**", "*a", "[", "[z-a]", "(?=a)", "(?<=a)", "\\1", "a{3,2}", "a{1001}",
            "((a{1000}){1000}){1000}",
            "\\", "[[:what:]]", "(?q)", "\\q", String(repeating: "(", count: 500),
        ])
    func refused(pattern: String) {
        #expect(throws: RegexFailure.self) { try RegularExpression(pattern) }
    }

    @Test("any bytes as a pattern are read or refused, and any bytes as a text searched")
    func mangled() {
        let seed = UInt64.random(in: 0...999_999)
        print("regex bytes seed \(seed)")
        var random = SeededRandom(seed: seed)
        let signs = Array("ab(|)*+?{2,}[^-]\\dwb.$:?<P>é".unicodeScalars)
        for _ in 0..<5000 {
            var pattern = ""
            for _ in 0..<Int.random(in: 0...14, using: &random) {
                pattern.unicodeScalars.append(signs.randomElement(using: &random)!)
            }
            guard let expression = try? RegularExpression(pattern) else { continue }
            let text = (0..<Int.random(in: 0...20, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random)
            }
            #expect(expression.matches(text) == (expression.find(in: text, from: 0) != nil), "seed \(seed): \(pattern)")
        }
    }
}
