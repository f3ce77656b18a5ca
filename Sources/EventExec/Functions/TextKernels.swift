import EventBase
import EventColumns

/// Functions over texts that look at each scalar.
enum TextKernels {
    static let kernels: [String: Kernel] = [
        "translate": { input throws(EventSQLError) in
            let (texts, olds, news) = (
                input.arguments[0].strings, input.arguments[1].strings, input.arguments[2].strings
            )
            return try input.buildStrings { row, builder in
                let new = Array(news.text(at: row).unicodeScalars)
                var map: [Unicode.Scalar: Unicode.Scalar?] = [:]
                for (index, scalar) in olds.text(at: row).unicodeScalars.enumerated() where map[scalar] == nil {
                    map[scalar] = .some(index < new.count ? new[index] : nil)
                }
                var result = String.UnicodeScalarView()
                for scalar in texts.text(at: row).unicodeScalars {
                    guard let other = map[scalar] else {
                        result.append(scalar)
                        continue
                    }
                    if let other { result.append(other) }
                }
                builder.append(String(result))
            }
        },
        "initcap": { input throws(EventSQLError) in
            let texts = input.arguments[0].strings
            return try input.buildStrings { row, builder in
                var result = ""
                var isInside = false
                for character in texts.text(at: row) {
                    result += isInside ? character.lowercased() : character.uppercased()
                    isInside = character.isLetter || character.isNumber
                }
                builder.append(result)
            }
        },
        "overlay": { input throws(EventSQLError) in
            let (texts, news) = (input.arguments[0].strings, input.arguments[1].strings)
            return try input.buildStrings { row, builder throws(EventSQLError) in
                let (start, length) = (input.int64(2, row), input.int64(3, row))
                guard start > 0, length >= 0 else {
                    throw input.error("overlay counts from 1, with a length of 0 or more")
                }
                let scalars = Array(texts.text(at: row).unicodeScalars)
                let first = Int(clamping: min(start - 1, Int64(scalars.count)))
                let rest = scalars.dropFirst(first).dropFirst(Int(clamping: length))
                let result = scalars.prefix(first) + Array(news.text(at: row).unicodeScalars) + rest
                builder.append(String(String.UnicodeScalarView(result)))
            }
        },
        "bit_length": { input throws(EventSQLError) in
            let texts = input.arguments[0].strings
            return try input.buildInt64s { row in Int64(texts.bytes(at: row).byteCount) * 8 }
        },
        "levenshtein": { input throws(EventSQLError) in
            let (texts, others) = (input.arguments[0].strings, input.arguments[1].strings)
            return try input.buildInt64s { row throws(EventSQLError) in
                let (a, b) = (Array(texts.text(at: row).unicodeScalars), Array(others.text(at: row).unicodeScalars))
                guard a.count * b.count <= 1 << 26 else {
                    throw EventSQLError(.limit, "levenshtein of texts this long", position: input.position)
                }
                return Int64(distance(a, b))
            }
        },
        "hamming": { input throws(EventSQLError) in
            let (texts, others) = (input.arguments[0].strings, input.arguments[1].strings)
            return try input.buildInt64s { row throws(EventSQLError) in
                let (a, b) = (Array(texts.text(at: row).unicodeScalars), Array(others.text(at: row).unicodeScalars))
                guard a.count == b.count else { throw input.error("hamming needs texts of one length") }
                return Int64(zip(a, b).reduce(0) { $0 + ($1.0 == $1.1 ? 0 : 1) })
            }
        },
        "strip_accents": { input throws(EventSQLError) in
            let texts = input.arguments[0].strings
            return try input.buildStrings { row, builder in builder.append(plain(texts.text(at: row))) }
        },
        "format_bytes": { input throws(EventSQLError) in
            try input.buildStrings { row, builder in builder.append(size(input.int64(0, row))) }
        },
    ]

    /// The least number of insertions, deletions and replacements; one row of the table is kept.
    private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        var row = Array(0...b.count)
        for (i, scalar) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in b.enumerated() {
                let next = min(row[j + 1] + 1, row[j] + 1, diagonal + (scalar == other ? 0 : 1))
                diagonal = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[b.count]
    }

    private static let bases: [(base: Character, accented: String)] = [
        ("A", "ÀÁÂÃÄÅĀĂĄ"), ("C", "ÇĆĈĊČ"), ("D", "Ď"), ("E", "ÈÉÊËĒĔĖĘĚ"), ("G", "ĜĞĠĢ"), ("H", "Ĥ"),
        ("I", "ÌÍÎÏĨĪĬĮİ"),
        ("J", "Ĵ"), ("K", "Ķ"), ("L", "ĹĻĽ"), ("N", "ÑŃŅŇ"), ("O", "ÒÓÔÕÖŌŎŐ"), ("R", "ŔŖŘ"), ("S", "ŚŜŞŠ"),
        ("T", "ŢŤ"),
        ("U", "ÙÚÛÜŨŪŬŮŰŲ"), ("W", "Ŵ"), ("Y", "ÝŶŸ"), ("Z", "ŹŻŽ"), ("a", "àáâãäåāăą"), ("c", "çćĉċč"), ("d", "ď"),
        ("e", "èéêëēĕėęě"), ("g", "ĝğġģ"), ("h", "ĥ"), ("i", "ìíîïĩīĭį"), ("j", "ĵ"), ("k", "ķ"), ("l", "ĺļľ"),
        ("n", "ñńņň"), ("o", "òóôõöōŏő"), ("r", "ŕŗř"), ("s", "śŝşš"), ("t", "ţť"), ("u", "ùúûüũūŭůűų"), ("w", "ŵ"),
        ("y", "ýÿŷ"), ("z", "źżž"),
    ]

    private static let baseByAccented: [Character: Character] = Dictionary(
        bases.flatMap { entry in entry.accented.map { ($0, entry.base) } }, uniquingKeysWith: { first, _ in first })

    /// Latin letters without their accents, however those are written.
    private static func plain(_ text: String) -> String { String(text.map { baseByAccented[$0] ?? $0 }) }

    /// `1.5 KiB`: powers of 1024 with one digit.
    private static func size(_ bytes: Int64) -> String {
        let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        if bytes.magnitude < 1024 { return "\(bytes) bytes" }
        var tenths = Double(bytes.magnitude) / 1024
        var unit = 0
        while tenths >= 1024, unit < units.count - 1 {
            tenths /= 1024
            unit += 1
        }
        return "\(bytes < 0 ? "-" : "")\((tenths * 10).rounded() / 10) \(units[unit])"
    }
}
