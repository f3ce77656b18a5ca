import EventExec
import EventPlan
import Foundation
import Testing

/// Goal: every example in the function table, and so in SPEC 2.6, is true.
struct FunctionTableTests {
    static let examples = FunctionTable.families.flatMap(\.signatures).filter { !$0.example.sql.isEmpty }

    @Test("each example of a function gives what the table says", arguments: examples.indices)
    func example(index: Int) throws {
        let signature = Self.examples[index]
        let rows = try LogicDatabase.mini.query("SELECT \(signature.example.sql)")
        #expect(rows == [[signature.example.value]], "\(signature.text): \(signature.example.sql)")
    }

    @Test("each function of the table has a kernel")
    func kernels() {
        let missing = FunctionTable.families.flatMap(\.signatures).filter { !FunctionKernels.exists($0.kernel) }
        #expect(missing.map(\.text) == [])
    }

    @Test("each example of an aggregate gives what the table says", arguments: AggregateExamples.all.indices)
    func aggregate(index: Int) throws {
        let example = AggregateExamples.all[index]
        let rows = try LogicDatabase.mini.query("SELECT \(example.sql) FROM \(AggregateExamples.rows)")
        #expect(rows == [[example.value]], "\(example.sql)")
    }

    @Test("each aggregate has an example")
    func aggregatesListed() {
        let missing = AggregateTable.signatures.map(\.name).filter { name in
            !AggregateExamples.all.contains { $0.sql.contains("\(name)(") }
        }
        #expect(missing == [])
    }

    @Test("NULL in, NULL out", arguments: ["lower", "abs", "length", "sqrt", "reverse", "floor"])
    func nulls(function: String) throws {
        #expect(try LogicDatabase.mini.query("SELECT \(function)(NULL)") == [["NULL"]])
    }
}

/// Goal: SPEC 2.6 and the function table say the same. Method: the table is printed as Markdown and every line looked up;
/// `SPEC_PRINT=1` prints it for pasting.
struct FunctionSpecTests {
    static var lines: [String] { functionLines + aggregateLines }

    private static var aggregateLines: [String] {
        ["**Aggregates**", "", "| example | gives |", "|---|---|"]
            + AggregateExamples.all.map { "| `\($0.sql)` | \($0.value) |" }
    }

    private static var functionLines: [String] {
        FunctionTable.families.flatMap { family in
            ["**\(family.title)**", "", "| function | example | gives |", "|---|---|---|"]
                + family.signatures.map {
                    let example = $0.example.sql.replacingOccurrences(of: "|", with: "\\|")
                    return
                        "| `\($0.text.replacingOccurrences(of: "|", with: "\\|"))` | \(example.isEmpty ? "" : "`\(example)`") | \($0.example.value.replacingOccurrences(of: "|", with: "\\|")) |"
                } + [""]
        }
    }

    @Test("SPEC lists every function with its example")
    func listed() throws {
        if ProcessInfo.processInfo.environment["SPEC_PRINT"] == "1" { print(Self.lines.joined(separator: "\n")) }
        let spec = try String(contentsOf: LogicScriptTests.root.appending(path: "SPEC.md"), encoding: .utf8)
        let known = Set(spec.split(separator: "\n").map(String.init))
        let missing = Self.lines.filter { !$0.isEmpty && !known.contains($0) }
        #expect(missing == [])
    }
}
