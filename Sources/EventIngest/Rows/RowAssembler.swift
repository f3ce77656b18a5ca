internal import EventBase
internal import EventColumns
internal import EventSQL

/// Collects the values of one row, whatever the input's format, and keeps the row only when all of it is good.
///
/// Paths become *slots* once; a slot knows its role, its column in the current block's buffer and the row that used it last.
/// So a row is checked without touching the buffer, and a bad one leaves no trace.
struct RowAssembler: Sendable {
    /// Where the bytes of a text lie.
    struct Text: Sendable {
        var start = 0
        var count = 0
        var isScratch = false
    }

    private enum Kind: UInt8 { case bool, int64, double, string, json }

    private struct Cell: Sendable {
        var slot: UInt32
        var kind: Kind
        var isScratch: Bool
        /// Value bits, or where the text starts.
        var bits: UInt64
        var count: UInt32
    }

    private struct Slot: Sendable {
        var role: RowRole
        /// Column in `buffer`, -1 before the block's first value.
        var column: Int32 = -1
        /// The row that used the slot last.
        var row: UInt32 = 0
        /// The declared column, -1 where there is none.
        var target: Int32 = -1
    }

    private(set) var buffer = EventBuffer()
    private var newColumnCount = 0
    private let mapping: ColumnMapping
    private let constants: [(column: String, text: [UInt8])]
    /// Constants of the user and the name, put into every row's scratch.
    private let constantUser: [UInt8]?
    private let constantName: [UInt8]?
    private let admission: ColumnAdmission
    private var slotNames = StringInterner()
    private var slots: [Slot] = []
    private var cells: [Cell] = []
    /// Counts rows so that nothing need be cleared between them.
    private(set) var row: UInt32 = 0
    /// Texts made for the open row: arrays, numbers as ids, unescaped fields.
    private(set) var scratch: [UInt8] = []
    private var time: Int64?
    private var instants = InstantReader()
    private var user = Text()
    private var name = Text()

    /// The declared columns that rows must fit; nil for events.
    let target: CopyTarget?

    init(mapping: ColumnMapping, admission: ColumnAdmission, target: CopyTarget? = nil) {
        self.mapping = mapping
        self.admission = admission
        self.target = target
        let constants = mapping.constants.map { (column: $0.column, text: Array($0.text.utf8)) }
        constantName = constants.first { $0.column == RowRole.nameColumn }?.text
        constantUser = constants.first { $0.column == RowRole.userColumn }?.text
        buffer.packsUUIDs = target == nil
        self.constants = constants.filter {
            $0.column != RowRole.userColumn && $0.column != RowRole.nameColumn
        }
    }

    var slotCount: Int { slots.count }

    /// The slot of an input path, after mapping; made on first sight.
    mutating func slot(path: String) -> Int {
        if let target { return slot(path: path, target) }
        let column = mapping.column(ofPath: path)
        let slot = Int(slotNames.intern(column))
        if slot == slots.count { slots.append(Slot(role: RowRole(column: column))) }
        return slot
    }

    private mutating func slot(path: String, _ target: CopyTarget) -> Int {
        let column = target.column(named: path)
        let slot = Int(slotNames.intern(column.map { target.name(of: $0) } ?? path))
        if slot == slots.count { slots.append(Slot(role: .declared, target: Int32(column ?? -1))) }
        return slot
    }

    /// The declared column of a slot; nil where there is none.
    func declaredColumn(ofSlot slot: Int) -> Int? { slots[slot].target < 0 ? nil : Int(slots[slot].target) }

    func role(ofSlot slot: Int) -> RowRole { slots[slot].role }
    func name(ofSlot slot: Int) -> String { slotNames.makeString(at: UInt32(slot)) }

    /// Hands over the rows so far and begins the next block.
    mutating func takeBuffer() -> EventBuffer {
        var full = buffer
        buffer = EventBuffer(roomFor: full)
        full.close()
        for slot in slots.indices { slots[slot].column = -1 }
        newColumnCount = 0
        return full
    }

    mutating func beginRow() {
        if row == .max {
            for slot in slots.indices { slots[slot].row = 0 }
            row = 0
        }
        row += 1
        cells.removeAll(keepingCapacity: true)
        scratch.removeAll(keepingCapacity: true)
        time = nil
        user = Text()
        name = Text()
        if let constantUser { user = makeText { $0.append(contentsOf: constantUser) } }
        if let constantName { name = makeText { $0.append(contentsOf: constantName) } }
    }

    /// Marks a slot as used by the open row.
    /// - Returns: false when the row has used it before.
    @inline(__always)
    mutating func claim(_ slot: Int) -> Bool {
        if slots[slot].row == row { return false }
        slots[slot].row = row
        return true
    }

