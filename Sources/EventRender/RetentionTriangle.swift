internal import EventSQL

/// Retention as a triangle: a row for each cohort, a column for each period, shaded by rate.
struct RetentionTriangle {
    /// From pale to deep blue of the 256-colour palette, with the text colour that reads on each.
    private static let shades = [(255, 16), (195, 16), (159, 16), (117, 16), (75, 16), (39, 231), (27, 231), (19, 231)]
    let style: RenderStyle

    static func fits(_ result: QueryResult) -> Bool {
        Array(result.columns.map(\.name).prefix(5)) == ["cohort", "size", "period", "users", "rate"]
    }

    func print(_ result: QueryResult, to write: (String) -> Void) {
        var cohorts: [(name: String, size: Int, cells: [Int: (rate: Double, isComplete: Bool)])] = []
        let complete = result.columnIndex("complete")
        for row in result.rows {
            let name = row[0].text ?? ""
            if cohorts.last?.name != name { cohorts.append((name, Int(FunnelChart.number(row[1])), [:])) }
            let isComplete = complete.map { row[$0] != .bool(false) } ?? true
            cohorts[cohorts.count - 1].cells[Int(FunnelChart.number(row[2]))] = (FunnelChart.number(row[4]), isComplete)
        }
        let fitting = max(1, (style.width - 24) / 6)
        let periods = cohorts.flatMap { $0.cells.keys }.sorted()
        let last = min(periods.last ?? 0, fitting - 1)
        let nameWidth = max(10, cohorts.map { $0.name.count }.max() ?? 10)
        write(DisplayText.fit("cohort", nameWidth) + DisplayText.fit("size", 9, right: true) + " ")
        write((0...last).map { DisplayText.fit(String($0), 6, right: true) }.joined() + "\n")
        for cohort in cohorts {
            write(DisplayText.fit(cohort.name, nameWidth))
            write(DisplayText.fit(Units.grouped(cohort.size), 9, right: true) + " ")
            write((0...last).map { cell(cohort.cells[$0]) }.joined() + "\n")
        }
        if cohorts.contains(where: { $0.cells.values.contains { !$0.isComplete } }) {
            write("* the period is not over in the data\n")
        }
        if let most = periods.last, most > last { write("periods up to \(most) in the rows; \(last) fit this width\n") }
    }

    private func cell(_ cell: (rate: Double, isComplete: Bool)?) -> String {
        guard let cell else { return "      " }
        let text = DisplayText.fit(Units.decimal(cell.rate * 100, 0) + (cell.isComplete ? "%" : "*"), 5, right: true)
        guard style.usesColour else { return " " + text }
        let shade = Self.shades[min(Self.shades.count - 1, Int(cell.rate * Double(Self.shades.count)))]
        return " \u{1b}[48;5;\(shade.0)m\u{1b}[38;5;\(shade.1)m\(text)\u{1b}[0m"
    }
}
