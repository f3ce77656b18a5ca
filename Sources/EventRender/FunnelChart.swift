internal import EventSQL

/// A funnel as bars: who reached each step, how many of the step before, of the first, and how long it took. With BREAKDOWN,
/// EVERY or several windows there is a block of bars for each, below what it is of.
struct FunnelChart {
    private static let barWidth = 30
    /// What blocks are told apart by, in the order of the columns.
    private static let leading = ["window", "breakdown", "period"]
    let style: RenderStyle

    static func fits(_ result: QueryResult) -> Bool {
        let names = result.columns.map(\.name)
        guard let step = names.firstIndex(of: "step") else { return false }
        return names[..<step].allSatisfy(leading.contains)
            && ["name", "step_rate", "total_rate", "median_seconds"].allSatisfy(names.contains)
            && countName(result) != nil
    }

    /// The column of what is counted: users, sessions, attempts or keys.
    private static func countName(_ result: QueryResult) -> String? {
        ["users", "sessions", "attempts", "keys"].first { result.columnIndex($0) != nil }
    }

    func print(_ result: QueryResult, to write: (String) -> Void) {
        func cell(_ row: [EventValue], _ name: String) -> EventValue { row[result.columnIndex(name) ?? 0] }
        let blockWidth = result.columnIndex("step") ?? 0
        let shown = min(result.rowCount, blockWidth > 0 ? style.rowCountMax ?? .max : .max)
        let rows = Array(result.rows.prefix(shown))
        let count = Self.countName(result) ?? "users"
        let nameWidth = max(4, rows.map { DisplayText.width(cell($0, "name").text ?? "") }.max() ?? 4)
        write(head(result, count, nameWidth))
        var hasOpenBlock = false
        for (index, row) in rows.enumerated() {
            if blockWidth > 0, index == 0 || rows[index - 1][..<blockWidth] != row[..<blockWidth] {
                let isOpen = result.columnIndex("complete").map { row[$0] == .bool(false) } ?? false
                hasOpenBlock = hasOpenBlock || isOpen
                write(blockHead(result, row[..<blockWidth]) + (isOpen ? " *" : "") + "\n")
            }
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
            write(line.joined(separator: " ") + pValue(result, row) + "\n")
        }
        if hasOpenBlock { write("* windows of that period are not all over in the data\n") }
        if shown < result.rowCount {
            write("\(Units.grouped(result.rowCount)) rows, the first \(Units.grouped(shown)) shown\n")
        }
    }

    private func head(_ result: QueryResult, _ count: String, _ nameWidth: Int) -> String {
        let head = [
            DisplayText.fit("step", 4, right: true), DisplayText.fit("name", nameWidth),
            DisplayText.fit("", Self.barWidth), DisplayText.fit(count, 11, right: true),
            DisplayText.fit("of step", 9, right: true), DisplayText.fit("of all", 9, right: true),
            DisplayText.fit("interval", 18, right: true), DisplayText.fit("median time", 12, right: true),
        ]
        return head.joined(separator: " ") + (result.columnIndex("p_value") == nil ? "" : " p value") + "\n"
    }

    /// `breakdown pro, period 2024-03-01`.
    private func blockHead(_ result: QueryResult, _ values: ArraySlice<EventValue>) -> String {
        zip(result.columns, values).map { column, value in
            "\(column.name) \(DisplayText.printable(value.text ?? "NULL"))"
        }.joined(separator: ", ")
    }

    private func interval(_ result: QueryResult, _ row: [EventValue]) -> String {
        guard let low = result.columnIndex("total_low"), let high = result.columnIndex("total_high"),
            row[low] != .null
        else { return "" }
        return "\(Units.percent(Self.number(row[low]))) – \(Units.percent(Self.number(row[high])))"
    }

    private func pValue(_ result: QueryResult, _ row: [EventValue]) -> String {
        guard let column = result.columnIndex("p_value"), row[column] != .null else { return "" }
        let value = Self.number(row[column])
        return " " + DisplayText.fit(value < 0.001 ? "< 0.001" : Units.decimal(value, 3), 7, right: true)
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
