/// Bars and sparklines of block characters.
enum Bars {
    private static let eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    private static let heights = Array("▁▂▃▄▅▆▇█")

    /// A bar for a share between 0 and 1, padded to `width`.
    static func bar(_ share: Double, width: Int, _ style: RenderStyle) -> String {
        let length = Int((min(1, max(0, share)) * Double(width * 8)).rounded())
        let text = String(repeating: "█", count: length / 8) + eighths[length % 8]
        return coloured(DisplayText.fit(text, width), 39, style)
    }

    static func coloured(_ text: String, _ colour: Int, _ style: RenderStyle) -> String {
        style.usesColour && !text.isEmpty ? "\u{1b}[38;5;\(colour)m\(text)\u{1b}[0m" : text
    }

    /// One character a number, from the least (or 0) to the greatest; a blank where there is none.
    static func sparkline(_ numbers: [Double?]) -> String {
        let known = numbers.compactMap { $0 }
        let low = min(0, known.min() ?? 0)
        let high = max(known.max() ?? 0, low)
        return String(
            numbers.map { number -> Character in
                guard let number else { return " " }
                if high == low { return heights[0] }
                return heights[min(7, max(0, Int((number - low) / (high - low) * 7.999)))]
            })
    }
}
