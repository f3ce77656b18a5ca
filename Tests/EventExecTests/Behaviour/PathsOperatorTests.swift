import EventBase
import EventColumns
import EventExec
import EventTestSupport
import Testing

/// Goal: every edge and every path of PATHS equals what looking at each person's rows gives, whatever the clauses, ties,
/// merged identities and row groups. Method: clauses drawn at random, as text and as closures of the reference.
struct PathsOperatorTests {
    @Test("random streams and clauses give the reference's edges and paths")
    func equalsReference() throws {
        for seed in UInt64(1)...600 {
            var random = SeededRandom(seed: seed &* 77)
            let stream = RandomEvents(seed: seed, users: 10, rowsPerUser: 12, instants: 14)
            var (text, reference) = Self.clauses(&random)
            let counts = ["USERS", "SESSIONS", "TOTALS"].prefix(reference.hasAnchor ? 3 : 2)
            let count = counts.randomElement(using: &random)!
            reference.takesEveryAnchor = count == "TOTALS"
            text += " COUNT \(count)"
            let paths = reference.paths(stream.persons)
            let run = BehaviourRun(stream.snapshot)
            let edges = try run.text(
                text, columns: ["step", "source", "target", "users", "count", "share", "median_seconds"])
            #expect(Set(edges) == Self.edges(paths, byUsers: count == "USERS"), "seed \(seed): \(text)")
            #expect(Set(edges).count == edges.count, "seed \(seed)")
            let whole = try run.text(
                text + " LIST PATHS", columns: ["path", "length", "users", "count", "share", "median_seconds"])
            #expect(Set(whole) == Self.whole(paths, byUsers: count == "USERS"), "seed \(seed): \(text)")
            let listed = try run.text(
                text + " BREAKDOWN n ATTRIBUTE LAST LIST USERS",
                columns: ["user_id", "path", "length", "started_at", "seconds"])
            let expected = paths.map { path in
                let seconds = Double(path.times.last! - path.times[0]) / 1e6
                return "\(path.person) \(path.nodes.joined(separator: " > ")) \(path.nodes.count) "
                    + "\(TimestampText.print(micros: path.times[0])) \(BehaviourRun.text(.double(seconds)))"
            }
            #expect(listed.sorted() == expected.sorted(), "seed \(seed): \(text)")
        }
    }

    @Test("the order of rows, TOP and MINIMUM do not depend on how rows lie")
    func cutting() throws {
        for seed in UInt64(1)...60 {
            let stream = RandomEvents(seed: seed, users: 10, rowsPerUser: 12, withMerges: false)
            let text = "PATHS FROM events COUNT SESSIONS"
            let columns = ["step", "source", "target", "count"]
            let all = try BehaviourRun(stream.snapshot).text(text, columns: columns)
            let together = MemorySnapshot(groups: [stream.groups.flatMap { $0 }.reversed()])
            #expect(try BehaviourRun(together).text(text, columns: columns) == all, "seed \(seed)")
            func number(_ row: String) -> Int { Int(row.split(separator: " ").last!)! }
            let total = all.reduce(0) { $0 + number($1) }
            for clause in ["TOP 3", "MINIMUM 2", "MAXIMUM 2", "MINIMUM 2 MAXIMUM 3 TOP 2"] {
                let cut = try BehaviourRun(stream.snapshot).text(text + " " + clause, columns: columns)
                #expect(cut.reduce(0) { $0 + number($1) } == total, "seed \(seed): \(clause)")
                let shown = cut.filter { !$0.hasPrefix("-") }
                #expect(shown == all.filter(shown.contains), "seed \(seed): \(clause)")
                #expect(clause != "TOP 3" || shown.count == min(3, all.count))
            }
        }
    }

