import EventExec
import EventPlan
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

    @Test("NULL in, NULL out", arguments: ["lower", "abs", "length", "sqrt", "reverse", "floor"])
    func nulls(function: String) throws {
        #expect(try LogicDatabase.mini.query("SELECT \(function)(NULL)") == [["NULL"]])
    }
}
