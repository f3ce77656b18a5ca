internal import EventBase
internal import EventColumns

/// Finds the slot of a key inside an object without building the path: a tree of keys, each node made once.
///
/// Rows of one source carry their keys in the same order, so each node remembers which node followed it last; in the steady
/// state a key costs one comparison, no hash and no allocation.
struct PathTrie: Sendable {
    static let root = 0

    private struct Node: Sendable {
        var parent: UInt32
        var keyStart: UInt32
        var keyCount: UInt32
        var slot: UInt32
        /// The node that followed this one in the row before.
        var next: UInt32 = 0
        /// The row that met this node last.
        var row: UInt32 = 0
    }

    enum Step {
        case node(Int)
        case bad(RejectReason)
    }

    private var nodes: [Node]
    /// Whole paths by node, parents included.
    private var paths = [""]
    private var keys: [UInt8] = []
    /// Node + 1 by hash of parent and key, 0 = empty; a power of two.
    private var table: [UInt32]
    private var previous = root

    init() {
        nodes = [Node(parent: .max, keyStart: 0, keyCount: 0, slot: .max)]
        table = Array(repeating: 0, count: 256)
    }

    var count: Int { nodes.count }

    mutating func beginRow() { previous = Self.root }

    /// Forgets which rows met which nodes; when the row counter starts again.
    mutating func forgetRows() { for node in nodes.indices { nodes[node].row = 0 } }

    @inline(__always)
    func slot(of node: Int) -> Int { Int(nodes[node].slot) }

    /// The node of the key at `range` of `bytes` inside `parent`, claimed for `row`.
    @inline(__always)
    mutating func step(
        _ parent: Int, _ range: Range<Int>, _ bytes: RawSpan, row: UInt32, _ assembler: inout RowAssembler
    ) -> Step {
        var found = Int(nodes[previous].next)
        if !matches(found, parent, range, bytes) {
            switch search(parent, range, bytes, &assembler) {
            case .bad(let reason): return .bad(reason)
            case .node(let node): found = node
            }
            nodes[previous].next = UInt32(found)
        }
        if nodes[found].row == row { return .bad(.duplicateKey) }
        nodes[found].row = row
        previous = found
        return .node(found)
    }

    @inline(__always)
    private func matches(_ node: Int, _ parent: Int, _ range: Range<Int>, _ bytes: RawSpan) -> Bool {
        let candidate = nodes[node]
        return Int(candidate.parent) == parent && Int(candidate.keyCount) == range.count
            && TapeBytes.equal(keys.rawBytes, Int(candidate.keyStart), bytes, range.lowerBound, count: range.count)
    }

    /// The node of a key that has been met; nil for any other.
    func find(_ parent: Int, _ range: Range<Int>, _ bytes: RawSpan) -> Int? {
        var place = place(parent, bytes.extracting(range))
        while table[place] != 0 {
            let node = Int(table[place] - 1)
            if matches(node, parent, range, bytes) { return node }
            place = (place + 1) & (table.count - 1)
        }
        return nil
    }

    private func place(_ parent: Int, _ key: RawSpan) -> Int {
        Int(truncatingIfNeeded: Hash64.hash(key) ^ Hash64.hash(UInt64(parent))) & (table.count - 1)
    }

    @inline(never)
    private mutating func search(
        _ parent: Int, _ range: Range<Int>, _ bytes: RawSpan, _ assembler: inout RowAssembler
    ) -> Step {
        let key = bytes.extracting(range)
        var place = place(parent, key)
        while table[place] != 0 {
            let node = Int(table[place] - 1)
            if matches(node, parent, range, bytes) { return .node(node) }
            place = (place + 1) & (table.count - 1)
        }
        if key.byteCount == 0 { return .bad(.badPath) }
        let path = parent == Self.root ? String(utf8: key) : paths[parent] + "." + String(utf8: key)
        if path.utf8.count > Limits.pathSizeBytesMax { return .bad(.badPath) }
        let node = nodes.count
        nodes.append(
            Node(
                parent: UInt32(parent), keyStart: UInt32(keys.count), keyCount: UInt32(range.count),
                slot: UInt32(assembler.slot(path: path))))
        paths.append(path)
        keys.append(bytes: key)
        table[place] = UInt32(node) + 1
        if nodes.count * 2 > table.count { grow() }
        return .node(node)
    }

    private mutating func grow() {
        var wider = [UInt32](repeating: 0, count: table.count * 2)
        for node in nodes.indices.dropFirst() {
            let start = Int(nodes[node].keyStart)
            let key = keys.rawBytes.extracting(start..<start + Int(nodes[node].keyCount))
            let hash = Hash64.hash(key) ^ Hash64.hash(UInt64(nodes[node].parent))
            var place = Int(truncatingIfNeeded: hash) & (wider.count - 1)
            while wider[place] != 0 { place = (place + 1) & (wider.count - 1) }
            wider[place] = UInt32(node) + 1
        }
        table = wider
    }
}
