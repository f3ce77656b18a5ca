internal import EventSQL

/// PATHS as an indented flow: under each node of a step those who follow it, with a bar for their share.
struct PathsFlow {
    private static let barWidth = 20
    let style: RenderStyle

    static func fits(_ result: QueryResult) -> Bool {
        Array(result.columns.map(\.name).prefix(7))
            == ["step", "source", "target", "users", "count", "share", "median_seconds"]
    }

    func print(_ result: QueryResult, to write: (String) -> Void) {
        let rows = Array(result.rows)
        let names = rows.flatMap { [DisplayText.printable($0[1].text ?? ""), DisplayText.printable($0[2].text ?? "")] }
        let nameWidth = min(40, max(8, names.map(DisplayText.width).max() ?? 8))
        var step: EventValue?
        // Sources of a step in the order of their largest edge.
        var sources: [String] = []
        var edges: [String: [[EventValue]]] = [:]
        func flush() {
            for source in sources {
                write("  " + DisplayText.fit(DisplayText.printable(source), nameWidth) + "\n")
                for row in edges[source] ?? [] { write(line(row, nameWidth)) }
            }
            sources = []
            edges = [:]
        }
        for row in rows {
            if row[0] == .null { continue }
            if row[0] != step {
                flush()
                step = row[0]
                write("step \(row[0].text ?? "")\n")
            }
            let source = row[1].text ?? ""
            if edges[source] == nil { sources.append(source) }
            edges[source, default: []].append(row)
        }
        flush()
        for row in rows where row[0] == .null {
            write("other edges: \(Units.grouped(Int(FunnelChart.number(row[4])))) passes\n")
        }
    }

    private func line(_ row: [EventValue], _ nameWidth: Int) -> String {
        let share = FunnelChart.number(row[5])
        let parts = [
            "    └ " + DisplayText.fit(DisplayText.printable(row[2].text ?? ""), nameWidth),
            Bars.bar(share, width: Self.barWidth, style), DisplayText.fit(Units.percent(share), 8, right: true),
            DisplayText.fit(Units.grouped(Int(FunnelChart.number(row[3]))) + " users", 15, right: true),
            row[6] == .null ? "" : DisplayText.fit(Units.seconds(FunnelChart.number(row[6])), 11, right: true),
        ]
        return parts.joined(separator: " ") + "\n"
    }
}
