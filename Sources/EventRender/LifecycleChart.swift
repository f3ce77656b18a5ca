internal import EventSQL

/// LIFECYCLE as stacked bars: who came to the right of the axis, who went to the left.
struct LifecycleChart {
    private static let signs = ["█", "▓", "▒"]
    private static let colours = [39, 75, 208]
    private static let statuses = ["returning", "new", "resurrecting"]
    let style: RenderStyle

    static func fits(_ result: QueryResult) -> Bool {
        Array(result.columns.map(\.name).prefix(5)) == ["period", "new", "returning", "resurrecting", "dormant"]
    }

    func print(_ result: QueryResult, to write: (String) -> Void) {
        let rows = Array(result.rows)
        func number(_ row: [EventValue], _ name: String) -> Int {
            result.columnIndex(name).map { Int(FunnelChart.number(row[$0])) } ?? 0
        }
        func active(_ row: [EventValue]) -> Int { Self.statuses.reduce(0) { $0 + number(row, $1) } }
        let most = max(1, rows.map(active).max() ?? 1)
        let gone = rows.map { number($0, "dormant") }.max() ?? 0
        let room = max(20, style.width - 38)
        let scale = Double(room) / Double(most + gone)
        let left = Int((Double(gone) * scale).rounded(.up))
        let periodWidth = max(10, rows.map { ($0[0].text ?? "").count }.max() ?? 10)
        let legend = zip(Self.statuses, Self.signs).map { "\($1) \($0)" }.joined(separator: "  ")
        write(DisplayText.fit("period", periodWidth) + "  ░ dormant | \(legend)\n")
        let complete = result.columnIndex("complete")
        for row in rows {
            let dormant = number(row, "dormant")
            let length = Int((Double(dormant) * scale).rounded())
            let bar = String(repeating: "░", count: length)
            var line = DisplayText.fit(row[0].text ?? "", periodWidth)
            line += DisplayText.fit(dormant == 0 ? "" : "-\(Units.grouped(dormant))", 11, right: true) + " "
            line += DisplayText.fit(bar, left, right: true) + "│"
            for (index, status) in Self.statuses.enumerated() {
                let part = String(
                    repeating: Self.signs[index], count: Int((Double(number(row, status)) * scale).rounded()))
                line += Bars.coloured(part, Self.colours[index], style)
            }
            let isOver = complete.map { row[$0] != .bool(false) } ?? true
            write(line + " \(Units.grouped(active(row)))" + (isOver ? "\n" : " *\n"))
        }
        if let complete, rows.contains(where: { $0[complete] == .bool(false) }) {
            write("* the period is not over in the data\n")
        }
    }
}
