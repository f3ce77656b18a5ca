import EventBase
import EventColumns
import Testing

struct EventBufferTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test("a row that is rolled back leaves no value behind")
    func rollback() {
        var buffer = EventBuffer()
        let plan = buffer.column(path: "properties.plan")
        let amount = buffer.column(path: "properties.amount")
        buffer.set(plan, string: bytes("pro").rawBytes)
        buffer.commitRow(time: 1, user: bytes("u1").rawBytes, name: bytes("a").rawBytes)
        buffer.set(plan, string: bytes("free").rawBytes)
        buffer.set(amount, int64: 3)
        #expect(buffer.hasValue(amount))
        buffer.rollbackRow()
        #expect(!buffer.hasValue(amount) && buffer.rowCount == 1)
        buffer.set(amount, double: 2.5)
        buffer.commitRow(time: 2, user: bytes("").rawBytes, name: bytes("a").rawBytes)
        #expect(buffer.columns[plan].strings.rows == [0] && buffer.columns[amount].doubles.rows == [1])
        #expect(buffer.columns[amount].storedTypes == .double)
        #expect(buffer.userCodes == [0, EventBuffer.noCode] && buffer.nameCodes == [0, 0])
        #expect(buffer.column(path: "properties.plan") == plan)
    }

    @Test("an interner gives every string one code, through many growths")
    func interner() {
        var interner = StringInterner()
        for round in 0..<2 {
            for index in 0..<5000 {
                #expect(interner.intern("value-\(index)") == UInt32(index), "round \(round)")
            }
        }
        #expect(interner.count == 5000 && interner.makeString(at: 4321) == "value-4321")
        #expect(interner.find(bytes("value-17").rawBytes) == 17 && interner.find(bytes("nothing").rawBytes) == nil)
        #expect(interner.intern("") == 5000)
    }
}
