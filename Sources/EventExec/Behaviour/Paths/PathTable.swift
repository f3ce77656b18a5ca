import EventColumns
import EventPlan
import EventSyntax

/// What the workers of a PATHS counted, as rows: all is counted, then cut, and what was cut is one row (S57).
struct PathTable {
    private let plan: PathsPlan
    /// Of nodes by number.
    private let names: [String]
    /// The place of each node among the names in order of their bytes; equal names share one.
    private let ranks: [Int]

    init(plan: PathsPlan, names: [String]) {
        self.plan = plan
        // The node that stands for a middle has the last place.
        self.names = names + ["..."]
        let all = self.names
        let order = all.indices.sorted { all[$0].utf8.lexicographicallyPrecedes(all[$1].utf8) }
        var ranks = [Int](repeating: 0, count: all.count)
        for (place, node) in order.enumerated() {
            let isSame = place > 0 && all[order[place - 1]].utf8.elementsEqual(all[node].utf8)
            ranks[node] = isSame ? ranks[order[place - 1]] : place
        }
        self.ranks = ranks
    }

    private static let other = Value.string("(other)")

    func edgeRows(_ tallies: [StepTally]) -> [[Value]] {
        var merged: [StepTally.Edge: Passes] = [:]
        for tally in tallies {
            for (edge, passes) in tally.all { merged[edge, default: Passes()].merge(passes) }
        }
        let edges = merged.filter { $0.key.target != RowKey.none }.map { (key: $0.key, passes: $0.value) }
        let chosen = cut(edges.map { weight($0.passes) }) { left, right in
            let (a, b) = (edges[left].key, edges[right].key)
            if a.step != b.step { return a.step < b.step }
            if rank(a.source) != rank(b.source) { return rank(a.source) < rank(b.source) }
            return rank(a.target) < rank(b.target)
        }
        let shown = chosen.map { edges[$0] }
        let rest = edges.reduce(0) { $0 + $1.passes.count } - shown.reduce(0) { $0 + $1.passes.count }
        let places = shown.indices.sorted { (shown[$0].key.step, $0) < (shown[$1].key.step, $1) }
        var rows = places.map { place in
            let (edge, passes) = shown[place]
            let place = StepTally.Edge(step: edge.step, source: edge.source, target: RowKey.none)
            return [.int64(Int64(edge.step)), .string(name(edge.source)), .string(name(edge.target))]
                + numbers(passes, of: merged[place].map(weight) ?? 0)
        }
        if rest > 0 {
            rows.append([.null, Self.other, Self.other, .null, .int64(Int64(rest)), .null, .null])
        }
        return rows
    }

    func pathRows(_ tallies: [RouteTally]) -> [[Value]] {
        var merged = RouteTally()
        for (place, tally) in tallies.enumerated() {
            var settled = tally
            settled.settle()
            if place == 0 { merged = settled } else { merged.merge(settled) }
        }
        let everybody = merged.everybody
        let people = plan.count == .users ? everybody.users : everybody.count
        let weights = (0..<merged.count).map { number in
            plan.count == .users ? merged.weight(of: number).users : merged.weight(of: number).count
        }
        let chosen = cut(weights) { left, right in
            let (a, b) = (merged.nodes(of: left), merged.nodes(of: right))
            for (left, right) in zip(a, b) where rank(left) != rank(right) { return rank(left) < rank(right) }
            return a.count < b.count
        }
        var rest = everybody.count
        var rows: [[Value]] = []
        for (number, durations) in zip(chosen, merged.durations(of: chosen)) {
            let nodes = merged.nodes(of: number)
            let weight = merged.weight(of: number)
            rest -= weight.count
            rows.append(
                [.string(nodes.map(name).joined(separator: " > ")), .int64(Int64(nodes.count))]
                    + numbers(users: weight.users, count: weight.count, durations, of: people))
        }
        if rest > 0 { rows.append([Self.other, .null, .null, .int64(Int64(rest)), .null, .null]) }
        return rows
    }

    /// The places that TOP, MINIMUM and MAXIMUM leave, the largest weight first.
    private func cut(_ weights: [Int], _ precedes: (Int, Int) -> Bool) -> [Int] {
        let lowest = plan.minimum ?? 0
        let highest = plan.maximum ?? .max
        var wanted = weights.indices.filter { (lowest...highest).contains(weights[$0]) }
        if let top = plan.top, top < wanted.count {
            // Only those that can be among the first need to be put in order.
            var ascending = wanted.map { Int64(weights[$0]) }
            let least = OrderSelection.neighbours(at: wanted.count - max(1, top), of: &ascending).low
            wanted = wanted.filter { weights[$0] >= least }
        }
        wanted.sort { a, b in weights[a] != weights[b] ? weights[a] > weights[b] : precedes(a, b) }
        return Array(wanted.prefix(plan.top ?? wanted.count))
    }

    private func weight(_ passes: Passes) -> Int { plan.count == .users ? passes.users : passes.count }

    private func numbers(_ passes: Passes, of total: Int) -> [Value] {
        numbers(users: passes.users, count: passes.count, passes.micros, of: total)
    }

    private func numbers(users: Int, count: Int, _ durations: DurationSample, of total: Int) -> [Value] {
        var durations = durations
        let weight = plan.count == .users ? users : count
        return [
            .int64(Int64(users)), .int64(Int64(count)),
            .double(total == 0 ? 0 : Double(weight) / Double(total)),
            durations.medianSeconds().map { .double($0) } ?? .null,
        ]
    }

    func name(_ node: UInt32) -> String { names[index(node)] }
    func rank(_ node: UInt32) -> Int { ranks[index(node)] }
    private func index(_ node: UInt32) -> Int { node == PathFold.middle ? names.count - 1 : Int(node) }
}
