/// Whole paths and how often each was taken: a hash table of sequences of nodes, so that a path is found by one look however long
/// it is.
struct RouteTally: Sendable {
    /// How often a path was taken, and by how many people.
    struct Weight: Sendable {
        fileprivate(set) var count = 0
        fileprivate(set) var users = 0
        /// A person's paths follow each other, so one number tells whether a person is new.
        fileprivate var lastPerson = RowKey.none

        fileprivate mutating func add(_ person: UInt32) {
            count += 1
            if person != lastPerson {
                users += 1
                lastPerson = person
            }
        }
    }

    /// The nodes of all different paths, end to end; path `i` has `starts[i] ..< starts[i + 1]`.
    private var nodes: [UInt32] = []
    private var starts: [Int] = [0]
    private var weights: [Weight] = []
    /// A path's number + 1 in the lower half, its hash in the upper, with linear probing by the hash; at most half full. A look
    /// at a slot nearly always tells whether a path is new.
    private var slots: [UInt64] = []
    /// How long each passage took, and of which path it was.
    private var passages: [(path: UInt32, micros: Int64)] = []
    /// Every path, whichever it is.
    private(set) var everybody = Weight()
    /// Paths that are still to be looked up: many at a time, so that a core asks memory for all their slots at once.
    private var waiting = Waiting()

    /// What `touch` read, kept so that it is read.
    private var lastTouched: UInt64 = 0

    private struct Waiting: Sendable {
        static let countMax = 1024
        var nodes: [UInt32] = []
        var ends: [Int] = []
        var hashes: [UInt32] = []
        var micros: [Int64] = []
        var persons: [UInt32] = []
    }

    /// Different paths.
    var count: Int { weights.count }

    var sizeBytes: Int { nodes.count * 4 + count * 32 + slots.count * 8 + passages.count * 16 }

    mutating func add(_ path: [UInt32], micros: Int64, _ person: UInt32) {
        everybody.add(person)
        for node in path { waiting.nodes.append(node) }
        waiting.ends.append(waiting.nodes.count)
        waiting.hashes.append(Self.hash(path.span))
        waiting.micros.append(micros)
        waiting.persons.append(person)
        if waiting.ends.count == Waiting.countMax { settle() }
    }

    /// Looks up the paths that wait. What is read of a tally stands without them.
    mutating func settle() {
        var own = Waiting()
        swap(&own, &waiting)
        while slots.count < (count + own.ends.count) * 2 { grow() }
        touch(own.hashes)
        var start = 0
        for (index, end) in own.ends.enumerated() {
            let number = number(of: own.nodes.span.extracting(start..<end), own.hashes[index])
            weights[number].add(own.persons[index])
            passages.append((UInt32(truncatingIfNeeded: number), own.micros[index]))
            start = end
        }
        own.nodes.removeAll(keepingCapacity: true)
        own.ends.removeAll(keepingCapacity: true)
        own.hashes.removeAll(keepingCapacity: true)
        own.micros.removeAll(keepingCapacity: true)
        own.persons.removeAll(keepingCapacity: true)
        waiting = own
    }

    /// Brings the slots of some hashes into the cache: loads that do not wait for each other.
    private mutating func touch(_ hashes: [UInt32]) {
        let mask = slots.count - 1
        var seen: UInt64 = 0
        for hash in hashes { seen |= slots[Int(hash) & mask] }
        lastTouched = seen
    }

    func weight(of number: Int) -> Weight { weights[number] }

    func nodes(of number: Int) -> ArraySlice<UInt32> { nodes[starts[number]..<starts[number + 1]] }

    /// The durations of some paths, in the order of `numbers`.
    func durations(of numbers: [Int]) -> [DurationSample] {
        var places = [Int](repeating: -1, count: count)
        for (place, number) in numbers.enumerated() { places[number] = place }
        var samples = [DurationSample](repeating: DurationSample(), count: numbers.count)
        for passage in passages where places[Int(passage.path)] >= 0 {
            samples[places[Int(passage.path)]].append(passage.micros)
        }
        return samples
    }

    /// The people of `other`, which is settled, must be different ones.
    mutating func merge(_ other: RouteTally) {
        everybody.count += other.everybody.count
        everybody.users += other.everybody.users
        var own: [UInt32] = []
        own.reserveCapacity(other.count)
        let (theirs, starts) = (other.nodes.span, other.starts)
        var hashes: [UInt32] = []
        for first in stride(from: 0, to: other.count, by: Waiting.countMax) {
            let block = first..<min(other.count, first + Waiting.countMax)
            hashes.removeAll(keepingCapacity: true)
            for path in block { hashes.append(Self.hash(theirs.extracting(starts[path]..<starts[path + 1]))) }
            while slots.count < (count + block.count) * 2 { grow() }
            touch(hashes)
            for path in block {
                let nodes = theirs.extracting(starts[path]..<starts[path + 1])
                let number = number(of: nodes, hashes[path - first])
                weights[number].count += other.weights[path].count
                weights[number].users += other.weights[path].users
                own.append(UInt32(truncatingIfNeeded: number))
            }
        }
        passages.reserveCapacity(passages.count + other.passages.count)
        for passage in other.passages { passages.append((own[Int(passage.path)], passage.micros)) }
    }

    /// The path's number, given now if it was never seen.
    private mutating func number(of path: Span<UInt32>, _ hash: UInt32) -> Int {
        if (weights.count + 1) * 2 > slots.count { grow() }
        let mask = slots.count - 1
        var slot = Int(hash) & mask
        while slots[slot] != 0 {
            if UInt32(truncatingIfNeeded: slots[slot] >> 32) == hash {
                let number = Int(UInt32(truncatingIfNeeded: slots[slot]) &- 1)
                if isPath(number, path) { return number }
            }
            slot = (slot + 1) & mask
        }
        slots[slot] = UInt64(hash) << 32 | UInt64(UInt32(truncatingIfNeeded: weights.count + 1))
        for index in path.indices { nodes.append(path[index]) }
        starts.append(nodes.count)
        weights.append(Weight())
        return weights.count - 1
    }

    private func isPath(_ number: Int, _ path: Span<UInt32>) -> Bool {
        let start = starts[number]
        if starts[number + 1] - start != path.count { return false }
        for index in path.indices where nodes[start + index] != path[index] { return false }
        return true
    }

    private mutating func grow() {
        var larger = [UInt64](repeating: 0, count: max(256, slots.count * 4))
        let mask = larger.count - 1
        for entry in slots where entry != 0 {
            var slot = Int(entry >> 32) & mask
            while larger[slot] != 0 { slot = (slot + 1) & mask }
            larger[slot] = entry
        }
        slots = larger
    }

    private static func hash(_ path: Span<UInt32>) -> UInt32 {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        for index in path.indices {
            state = (state ^ UInt64(path[index])) &* 0xD6E8_FEB8_6659_FD93
            state ^= state >> 32
        }
        return UInt32(truncatingIfNeeded: state)
    }
}
