internal import EventSQL

/// A funnel as bars: who reached each step, how many of the step before, of the first, and how long it took.
struct FunnelChart {
    private static let barWidth = 30
    let style: RenderStyle

    static func fits(_ result: QueryResult) -> Bool {
        let names = result.columns.map(\.name)
        return names.first == "step"
            && ["name", "step_rate", "total_rate", "median_seconds"].allSatisfy(names.contains)
            && countName(result) != nil
    }

    /// The column of what is counted: users, sessions, attempts or keys.
    private static func countName(_ result: QueryResult) -> String? {
        ["users", "sessions", "attempts", "keys"].first { result.columnIndex($0) != nil }
    }

    func print(_ result: QueryResult, to write: (String) -> Void) {
        func cell(_ row: [EventValue], _ name: String) -> EventValue { row[result.columnIndex(name) ?? 0] }
        let rows = Array(result.rows)
        let count = Self.countName(result) ?? "users"
        let nameWidth = max(4, rows.map { DisplayText.width(cell($0, "name").text ?? "") }.max() ?? 4)
        let head = [
            DisplayText.fit("step", 4, right: true), DisplayText.fit("name", nameWidth),
            DisplayText.fit("", Self.barWidth), DisplayText.fit(count, 11, right: true),
            DisplayText.fit("of step", 9, right: true), DisplayText.fit("of all", 9, right: true),
            DisplayText.fit("interval", 18, right: true), DisplayText.fit("median time", 12, right: true),
        ]
        write(head.joined(separator: " ") + "\n")
        for row in rows {
            let total = Self.number(cell(row, "total_rate"))
            let line = [
                DisplayText.fit(cell(row, "step").text ?? "", 4, right: true),
                DisplayText.fit(DisplayText.printable(cell(row, "name").text ?? ""), nameWidth),
                Bars.bar(total, width: Self.barWidth, style),
                DisplayText.fit(Units.grouped(Int(Self.number(cell(row, count)))), 11, right: true),
                DisplayText.fit(Units.percent(Self.number(cell(row, "step_rate"))), 9, right: true),
                DisplayText.fit(Units.percent(total), 9, right: true),
                DisplayText.fit(interval(result, row), 18, right: true),
                DisplayText.fit(time(cell(row, "median_seconds")), 12, right: true),
            ]
            write(line.joined(separator: " ") + "\n")
        }
    }

    private func interval(_ result: QueryResult, _ row: [EventValue]) -> String {
        guard let low = result.columnIndex("total_low"), let high = result.columnIndex("total_high"),
            row[low] != .null
        else { return "" }
        return "\(Units.percent(Self.number(row[low]))) – \(Units.percent(Self.number(row[high])))"
    }

    private func time(_ value: EventValue) -> String { value == .null ? "" : Units.seconds(Self.number(value)) }

    static func number(_ value: EventValue) -> Double {
        switch value {
        case .int(let number): Double(number)
        case .double(let number): number
        default: 0
        }
    }
}
