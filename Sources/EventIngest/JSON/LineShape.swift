internal import EventBase

/// Cuts a line that the parser has found good into literals and scalars, and teaches them to the reader of known lines.
struct LineShape {
    /// A longer line is hardly one of many alike.
    static let sizeBytesMax = 1 << 16

    /// The line, and a line feed that ends every search.
    private var bytes: [UInt8] = []
    private let count: Int
    private var at = 0

    private init(_ line: RawSpan) {
        bytes.append(bytes: line)
        count = bytes.count
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Learns one line. Lines with arrays or with escapes in keys are left alone.
    static func learn(
        _ block: RawSpan, _ range: Range<Int>, _ trie: PathTrie, _ assembler: RowAssembler, _ lines: KnownLines
    ) {
        if range.count > sizeBytesMax { return }
        var shape = LineShape(block.extracting(range))
        shape.learn(block, range.lowerBound, trie, assembler, lines)
    }

    private mutating func learn(
        _ block: RawSpan, _ offset: Int, _ trie: PathTrie, _ assembler: RowAssembler, _ lines: KnownLines
    ) {
        var source = KnownLines.start
        var parents: [Int] = []
        var parent = PathTrie.root
        var entered: [UInt32] = []
        var literalStart = 0
        skipBlanks()
        at += 1
        while at < count {
            skipBlanks()
            switch bytes[at] {
            case UInt8(ascii: "}"):
                at += 1
                if let outer = parents.popLast() {
                    parent = outer
                    continue
                }
                let literal = (offset + literalStart)..<(offset + count)
                return lines.learn(
                    from: source, block, literal: literal, to: KnownLines.end, entered: entered, slot: 0, .property)
            case UInt8(ascii: ","): at += 1
            default:
                guard let key = takeString(), !bytes[key].contains(UInt8(ascii: "\\")),
                    let node = trie.find(parent, (offset + key.lowerBound)..<(offset + key.upperBound), block),
                    node < KnownLines.keyCountMax
                else { return }
                skipBlanks()
                at += 1
                skipBlanks()
                switch bytes[at] {
                case UInt8(ascii: "["): return
                case UInt8(ascii: "{"):
                    at += 1
                    entered.append(UInt32(node))
                    parents.append(parent)
                    parent = node
                default:
                    let slot = trie.slot(of: node)
                    lines.learn(
                        from: source, block, literal: (offset + literalStart)..<(offset + at), to: UInt32(node),
                        entered: entered, slot: slot, assembler.role(ofSlot: slot))
                    source = UInt32(node)
                    entered = []
                    skipScalar()
                    literalStart = at
                }
            }
        }
    }

    private mutating func skipBlanks() {
        while bytes[at] == 0x20 || bytes[at] == 0x09 || bytes[at] == 0x0d { at += 1 }
    }

    /// The inside of the string that begins here; nil where none does.
    private mutating func takeString() -> Range<Int>? {
        guard bytes[at] == UInt8(ascii: "\"") else { return nil }
        let start = at + 1
        at = start
        while at < count, bytes[at] != UInt8(ascii: "\"") { at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1 }
        let end = min(at, count)
        at = end + 1
        return start..<end
    }

    private mutating func skipScalar() {
        if takeString() != nil { return }
        while at < count, bytes[at] != UInt8(ascii: ","), bytes[at] != UInt8(ascii: "}"), bytes[at] > 0x20 { at += 1 }
    }
}
