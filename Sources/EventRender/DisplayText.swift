package import EventSQL

/// Text in terminal cells: how wide it is, how to cut and to pad it.
package enum DisplayText {
    /// Cells that a string takes: wide East Asian characters and emoji two, combining marks none.
    package static func width(_ text: String) -> Int { text.reduce(0) { $0 + width($1) } }

    private static func width(_ character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0: return 0
        case 0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60,
            0xffe0...0xffe6, 0x1f300...0x1f64f, 0x1f680...0x1f6ff, 0x1f900...0x1faff, 0x20000...0x3fffd:
            return 2
        default: return scalar.properties.generalCategory == .nonspacingMark ? 0 : 1
        }
    }

    /// The text in exactly `width` cells, cut with an ellipsis or padded with spaces.
    package static func fit(_ text: String, _ width: Int, right: Bool = false) -> String {
        let shown = cut(text, width)
        let space = String(repeating: " ", count: max(0, width - Self.width(shown)))
        return right ? space + shown : shown + space
    }

    private static func cut(_ text: String, _ limit: Int) -> String {
        if width(text) <= limit { return text }
        var result = ""
        var used = 0
        for character in text {
            let cells = width(character)
            if used + cells > limit - 1 { break }
            result.append(character)
            used += cells
        }
        return result + "…"
    }

    /// Control characters made visible, so that data cannot move the cursor.
    package static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            default:
                if scalar.value < 0x20 || scalar.value == 0x7f {
                    result += "\\x" + String(scalar.value, radix: 16)
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result
    }
}

extension EventValue {
    /// The value as SQL prints it; nil for NULL.
    package var text: String? {
        switch self {
        case .null: nil
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .double(let value): Self.text(value)
        case .string(let text), .json(let text): text
        case .timestamp(let time): time.description
        case .date(let day): EventTime(micros: Int64(day) * 86_400_000_000).dayDescription
        case .interval(let months, let days, let micros): Self.text(months, days, micros)
        case .object(let members): "{\(members.keys.sorted().joined(separator: ", "))}"
        }
    }

    private static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "Infinity" : "-Infinity" }
        return "\(value)"
    }

    private static func text(_ months: Int32, _ days: Int32, _ micros: Int64) -> String {
        var parts: [String] = []
        if months != 0 { parts.append("\(months) months") }
        if days != 0 { parts.append("\(days) days") }
        if micros != 0 || parts.isEmpty { parts.append("\(Double(micros) / 1_000_000) seconds") }
        return parts.joined(separator: " ")
    }
}
