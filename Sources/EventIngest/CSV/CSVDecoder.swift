internal import EventBase
internal import EventColumns
internal import EventSQL

/// Turns blocks of CSV records into rows (SPEC 4.2).
///
/// - Threads: one owner at a time; several decoders work side by side.
struct CSVDecoder: Sendable {
    private let layout: CSVLayout
    private let mapping: ColumnMapping
    private var reader: CSVRecordReader
    private var assembler: RowAssembler
    /// The slot and role of each column.
    private let slots: [Int]
    private let roles: [RowRole]

    init(
        layout: CSVLayout, mapping: ColumnMapping, admission: ColumnAdmission = ColumnAdmission(),
        target: CopyTarget? = nil
    ) {
        self.layout = layout
        self.mapping = mapping
        reader = CSVRecordReader(delimiter: layout.delimiter)
        var assembler = RowAssembler(mapping: mapping, admission: admission, target: target)
        slots = layout.names.map { assembler.slot(path: $0) }
        roles = slots.map { assembler.role(ofSlot: $0) }
        self.assembler = assembler
    }

    mutating func decode(_ block: borrowing InputBlock) -> DecodedBlock {
        if let refused = block.refused { return DecodedBlock(buffer: EventBuffer(), rejects: [refused], lineCount: 1) }
        var rejects: [RejectedRow] = []
        var line = 1
        var start = 0
        let bytes = block.bytes.rawBytes
        while start < block.count {
            let outcome = reader.read(bytes, start, block.count)
            var end = reader.next
            var lineCount = reader.lineCount
            var problem: RowProblem?
            switch outcome {
            case .record:
                let isEmpty = reader.fields.count == 1 && reader.fields[0].start == reader.fields[0].end
                /// With one column an empty line is a row where the file was written by COPY.
                let isBlank = isEmpty && !reader.fields[0].isQuoted && (layout.nullText == nil || slots.count != 1)
                if !isBlank { problem = decodeRecord(bytes, start..<end) }
            case .badQuote:
                problem = RowProblem(.badQuote, "text behind the closing quote of field \(reader.fields.count)")
            case .unclosed:
                problem = RowProblem(.unclosedQuote, "field \(reader.fields.count + 1) has no closing quote")
                end = LineScan.firstLineFeed(bytes, start..<block.count).map { $0 + 1 } ?? block.count
                lineCount = 1
            }
            if let problem {
                let text = LineScan.trimmed(bytes, start..<end)
                rejects.append(
                    RejectedRow(line: line, reason: problem.reason, detail: problem.detail, raw: bytes.cut(text)))
            }
            line += lineCount
            start = end
        }
        return DecodedBlock(buffer: assembler.takeBuffer(), rejects: rejects, lineCount: line - 1)
    }

    private mutating func decodeRecord(_ bytes: RawSpan, _ record: Range<Int>) -> RowProblem? {
        if reader.fields.count != slots.count {
            return RowProblem(.fieldCount, "\(reader.fields.count) fields where the header has \(slots.count)")
        }
        if record.count > Limits.lineSizeBytesMax {
            return RowProblem(.lineTooLong, "the record has \(record.count) bytes")
        }
        if !JSONParser.isUTF8(bytes, record) { return RowProblem(.invalidUTF8, "the record is not UTF-8") }
        assembler.beginRow()
        for column in slots.indices {
            let field = reader.fields[column]
            if layout.isAbsent(field, bytes) { continue }
            if let reason = set(column, field, bytes) {
                let text = bytes.quoted(field.start..<field.end)
                let type = reason == .badValue ? assembler.declaredType(ofSlot: slots[column]) : ""
                return RowProblem(reason, "column '\(layout.names[column])': \(text)\(type)")
            }
        }
        switch assembler.commit(bytes) {
        case nil: return nil
        case .missingValue: return RowProblem(.missingValue, "no value for '\(assembler.missingColumn ?? "")'")
        case .noTime: return RowProblem(.noTime, "no value in '\(mapping.path(ofColumn: RowRole.timeColumn) ?? "")'")
        case .some(let reason):
            return RowProblem(reason, "the table would have more than \(Limits.columnCountMax) columns")
        }
    }

    private mutating func set(_ column: Int, _ field: CSVRecordReader.Field, _ bytes: RawSpan) -> RejectReason? {
        let slot = slots[column]
        let range = field.start..<field.end
        if field.hasEscapes {
            let start = assembler.scratch.count
            assembler.withScratch { field.append(from: bytes, to: &$0) }
            return assembler.set(slot, scratchFrom: start, isJSON: false)
        }
        switch roles[column] {
        case .time:
            if let number = CSVValue.int64(bytes, range) { return assembler.set(slot, int64: number) }
            if let number = CSVValue.double(bytes, range) { return assembler.set(slot, double: number) }
        case .user, .name, .declared: break
        case .property, .identifier:
            switch layout.forms[column] {
            case .bool:
                if let value = CSVValue.bool(bytes, range) { return assembler.set(slot, bool: value) }
            case .int64, .double:
                if setNumber(column, range, bytes) { return nil }
            case .string: break
            }
        }
        return assembler.set(slot, string: range, of: bytes)
    }

    /// Stores a number in a number column.
    /// - Returns: false where the text is no number.
    private mutating func setNumber(_ column: Int, _ range: Range<Int>, _ bytes: RawSpan) -> Bool {
        let slot = slots[column]
        if let value = CSVValue.int64(bytes, range) {
            let isExact = value.magnitude <= 1 << 53
            if layout.forms[column] == .double, isExact { return assembler.set(slot, double: Double(value)) == nil }
            return assembler.set(slot, int64: value) == nil
        }
        guard let value = CSVValue.double(bytes, range) else { return false }
        return assembler.set(slot, double: value) == nil
    }
}
