/// How often something was passed, by how many people, and how long each pass took.
struct Passes: Sendable {
    private(set) var count = 0
    private(set) var users = 0
    var micros = DurationSample()
    /// A person's passes follow each other, so one number tells whether a person is new.
    private var lastPerson = RowKey.none

    mutating func add(_ person: UInt32, micros: Int64?) {
        count += 1
        if person != lastPerson {
            users += 1
            lastPerson = person
        }
        if let micros { self.micros.append(micros) }
    }

    /// The people of `other` must be different ones.
    mutating func merge(_ other: Passes) {
        count += other.count
        users += other.users
        micros.append(contentsOf: other.micros)
    }
}

/// Nodes and edges by step.
struct StepTally: Sendable {
    struct Edge: Hashable, Sendable {
        var step: Int32
        var source: UInt32
        /// `RowKey.none` for the source as a place.
        var target: UInt32
    }

    private var slots: [Edge: Int] = [:]
    private var passes: [Passes] = []
    private var passCount = 0

    var sizeBytes: Int { passCount * 8 + passes.count * 96 }

    mutating func addVisit(_ step: Int32, _ node: UInt32, _ person: UInt32) {
        passes[slot(Edge(step: step, source: node, target: RowKey.none))].add(person, micros: nil)
    }

    mutating func addEdge(_ step: Int32, _ source: UInt32, _ target: UInt32, micros: Int64, _ person: UInt32) {
        passCount += 1
        passes[slot(Edge(step: step, source: source, target: target))].add(person, micros: micros)
    }

    private mutating func slot(_ edge: Edge) -> Int {
        if let slot = slots[edge] { return slot }
        slots[edge] = passes.count
        passes.append(Passes())
        return passes.count - 1
    }

    var all: [(edge: Edge, passes: Passes)] { slots.map { ($0.key, passes[$0.value]) } }
}

/// Whole paths, as a tree whose branches are nodes: no path is kept twice and none is built to be looked up.
struct RouteTally: Sendable {
    /// Numbers branches, parent and node in one key, in order of first sight: branch `i` leads to place `i + 1`.
    private var branches = IntegerTable()
    /// By place; 0 is the root.
    private var passes: [Passes] = [Passes()]
    /// Every path, whichever it is.
    private var everybody = Passes()

    var sizeBytes: Int { everybody.count * 8 + passes.count * 96 }
    /// People with a path.
    var personCount: Int { everybody.users }
    /// Paths, equal ones too.
    var passCount: Int { everybody.count }

    mutating func add(_ nodes: [UInt32], micros: Int64, _ person: UInt32) {
        everybody.add(person, micros: nil)
        var place: UInt32 = 0
        for node in nodes { place = follow(place, node) }
        passes[Int(place)].add(person, micros: micros)
    }

    /// The place that a branch leads to.
    private mutating func follow(_ parent: UInt32, _ node: UInt32) -> UInt32 {
        let place = branches.insert(UInt64(parent) << 32 | UInt64(node)) + 1
        if Int(place) == passes.count { passes.append(Passes()) }
        return place
    }

    /// The people of `other` must be different ones.
    mutating func merge(_ other: RouteTally) {
        everybody.merge(other.everybody)
        // Parents stand before their branches.
        var places: [UInt32] = [0]
        for (branch, key) in other.branches.keys.enumerated() {
            let place = follow(places[Int(key >> 32)], UInt32(truncatingIfNeeded: key))
            places.append(place)
            if other.passes[branch + 1].count > 0 { passes[Int(place)].merge(other.passes[branch + 1]) }
        }
    }

    /// The places at which somebody's path ended.
    var ends: [Int] { passes.indices.dropFirst().filter { passes[$0].count > 0 } }

    func passes(at end: Int) -> Passes { passes[end] }

    func nodes(to end: Int) -> [UInt32] {
        var nodes: [UInt32] = []
        var place = end
        while place != 0 {
            let key = branches.keys[place - 1]
            nodes.append(UInt32(truncatingIfNeeded: key))
            place = Int(key >> 32)
        }
        return nodes.reversed()
    }
}

/// The paths of one value of the breakdown, or all of them.
struct PathTally: Sendable {
    var steps = StepTally()
    var routes = RouteTally()
    /// Every path of a value, where a breakdown asks which values have most.
    var everybody = Passes()

    var sizeBytes: Int { steps.sizeBytes + routes.sizeBytes }
}