    @Test("each value of a breakdown has the paths that are under it; what TOP leaves out counts people once")
    func breakdowns() throws {
        for seed in UInt64(1)...300 {
            var random = SeededRandom(seed: seed &* 131)
            let stream = RandomEvents(seed: seed, users: 10, rowsPerUser: 12, instants: 14)
            var (text, reference) = Self.clauses(&random)
            reference.value = { $0.number.flatMap { $0 == 0 ? nil : "\($0)" } ?? "-" }
            let attribute = ["ENTRY", "FIRST", "LAST"].randomElement(using: &random)!
            let byUsers = Bool.random(using: &random)
            if !byUsers { text += " COUNT SESSIONS" }
            let top = [nil, 1, 2].randomElement(using: &random)!
            text += " BREAKDOWN nullif(n, 0) ATTRIBUTE \(attribute)" + (top.map { " TOP \($0)" } ?? "")
            let paths = Dictionary(grouping: reference.paths(stream.persons)) { path in
                let own = attribute == "ENTRY" ? [path.anchor] : attribute == "FIRST" ? path.rows : path.rows.reversed()
                return own.map(reference.value).first { $0 != "-" } ?? "-"
            }
            func weight(_ value: String) -> Int {
                let own = paths[value] ?? []
                return byUsers ? Set(own.map(\.person)).count : own.count
            }
            // NULL is the last among equals.
            let values = paths.keys.sorted {
                (-weight($0), $0 == "-" ? 1 : 0, $0) < (-weight($1), $1 == "-" ? 1 : 0, $1)
            }
            var lines = values.prefix(top ?? values.count).map { ($0, paths[$0]!) }
            if lines.count < values.count {
                lines.append(("(other)", values.dropFirst(lines.count).flatMap { paths[$0]! }))
            }
            let columns = ["breakdown", "step", "source", "target", "users", "count", "share", "median_seconds"]
            let edges = try BehaviourRun(stream.snapshot).text(text, columns: columns)
            #expect(
                Set(edges)
                    == Set(lines.flatMap { line in Self.edges(line.1, byUsers: byUsers).map { "\(line.0) \($0)" } }),
                "seed \(seed): \(text)")
            let labels = edges.map { String($0.split(separator: " ")[0]) }
            let order = labels.reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } }
            #expect(order == lines.filter { $0.1.contains { $0.nodes.count > 1 } }.map(\.0), "seed \(seed)")
            let whole = try BehaviourRun(stream.snapshot).text(
                text + " LIST PATHS",
                columns: ["breakdown", "path", "length", "users", "count", "share", "median_seconds"])
            #expect(
                Set(whole)
                    == Set(lines.flatMap { line in Self.whole(line.1, byUsers: byUsers).map { "\(line.0) \($0)" } }),
                "seed \(seed): \(text)")
        }
    }

    @Test("REPLACE replaces every match, one expression after another, before repeats are merged")
    func replacements() throws {
        for seed in UInt64(1)...100 {
            let stream = RandomEvents(seed: seed, users: 10, rowsPerUser: 12, instants: 14)
            var reference = ReferencePaths()
            reference.gap = 30 * 60 * RandomEvents.second
            reference.node = { row in
                row.name.map { ($0 == "a" || $0 == "b" ? "x" : $0) + "\(row.number! < 2 ? "low" : "\(row.number!)")" }
            }
            let text =
                "PATHS FROM events NODE event_name || CAST(n AS VARCHAR) REPLACE '[ab]' WITH 'x', '([a-z])[01]$' WITH '\\1low'"
            let edges = try BehaviourRun(stream.snapshot).text(
                text, columns: ["step", "source", "target", "users", "count", "share", "median_seconds"])
            #expect(Set(edges) == Self.edges(reference.paths(stream.persons), byUsers: true), "seed \(seed)")
        }
    }

    private static func clauses(_ random: inout SeededRandom) -> (String, ReferencePaths) {
        var text = "PATHS FROM events"
        var reference = ReferencePaths()
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
            text += " AFTER 'a'"
            reference.after = { $0.name == "a" }
        case 1:
            text += " BEFORE 'b' OR 'c'"
            reference.before = { $0.name == "b" || $0.name == "c" }
        case 2:
            text += " BETWEEN 'a' AND 'd'"
            reference.after = { $0.name == "a" }
            reference.before = { $0.name == "d" }
        case 3:
            text += " AFTER ANY EVENT WHERE n = 1 BEFORE 'a' OR 'b' WHERE n > 0"
            reference.after = { $0.number == 1 }
            reference.before = { ($0.name == "a" || $0.name == "b") && ($0.number ?? 0) > 0 }
        default: break
        }
        if Int.random(in: 0..<3, using: &random) == 0 {
            text += " EXCLUDE 'c' WHERE n = 2, 'b' WHERE n = 3"
            reference.isExcluded = { $0.name == "c" && $0.number == 2 || $0.name == "b" && $0.number == 3 }
        }
        if Int.random(in: 0..<3, using: &random) == 0 {
            text += " ONLY 'a', 'b' OR 'd' WHERE n > 1"
            reference.isVisible = { $0.name == "a" || ["b", "d"].contains($0.name ?? "") && ($0.number ?? 0) > 1 }
        }
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            text += " NODE CASE WHEN event_name IN ('a', 'b') THEN 'ab' ELSE event_name || CAST(n AS VARCHAR) END"
            reference.node = { row in
                ["a", "b"].contains(row.name ?? "") ? "ab" : row.name.map { "\($0)\(row.number ?? 0)" }
            }
        case 1:
            text += " NODE n"
            reference.node = { $0.number.map { "\($0)" } }
        default: break
        }
        let gap = [0, 10, 25, 10_000].randomElement(using: &random) ?? 0
        if Bool.random(using: &random) {
            text += " WITHIN \(gap) SECONDS"
            reference.gap = Int64(gap) * RandomEvents.second
        }
        if Bool.random(using: &random) {
            reference.depth = Int.random(in: 3...6, using: &random)
            text += " DEPTH \(reference.depth)"
        }
        reference.keepsRepeats = Bool.random(using: &random)
        if reference.keepsRepeats { text += " KEEP REPEATS" }
        return (text, reference)
    }

    private static func edges(_ paths: [ReferencePaths.Path], byUsers: Bool) -> Set<String> {
        var edges: [String: [(person: String, micros: Int64)]] = [:]
        var sources: [String: [String]] = [:]
        for path in paths {
            for (index, node) in path.nodes.enumerated() {
                let source = "\(path.firstStep + index) \(node)"
                sources[source, default: []].append(path.person)
                if index + 1 == path.nodes.count { continue }
                edges[source + " " + path.nodes[index + 1], default: []].append(
                    (path.person, path.times[index + 1] - path.times[index]))
            }
        }
        return Set(
            edges.map { edge, passes in
                let source = sources[edge.split(separator: " ").prefix(2).joined(separator: " ")] ?? []
                return edge + " " + numbers(passes, of: byUsers ? Set(source).count : source.count, byUsers)
            })
    }

    private static func whole(_ paths: [ReferencePaths.Path], byUsers: Bool) -> Set<String> {
        let total = byUsers ? Set(paths.map(\.person)).count : paths.count
        let groups = Dictionary(grouping: paths) { $0.nodes }
        return Set(
            groups.map { nodes, paths in
                let passes = paths.map { ($0.person, $0.times.last! - $0.times.first!) }
                return "\(nodes.joined(separator: " > ")) \(nodes.count) " + numbers(passes, of: total, byUsers)
            })
    }

    private static func numbers(_ passes: [(person: String, micros: Int64)], of total: Int, _ byUsers: Bool) -> String {
        let users = Set(passes.map(\.person)).count
        let sorted = passes.map(\.micros).sorted()
        let median = (Double(sorted[(sorted.count - 1) / 2]) + Double(sorted[sorted.count / 2])) / 2 / 1e6
        let share = Double(byUsers ? users : passes.count) / Double(total)
        let cells: [Value] = [.int64(Int64(users)), .int64(Int64(passes.count)), .double(share), .double(median)]
        return cells.map(BehaviourRun.text).joined(separator: " ")
    }
}

extension ReferencePaths {
    var hasAnchor: Bool { after != nil || before != nil }
}

extension TestEvent {
    /// The property `n` of random streams.
    var number: Int64? { if case .int64(let number) = properties["n"] { number } else { nil } }
}
