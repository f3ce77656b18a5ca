internal import EventSQL

/// TRENDS as a sparkline for every series, shown under the table of its numbers.
struct TrendsLines {
    let style: RenderStyle

    /// A line for each series and value of the breakdown.
    func print(_ result: QueryResult, to write: (String) -> Void) {
        guard let period = result.columnIndex("period"), result.rowCount > 1 else { return }
        let breakdown = result.columns.first?.name == "breakdown" && period == 1
        var groups: [(name: String, rows: [[EventValue]])] = []
        for row in result.rows {
            let name = breakdown ? DisplayText.printable(row[0].text ?? "NULL") : ""
            if groups.last?.name != name { groups.append((name, [])) }
            groups[groups.count - 1].rows.append(row)
        }
        let series = result.columns.indices.filter { $0 > period && result.columns[$0].type.isNumeric }
        func label(_ group: String, _ column: Int) -> String {
            group.isEmpty ? result.columns[column].name : "\(group): \(result.columns[column].name)"
        }
        let labels = groups.flatMap { group in series.map { DisplayText.width(label(group.name, $0)) } }
        let nameWidth = min(40, labels.max() ?? 0)
        let room = max(10, style.width - nameWidth - 28)
        for group in groups {
            for column in series {
                let numbers: [Double?] = group.rows.suffix(room).map {
                    $0[column] == .null ? nil : FunnelChart.number($0[column])
                }
                let known = numbers.compactMap { $0 }
                guard let low = known.min(), let high = known.max() else { continue }
                write(
                    DisplayText.fit(label(group.name, column), nameWidth) + " "
                        + Bars.coloured(Bars.sparkline(numbers), 39, style)
                        + "  \(Self.short(low)) – \(Self.short(high))\n")
            }
        }
    }

    private static func short(_ number: Double) -> String {
        number == number.rounded() ? Units.decimal(number, 0) : Units.decimal(number, abs(number) < 1 ? 4 : 2)
    }
}
