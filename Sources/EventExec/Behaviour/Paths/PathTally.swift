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

/// The paths of one value of the breakdown, or all of them.
struct PathTally: Sendable {
    var steps = StepTally()
    var routes = RouteTally()
    /// Every path of a value, where a breakdown asks which values have most.
    var everybody = Passes()

    var sizeBytes: Int { steps.sizeBytes + routes.sizeBytes }
}
