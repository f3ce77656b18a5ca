package import EventSQL

/// Aligned tables; funnels with bars, retention as a triangle, paths as a flow, lifecycles on two sides of an axis.
package struct TableRenderer {
    let style: RenderStyle

    package init(style: RenderStyle) { self.style = style }

    package func print(_ result: QueryResult, to write: (String) -> Void) {
        switch result.kind {
        case .funnel where FunnelChart.fits(result): FunnelChart(style: style).print(result, to: write)
        case .retention where RetentionTriangle.fits(result): RetentionTriangle(style: style).print(result, to: write)
        case .paths where PathsFlow.fits(result): PathsFlow(style: style).print(result, to: write)
        case .lifecycle where LifecycleChart.fits(result): LifecycleChart(style: style).print(result, to: write)
        case .trends:
            printTable(result, to: write)
            TrendsLines(style: style).print(result, to: write)
        default: printTable(result, to: write)
        }
    }

    private func printTable(_ result: QueryResult, to write: (String) -> Void) {
        if result.columns.isEmpty { return }
        let shown = style.rowCountMax.map { min($0, result.rowCount) } ?? result.rowCount
        let rows = result.rows.prefix(shown).map { row in row.map { $0.text.map(DisplayText.printable) ?? "NULL" } }
        let names = result.columns.map(\.name)
        let cellWidthMax = result.columns.count == 1 ? max(60, style.width - 4) : 60
        let widths = names.indices.map { column in
            min(
                cellWidthMax, max(1, ([names[column]] + rows.map { $0[column] }).map(DisplayText.width).max() ?? 1)
            )
        }
        func line(_ left: String, _ middle: String, _ right: String) -> String {
            left + widths.map { String(repeating: "─", count: $0 + 2) }.joined(separator: middle) + right + "\n"
        }
        func row(_ cells: [String]) -> String {
            let fitted = cells.indices.map { column in
                DisplayText.fit(cells[column], widths[column], right: result.columns[column].type.isNumeric)
            }
            return "│ " + fitted.joined(separator: " │ ") + " │\n"
        }
        write(line("┌", "┬", "┐") + row(names) + line("├", "┼", "┤"))
        for cells in rows { write(row(cells)) }
        write(line("└", "┴", "┘"))
        let more = result.rowCount - shown
        let count = "\(Units.grouped(result.rowCount)) \(result.rowCount == 1 ? "row" : "rows")"
        write(more > 0 ? "\(count), the first \(Units.grouped(shown)) shown\n" : "\(count)\n")
    }
}