    @inline(__always)
    mutating func set(_ slot: Int, bool value: Bool) -> RejectReason? {
        switch slots[slot].role {
        case .declared: return setDeclared(slot, makeText { $0.append(contentsOf: (value ? "true" : "false").utf8) })
        case .time: return .badTime
        case .user: return .badUser
        case .name: return .badEventName
        default: add(slot, .bool, value ? 1 : 0)
        }
        return nil
    }

    @inline(__always)
    mutating func set(_ slot: Int, int64 value: Int64) -> RejectReason? {
        switch slots[slot].role {
        case .property, .identifier: add(slot, .int64, UInt64(bitPattern: value))
        case .declared: return setDeclared(slot, makeText { DecimalText.append(value, to: &$0) })
        case .time: time = EventTimeRule.micros(int64: value)
        case .user: user = makeText { DecimalText.append(value, to: &$0) }
        case .name: name = makeText { DecimalText.append(value, to: &$0) }
        }
        return nil
    }

    @inline(__always)
    mutating func set(_ slot: Int, double value: Double) -> RejectReason? {
        switch slots[slot].role {
        case .property, .identifier: add(slot, .double, value.bitPattern)
        case .declared: return setDeclared(slot, makeText { DecimalText.append(value, to: &$0) })
        case .time:
            time = EventTimeRule.micros(double: value)
            if time == nil { return .badTime }
        case .user: user = makeText { DecimalText.append(identifier: value, to: &$0) }
        case .name: name = makeText { DecimalText.append(identifier: value, to: &$0) }
        }
        return nil
    }

    /// Why a slot cannot be the parent of an object's values; nil where it can.
    func refusesObject(_ slot: Int) -> RejectReason? {
        switch slots[slot].role {
        case .time: .badTime
        case .user: .badUser
        case .name: .badEventName
        case .property, .identifier, .declared: nil
        }
    }

    /// A text at `range` of `bytes`, which `commit` will be given again.
    @inline(__always)
    mutating func set(_ slot: Int, string range: Range<Int>, of bytes: RawSpan) -> RejectReason? {
        let role = slots[slot].role
        if role == .declared {
            return setDeclared(slot, makeText { $0.append(bytes: bytes.extracting(range)) })
        }
        let limit = role == .property ? Limits.stringSizeBytesMax : Limits.identifierSizeBytesMax
        if range.count > limit { return role == .property ? .stringTooLong : .identifierTooLong }
        let text = Text(start: range.lowerBound, count: range.count)
        switch role {
        case .property, .identifier, .declared: add(slot, .string, text)
        case .time:
            time = instants.parse(bytes.extracting(range))
            if time == nil { return .badTime }
        case .user: user = text
        case .name: name = text
        }
        return nil
    }

    /// A text that the caller has appended to `scratch` from `start` on.
    mutating func set(_ slot: Int, scratchFrom start: Int, isJSON: Bool) -> RejectReason? {
        let text = Text(start: start, count: scratch.count - start, isScratch: true)
        let role = slots[slot].role
        if role == .declared { return setDeclared(slot, text) }
        if isJSON {
            switch role {
            case .time: return .badTime
            case .user: return .badUser
            case .name: return .badEventName
            case .property, .identifier, .declared: break
            }
            if text.count > Limits.stringSizeBytesMax { return .stringTooLong }
            add(slot, .json, text)
            return nil
        }
        let limit = role == .property ? Limits.stringSizeBytesMax : Limits.identifierSizeBytesMax
        if text.count > limit { return role == .property ? .stringTooLong : .identifierTooLong }
        switch role {
        case .property, .identifier, .declared: add(slot, .string, text)
        case .time:
            time = TimestampText.parse(scratch.rawBytes.extracting(start..<scratch.count))
            if time == nil { return .badTime }
        case .user: user = text
        case .name: name = text
        }
        return nil
    }

    /// Lets `body` append to the row's scratch bytes.
    @inline(__always)
    mutating func withScratch<R>(_ body: (inout [UInt8]) -> R) -> R { body(&scratch) }

    /// Stores the open row; `bytes` are those that `set(string:)` was given.
    /// - Returns: why the row cannot be stored, with nothing of it kept.
    mutating func commit(_ bytes: RawSpan) -> RejectReason? {
        if target != nil {
            if missingColumn != nil { return .missingValue }
            time = 0
        }
        guard let time else { return .noTime }
        if let reason = assignColumns() { return reason }
        /// A second reference, so that its bytes can be lent while `buffer` changes.
        let scratch = scratch
        for cell in cells {
            let column = Int(slots[Int(cell.slot)].column)
            switch cell.kind {
            case .bool: buffer.set(column, bool: cell.bits != 0)
            case .int64: buffer.set(column, int64: Int64(bitPattern: cell.bits))
            case .double: buffer.set(column, double: Double(bitPattern: cell.bits))
            case .string, .json:
                let start = Int(cell.bits)
                let range = start..<start + Int(cell.count)
                switch (cell.kind, cell.isScratch) {
                case (.string, false): buffer.set(column, string: bytes.extracting(range))
                case (.string, true): buffer.set(column, string: scratch.rawBytes.extracting(range))
                default: buffer.set(column, json: scratch.rawBytes.extracting(range))
                }
            }
        }
        for constant in constants {
            let column = buffer.column(path: constant.column)
            buffer.set(column, string: constant.text.rawBytes)
        }
        commitRoles(time, bytes, scratch)
        return nil
    }

