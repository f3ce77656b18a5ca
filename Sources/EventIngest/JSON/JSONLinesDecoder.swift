internal import EventBase
internal import EventColumns
internal import EventSQL

/// Turns blocks of JSON lines into rows (SPEC 4.2). Keeps its parser and its tree of keys from block to block; the rows of
/// a block depend on nothing but the block and the mapping.
///
/// - Threads: one owner at a time; several decoders work side by side.
struct JSONLinesDecoder: Sendable {
    /// A tree of keys beyond this is thrown away between blocks: the keys are data.
    private static let nodeCountMax = 1 << 16

    private let mapping: ColumnMapping
    private let admission: ColumnAdmission
    private let parser = JSONParser(depthMax: Limits.jsonDepthMax)
    private var trie = PathTrie()
    private var assembler: RowAssembler
    private var parents: [Int] = []
    private var known = KnownLines()
    private let readsKnownLines: Bool
    /// Blocks that are parsed line by line because too few lines of an earlier one were known.
    private var pausedBlockCount = 0

    /// Where more lines than one in this many had to be parsed, looking for known ones costs more than it saves.
    private static let knownPerParsedMin = 8
    private static let pausedBlockCountMax = 16
    /// Lines of a block that may teach their shape.
    private static let learntPerBlockMax = 256

    /// - Parameter readsKnownLines: false for tests, which compare both ways.
    init(
        mapping: ColumnMapping = ColumnMapping(), admission: ColumnAdmission = ColumnAdmission(),
        target: CopyTarget? = nil, readsKnownLines: Bool = true
    ) {
        self.readsKnownLines = readsKnownLines
        self.mapping = mapping
        self.admission = admission
        assembler = RowAssembler(mapping: mapping, admission: admission, target: target)
    }

    /// Decodes all lines of a block. Blank lines count, but are no rows.
    mutating func decode(_ block: borrowing InputBlock) -> DecodedBlock {
        if let refused = block.refused { return DecodedBlock(buffer: EventBuffer(), rejects: [refused], lineCount: 1) }
        var rejects: [RejectedRow] = []
        var line = 1
        var start = 0
        let bytes = block.bytes.rawBytes
        var longest = 0
        let known = known
        let usesKnown = readsKnownLines && pausedBlockCount == 0 && assembler.takesKnownLines
        var parsedCount = 0
        known.begin(firstRow: 0)
        while start < block.count {
            if usesKnown {
                let isOver = readKnownLines(bytes, block.count, &start, &line)
                if isOver { break }
            }
            let end = LineScan.firstLineFeed(bytes, start..<block.count) ?? block.count
            let text = LineScan.trimmed(bytes, start..<end)
            if !text.isEmpty {
                parsedCount += 1
                longest = max(longest, text.count)
                assembler.storeKnownRows(known, bytes)
                if let problem = decodeLine(bytes, text) {
                    rejects.append(
                        RejectedRow(
                            line: line, reason: problem.reason, detail: problem.detail, raw: bytes.cut(start..<end)))
                } else if usesKnown, parsedCount <= Self.learntPerBlockMax {
                    LineShape.learn(bytes, text, trie, assembler, known)
                }
                known.begin(firstRow: assembler.buffer.rowCount)
            }
            line += 1
            start = end + 1
        }
        assembler.storeKnownRows(known, bytes)
        if usesKnown {
            if parsedCount > Self.learntPerBlockMax, parsedCount * Self.knownPerParsedMin > line {
                pausedBlockCount = Self.pausedBlockCountMax
            }
        } else {
            pausedBlockCount = max(0, pausedBlockCount - 1)
        }
        if longest > 1 << 20 { parser.shrink() }
        let decoded = DecodedBlock(buffer: assembler.takeBuffer(), rejects: rejects, lineCount: line - 1)
        if trie.count > Self.nodeCountMax {
            trie = PathTrie()
            self.known = KnownLines()
            assembler = RowAssembler(mapping: mapping, admission: admission, target: assembler.target)
        }
        return decoded
    }

    /// Takes lines of known shapes from `start` on until one must be parsed, which then begins there.
    /// - Returns: whether no line is left.
    private mutating func readKnownLines(_ bytes: RawSpan, _ end: Int, _ start: inout Int, _ line: inout Int) -> Bool {
        known.go(to: start, lineCount: line)
        while true {
            switch known.read(bytes, until: end) {
            case .blockEnd:
                line = known.lineCount
                return true
            case .unknown:
                (start, line) = (known.place, known.lineCount)
                return false
            case .time(let time):
                if let micros = assembler.readTime(time, bytes, known) {
                    known.commit(micros: micros)
                    let feed = LineScan.firstLineFeed(bytes, known.place..<end) ?? end
                    known.go(to: feed + 1, lineCount: known.lineCount + 1)
                    if feed >= end - 1 {
                        line = known.lineCount
                        return true
                    }
                } else {
                    known.undo()
                    (start, line) = (known.place, known.lineCount)
                    return false
                }
            }
        }
    }

