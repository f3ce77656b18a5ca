import EventColumns
import EventPlan
import EventSyntax

/// What the workers of a PATHS counted, as rows: all is counted, then cut, and what was cut is one row (S57).
struct PathTable {
    let plan: PathsPlan
    /// Of nodes by number.
    let names: [String]

    private static let other = Value.string("(other)")

    func edgeRows(_ tallies: [StepTally]) -> [[Value]] {
        var merged: [StepTally.Edge: Passes] = [:]
        for tally in tallies {
            for (edge, passes) in tally.all { merged[edge, default: Passes()].merge(passes) }
        }
        let (shown, rest) = cut(merged.filter { $0.key.target != RowKey.none }) { a, b in
            if a.step != b.step { return a.step < b.step }
            if a.source != b.source { return precedes(a.source, b.source) }
            return precedes(a.target, b.target)
        }
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
        var merged: [[UInt32]: Passes] = [:]
        for tally in tallies {
            for (nodes, passes) in tally.all { merged[nodes, default: Passes()].merge(passes) }
        }
        let total = merged.values.reduce(0) { $0 + $1.count }
        let (shown, rest) = cut(merged) { a, b in
            for (left, right) in zip(a, b) where left != right { return precedes(left, right) }
            return a.count < b.count
        }
        let people = plan.count == .users ? tallies.reduce(0) { $0 + $1.personCount } : total
        var rows = shown.map { nodes, passes in
            [.string(nodes.map(name).joined(separator: " > ")), .int64(Int64(nodes.count))]
                + numbers(passes, of: people)
        }
        if rest > 0 { rows.append([Self.other, .null, .null, .int64(Int64(rest)), .null, .null]) }
        return rows
    }

    /// What TOP, MINIMUM and MAXIMUM leave, the largest first, and how many passes they take away.
    private func cut<Key: Hashable>(
        _ merged: [Key: Passes], _ precedes: (Key, Key) -> Bool
    ) -> (shown: [(key: Key, passes: Passes)], rest: Int) {
        let lowest = plan.minimum ?? 0
        let highest = plan.maximum ?? .max
        let ordered = merged.map { (key: $0.key, passes: $0.value) }.sorted { a, b in
            let weights = (weight(a.passes), weight(b.passes))
            return weights.0 != weights.1 ? weights.0 > weights.1 : precedes(a.key, b.key)
        }
        let wanted = ordered.filter { (lowest...highest).contains(weight($0.passes)) }
        let shown = Array(wanted.prefix(plan.top ?? wanted.count))
        return (shown, ordered.reduce(0) { $0 + $1.passes.count } - shown.reduce(0) { $0 + $1.passes.count })
    }

    private func weight(_ passes: Passes) -> Int { plan.count == .users ? passes.users : passes.count }

    private func numbers(_ passes: Passes, of total: Int) -> [Value] {
        var micros = passes.micros
        return [
            .int64(Int64(passes.users)), .int64(Int64(passes.count)),
            .double(total == 0 ? 0 : Double(weight(passes)) / Double(total)),
            micros.medianSeconds().map { .double($0) } ?? .null,
        ]
    }

    private func name(_ node: UInt32) -> String { node == PathFold.middle ? "..." : names[Int(node)] }

    private func precedes(_ a: UInt32, _ b: UInt32) -> Bool {
        name(a).utf8.lexicographicallyPrecedes(name(b).utf8)
    }
}