    private mutating func commitRoles(_ time: Int64, _ bytes: RawSpan, _ scratch: [UInt8]) {
        let userRange = user.start..<user.start + user.count
        let nameRange = name.start..<name.start + name.count
        switch (user.isScratch, name.isScratch) {
        case (false, false):
            buffer.commitRow(time: time, user: bytes.extracting(userRange), name: bytes.extracting(nameRange))
        case (false, true):
            buffer.commitRow(
                time: time, user: bytes.extracting(userRange), name: scratch.rawBytes.extracting(nameRange))
        case (true, false):
            buffer.commitRow(
                time: time, user: scratch.rawBytes.extracting(userRange), name: bytes.extracting(nameRange))
        case (true, true):
            buffer.commitRow(
                time: time, user: scratch.rawBytes.extracting(userRange), name: scratch.rawBytes.extracting(nameRange))
        }
    }

    // MARK: Known lines

    /// Whether rows may come from the reader of known lines: columns are not declared, no constants are added, and one block
    /// cannot bring more columns than it may.
    var takesKnownLines: Bool {
        target == nil && mapping.constants.isEmpty && admission.quota >= Limits.columnCountMax
            && slots.count <= Limits.columnCountMax / 2
    }

    /// Reads the time of a known line; nil where it is none.
    mutating func readTime(_ time: KnownLines.Time, _ bytes: RawSpan, _ lines: KnownLines) -> Int64? {
        switch time {
        case .integer(let value): return EventTimeRule.micros(int64: value)
        case .text(let range):
            guard let micros = instants.parse(bytes.extracting(range)) else { return nil }
            lines.know(instants.day)
            return micros
        }
    }

    /// Puts the rows that `lines` has read since it began into the buffer, column by column, and lets it begin anew.
    mutating func storeKnownRows(_ lines: KnownLines, _ bytes: RawSpan) {
        if lines.rowCount > 0 {
            let slotNames = slotNames
            for slot in lines.usedSlots {
                if slots[slot].column < 0 {
                    slots[slot].column = Int32(buffer.column(path: slotNames.bytes(at: UInt32(slot))))
                    newColumnCount += 1
                }
                lines.append(slot, to: &buffer, column: Int(slots[slot].column), bytes)
            }
            lines.commitRows(to: &buffer, bytes)
        }
        lines.begin(firstRow: buffer.rowCount)
    }

    /// Gives every slot of the row its column of the buffer, all or none of the new ones.
    private mutating func assignColumns() -> RejectReason? {
        var isComplete = true
        var newCount = 0
        for cell in cells where slots[Int(cell.slot)].column < 0 {
            isComplete = false
            if !admission.knows(slotNames.bytes(at: cell.slot)) { newCount += 1 }
        }
        if isComplete { return nil }
        if newColumnCount + newCount > admission.quota { return .tooManyColumns }
        newColumnCount += newCount
        let slotNames = slotNames
        for cell in cells where slots[Int(cell.slot)].column < 0 {
            let column = buffer.column(path: slotNames.bytes(at: cell.slot))
            slots[Int(cell.slot)].column = Int32(column)
        }
        return nil
    }

    private mutating func makeText(_ body: (inout [UInt8]) -> Void) -> Text {
        let start = scratch.count
        body(&scratch)
        return Text(start: start, count: scratch.count - start, isScratch: true)
    }

    /// Keeps a text that has been found good.
    mutating func keep(_ slot: Int, _ text: Text) { add(slot, .string, text) }

    /// The declared columns that the open row has values for.
    var filledColumns: [Int] { cells.map { Int(slots[Int($0.slot)].target) } }

    @inline(__always)
    private mutating func add(_ slot: Int, _ kind: Kind, _ bits: UInt64) {
        cells.append(Cell(slot: UInt32(slot), kind: kind, isScratch: false, bits: bits, count: 0))
    }

    @inline(__always)
    private mutating func add(_ slot: Int, _ kind: Kind, _ text: Text) {
        cells.append(
            Cell(
                slot: UInt32(slot), kind: kind, isScratch: text.isScratch, bits: UInt64(text.start),
                count: UInt32(text.count)))
    }
}

/// Which columns a block may bring. Blocks are decoded without knowing each other, so each is first held to the limit
/// alone; a block that would take the table beyond it is decoded again, knowing the table.
struct ColumnAdmission: Sendable {
    /// Columns of the table so far.
    var known = StringInterner()
    /// Columns beyond those that may still come.
    var quota = Limits.columnCountMax

    func knows(_ column: RawSpan) -> Bool { known.count > 0 && known.find(column) != nil }
}
