internal import EventSQL

/// Retention as a triangle: a row for each cohort, a column for each period, shaded by rate. With BREAKDOWN there is one
/// triangle below the other, all with the same columns.
struct RetentionTriangle {
    /// A cohort's row.
    private struct Cohort {
        var name: String
        var size: Int
        var cells: [Int: (rate: Double, isComplete: Bool)] = [:]
    }

    /// From pale to deep blue of the 256-colour palette, with the text colour that reads on each.
    private static let shades = [(255, 16), (195, 16), (159, 16), (117, 16), (75, 16), (39, 231), (27, 231), (19, 231)]
    let style: RenderStyle

    static func fits(_ result: QueryResult) -> Bool {
        var names = result.columns.map(\.name)[...]
        if names.first == "breakdown" { names = names.dropFirst() }
        return ["users", "keys"].contains { Array(names.prefix(5)) == ["cohort", "size", "period", $0, "rate"] }
    }

    func print(_ result: QueryResult, to write: (String) -> Void) {
        let blocks = blocks(result)
        let all = blocks.flatMap(\.cohorts)
        let fitting = max(1, (style.width - 24) / 6)
        let periods = all.flatMap { $0.cells.keys }.sorted()
        let last = min(periods.last ?? 0, fitting - 1)
        let nameWidth = max(10, all.map { $0.name.count }.max() ?? 10)
        write(DisplayText.fit("cohort", nameWidth) + DisplayText.fit("size", 9, right: true) + " ")
        write((0...last).map { DisplayText.fit(String($0), 6, right: true) }.joined() + "\n")
        let shown = style.rowCountMax ?? .max
        for (index, block) in blocks.enumerated() {
            if blocks[..<index].reduce(0, { $0 + $1.cohorts.count }) >= shown {
                write("\(Units.grouped(blocks.count)) triangles, the first \(Units.grouped(index)) shown\n")
                break
            }
            if let name = block.name { write("breakdown \(name)\n") }
            for cohort in block.cohorts {
                write(DisplayText.fit(cohort.name, nameWidth))
                write(DisplayText.fit(Units.grouped(cohort.size), 9, right: true) + " ")
                write((0...last).map { cell(cohort.cells[$0]) }.joined() + "\n")
            }
        }
        if all.contains(where: { $0.cells.values.contains { !$0.isComplete } }) {
            write("* the period is not over in the data\n")
        }
        if let most = periods.last, most > last { write("periods up to \(most) in the rows; \(last) fit this width\n") }
    }

    /// The rows of the answer by breakdown value and cohort; one block without a name where nothing is broken down.
    private func blocks(_ result: QueryResult) -> [(name: String?, cohorts: [Cohort])] {
        let first = result.columns.first?.name == "breakdown" ? 1 : 0
        let complete = result.columnIndex("complete")
        var blocks: [(name: String?, cohorts: [Cohort])] = []
        for row in result.rows {
            let block = first == 0 ? nil : DisplayText.printable(row[0].text ?? "NULL")
            if blocks.isEmpty || blocks[blocks.count - 1].name != block { blocks.append((block, [])) }
            var cohorts = blocks[blocks.count - 1].cohorts
            let name = row[first].text ?? ""
            if cohorts.last?.name != name {
                cohorts.append(Cohort(name: name, size: Int(FunnelChart.number(row[first + 1]))))
            }
            let isComplete = complete.map { row[$0] != .bool(false) } ?? true
            let period = Int(FunnelChart.number(row[first + 2]))
            cohorts[cohorts.count - 1].cells[period] = (FunnelChart.number(row[first + 4]), isComplete)
            blocks[blocks.count - 1].cohorts = cohorts
        }
        return blocks
    }

    private func cell(_ cell: (rate: Double, isComplete: Bool)?) -> String {
        guard let cell else { return "      " }
        let text = DisplayText.fit(Units.decimal(cell.rate * 100, 0) + (cell.isComplete ? "%" : "*"), 5, right: true)
        guard style.usesColour else { return " " + text }
        let shade = Self.shades[min(Self.shades.count - 1, Int(cell.rate * Double(Self.shades.count)))]
        return " \u{1b}[48;5;\(shade.0)m\u{1b}[38;5;\(shade.1)m\(text)\u{1b}[0m"
    }
}
