import EventPlan
import EventSyntax

/// Cuts one person's rows at a time into paths and counts them.
struct PathFold: Sendable {
    /// The node that stands for the middle of a path that is too long.
    static let middle = UInt32.max - 1

    /// The number under which the breakdown's values beyond TOP are counted.
    static let other = RowKey.none - 1

    let rules: PathRules
    private let shown: Set<UInt32>?
    private var person: PersonVisits
    /// The paths of the value met last; without a breakdown all paths.
    private var open = PathTally()
    private var openValue = RowKey.none
    /// Of the other values, by number.
    private var closed: [UInt32: PathTally] = [:]
    /// Every path, where the statement lists them.
    private(set) var listing = PathListing()
    private var nodes: [UInt32] = []
    private var times: [Int64] = []

    /// - Parameters:
    ///   - values: of the breakdown; nil without one.
    ///   - shown: the values that are told apart; nil: all.
    init(rules: PathRules, names: KeyInterner, values: KeyInterner?, shown: Set<UInt32>?) {
        self.rules = rules
        self.shown = shown
        person = PersonVisits(openBits: rules.afterBit, endBits: rules.beforeBit, names: names, values: values)
    }

    /// The paths by value of the breakdown, `RowKey.none` for NULL and without one.
    var tallies: [UInt32: PathTally] { closed.merging([openValue: open]) { $1 } }

    private var visits: [PersonVisits.Visit] { person.visits }

    var sizeBytes: Int { closed.values.reduce(open.sizeBytes + listing.sizeBytes) { $0 + $1.sizeBytes } }

    /// - Parameter values: the breakdown's, by row; empty without one.
    mutating func add(_ person: UInt32, _ rows: SelectedRows, _ range: Range<Int>, values: [UInt32]) {
        self.person.read(
            rows, range, values: values, visibleBits: rules.visibleBits, excludedBits: rules.excludedBits,
            needsNode: true)
        if rules.gapMicros == nil { self.person.sortBySession() }
        var start = 0
        while start < visits.count {
            var end = start + 1
            while end < visits.count, !endsSession(between: end - 1, end) { end += 1 }
            addSession(person, start..<end)
            start = end
        }
    }

    private func endsSession(between a: Int, _ b: Int) -> Bool {
        guard let gap = rules.gapMicros else { return visits[a].session != visits[b].session }
        return visits[b].time - visits[a].time > gap
    }

    // MARK: Paths of a session

    private mutating func addSession(_ person: UInt32, _ session: Range<Int>) {
        if rules.afterBit != 0 {
            for opener in session where visits[opener].mask & rules.afterBit != 0 {
                addPath(person, opener: opener, session)
                if !rules.takesEveryAnchor { return }
            }
        } else if rules.beforeBit != 0 {
            for ender in session where visits[ender].mask & rules.beforeBit != 0 {
                let path = collapseBack(session.lowerBound...ender)
                record(person, firstStep: 1 - nodes.count, path, anchor: ender)
                if !rules.takesEveryAnchor { return }
            }
        } else {
            let path = collapse(session.lowerBound...(session.upperBound - 1))
            record(person, firstStep: 1, path, anchor: session.lowerBound)
        }
    }

    private mutating func addPath(_ person: UInt32, opener: Int, _ session: Range<Int>) {
        let path: ClosedRange<Int>
        if rules.beforeBit == 0 {
            path = collapse(opener...(session.upperBound - 1))
        } else {
            let later = (opener + 1)..<session.upperBound
            guard let ender = later.first(where: { visits[$0].mask & rules.beforeBit != 0 }) else { return }
            path = collapse(opener...ender)
            cutMiddle()
        }
        record(person, firstStep: 1, path, anchor: opener)
    }

    /// Fills `nodes` and `times`; the same node again and again is one, at its first time.
    ///
    /// - Returns: the rows that the nodes stand for.
    private mutating func collapse(_ range: ClosedRange<Int>) -> ClosedRange<Int> {
        nodes.removeAll(keepingCapacity: true)
        times.removeAll(keepingCapacity: true)
        // Where nothing counts from the end, more nodes than fit need not be looked at.
        let wanted = rules.beforeBit == 0 ? rules.depth : Int.max
        for index in range {
            if !rules.keepsRepeats, nodes.last == visits[index].node { continue }
            if nodes.count == wanted { return range.lowerBound...(index - 1) }
            nodes.append(visits[index].node)
            times.append(visits[index].time)
        }
        return range
    }

    /// The last nodes up to the end of `range`, found from there, so that what lies far before costs nothing.
    ///
    /// - Returns: the rows that the nodes stand for.
    private mutating func collapseBack(_ range: ClosedRange<Int>) -> ClosedRange<Int> {
        var first = range.lowerBound
        nodes.removeAll(keepingCapacity: true)
        times.removeAll(keepingCapacity: true)
        for index in range.reversed() {
            if !rules.keepsRepeats, nodes.last == visits[index].node {
                times[times.count - 1] = visits[index].time
                continue
            }
            if nodes.count == rules.depth {
                first = index + 1
                break
            }
            nodes.append(visits[index].node)
            times.append(visits[index].time)
        }
        nodes.reverse()
        times.reverse()
        return first...range.upperBound
    }

    /// Keeps the first nodes and the last, with one between them for the rest, at the time of the first left out.
    private mutating func cutMiddle() {
        if nodes.count <= rules.depth { return }
        let kept = rules.depth - 2
        nodes[kept] = Self.middle
        nodes.removeSubrange((kept + 1)..<(nodes.count - 1))
        times.removeSubrange((kept + 1)..<(times.count - 1))
    }

    /// - Parameters:
    ///   - path: the visits that the nodes stand for.
    ///   - anchor: the one of them that the path starts from or leads to.
    private mutating func record(_ person: UInt32, firstStep: Int, _ path: ClosedRange<Int>, anchor: Int) {
        let value = value(of: path, anchor: anchor)
        if case .users = rules.output { return listing.add(nodes, times, person, value: value) }
        if rules.attribution != nil {
            open(shown?.contains(value) == false ? Self.other : value)
            open.everybody.add(person, micros: nil)
        }
        if case .paths = rules.output {
            open.routes.add(nodes, micros: times[times.count - 1] - times[0], person)
            return
        }
        for index in nodes.indices {
            let step = Int32(firstStep + index)
            open.steps.addVisit(step, nodes[index], person)
            if index + 1 < nodes.count {
                open.steps.addEdge(
                    step, nodes[index], nodes[index + 1], micros: times[index + 1] - times[index], person)
            }
        }
    }

    /// The value of the breakdown that a path is under; `RowKey.none` for NULL and without one.
    private func value(of path: ClosedRange<Int>, anchor: Int) -> UInt32 {
        guard let attribution = rules.attribution else { return RowKey.none }
        let isKnown = { (visit: PersonVisits.Visit) in visit.value != RowKey.none }
        let visit =
            switch attribution {
            case .first: visits[path].first(where: isKnown)
            case .last: visits[path].last(where: isKnown)
            case .entry, .all: Optional(visits[anchor])
            }
        return visit?.value ?? RowKey.none
    }

    /// Makes the tally of a value the open one.
    private mutating func open(_ value: UInt32) {
        if value == openValue { return }
        closed[openValue] = open
        open = closed.removeValue(forKey: value) ?? PathTally()
        openValue = value
    }
}