    /// Stores one line's row, or says why not.
    private mutating func decodeLine(_ bytes: RawSpan, _ text: Range<Int>) -> RowProblem? {
        let parser = parser
        if text.count > Limits.lineSizeBytesMax { return RowProblem(.lineTooLong, "the line has \(text.count) bytes") }
        switch parser.parse(bytes, text) {
        case .ok: break
        case .invalidUTF8: return RowProblem(.invalidUTF8, "the line is not UTF-8")
        case .tooDeep: return RowProblem(.tooDeep, "more than \(Limits.jsonDepthMax) levels of nesting")
        case .badNumber:
            return JSONNumberScan.allWellFormed(bytes, text)
                ? RowProblem(.numberOutOfRange, "a number beyond 64 bits") : RowProblem(.notJSON, parser.message)
        case .outOfMemory: return RowProblem(.lineTooLong, parser.message)
        case .malformed: return RowProblem(.notJSON, parser.message)
        }
        if assembler.row == .max { trie.forgetRows() }
        assembler.beginRow()
        trie.beginRow()
        if let problem = walk(parser.tape, parser.strings) { return problem }
        if let reason = assembler.commit(parser.strings) { return RowProblem(reason, describe(reason)) }
        return nil
    }

    /// Reads the tape of one object into the assembler.
    private mutating func walk(_ tape: Span<UInt64>, _ strings: RawSpan) -> RowProblem? {
        guard tape.count > 2, JSONTape.type(of: tape[1]) == JSONTape.objectStart else {
            return RowProblem(.notAnObject, "the line is JSON, but no object")
        }
        parents.removeAll(keepingCapacity: true)
        var parent = PathTrie.root
        var index = 2
        while true {
            let word = tape[index]
            if JSONTape.type(of: word) == JSONTape.objectEnd {
                guard let outer = parents.popLast() else { return nil }
                parent = outer
                index += 1
                continue
            }
            let key = JSONTape.text(of: word, strings)
            let node: Int
            switch trie.step(parent, key, strings, row: assembler.row, &assembler) {
            case .node(let found): node = found
            case .bad(let reason): return RowProblem(reason, "the key \(strings.quoted(key))")
            }
            index += 1
            let value = tape[index]
            let slot = trie.slot(of: node)
            if JSONTape.type(of: value) == JSONTape.objectStart, !assembler.keepsObject(slot) {
                if let reason = assembler.refusesObject(slot) {
                    return RowProblem(reason, "an object under \(strings.quoted(key))")
                }
                parents.append(parent)
                parent = node
                index += 1
                continue
            }
            if let reason = read(value, slot, tape, &index, strings) {
                let type = reason == .badValue ? assembler.declaredType(ofSlot: slot) : ""
                return RowProblem(reason, "the value of \(strings.quoted(key))\(shown(value, strings))\(type)")
            }
        }
    }

    /// Takes the scalar or array at `index` and moves behind it.
    @inline(__always)
    private mutating func read(
        _ word: UInt64, _ slot: Int, _ tape: Span<UInt64>, _ index: inout Int, _ strings: RawSpan
    ) -> RejectReason? {
        let type = JSONTape.type(of: word)
        if type == JSONTape.null {
            index += 1
            return nil
        }
        guard assembler.claim(slot) else { return .duplicateKey }
        switch type {
        case JSONTape.string:
            index += 1
            if assembler.keepsQuotes(slot) {
                let start = assembler.scratch.count
                assembler.withScratch { JSONText.append(string: JSONTape.text(of: word, strings), strings, to: &$0) }
                return assembler.set(slot, scratchFrom: start, isJSON: true)
            }
            return assembler.set(slot, string: JSONTape.text(of: word, strings), of: strings)
        case JSONTape.int64:
            index += 2
            return assembler.set(slot, int64: Int64(bitPattern: tape[index - 1]))
        case JSONTape.double:
            index += 2
            return assembler.set(slot, double: Double(bitPattern: tape[index - 1]))
        case JSONTape.yes, JSONTape.no:
            index += 1
            return assembler.set(slot, bool: type == JSONTape.yes)
        case JSONTape.uint64: return .numberOutOfRange
        default:
            let start = assembler.scratch.count
            let position = index
            index = JSONTape.end(of: word)
            guard assembler.withScratch({ JSONText.append(tape, at: position, strings, to: &$0) }) else {
                return .numberOutOfRange
            }
            return assembler.set(slot, scratchFrom: start, isJSON: true)
        }
    }

    /// The start of a text value, for a reject's detail.
    private func shown(_ word: UInt64, _ strings: RawSpan) -> String {
        guard JSONTape.type(of: word) == JSONTape.string else { return "" }
        return ": " + strings.quoted(JSONTape.text(of: word, strings))
    }

    private func describe(_ reason: RejectReason) -> String {
        switch reason {
        case .missingValue: "no value for '\(assembler.missingColumn ?? "")'"
        case .noTime: "no value at '\(mapping.path(ofColumn: RowRole.timeColumn) ?? "")'"
        default: "the table would have more than \(Limits.columnCountMax) columns"
        }
    }
}
