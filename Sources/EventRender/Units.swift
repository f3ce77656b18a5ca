/// Numbers as people read them.
package enum Units {
    /// `12,345`.
    package static func grouped(_ number: Int) -> String {
        var digits = String(number.magnitude)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return (number < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
    }

    /// `1.5 MB`, in powers of 1000.
    package static func bytes(_ count: Int) -> String {
        let names = ["B", "kB", "MB", "GB", "TB"]
        var size = Double(count)
        var index = 0
        while size >= 1000, index < names.count - 1 {
            size /= 1000
            index += 1
        }
        return index == 0 ? "\(count) B" : "\(decimal(size, 1)) \(names[index])"
    }

    /// `850 ms`, `3.2 s`, `4 min`, `5.5 h`, `12.3 days`.
    package static func seconds(_ seconds: Double) -> String {
        switch seconds {
        case ..<0.001: "\(decimal(seconds * 1_000_000, 0)) µs"
        case ..<1: "\(decimal(seconds * 1000, seconds < 0.1 ? 1 : 0)) ms"
        case ..<60: "\(decimal(seconds, 1)) s"
        case ..<3600: "\(decimal(seconds / 60, 1)) min"
        case ..<86_400: "\(decimal(seconds / 3600, 1)) h"
        default: "\(decimal(seconds / 86_400, 1)) days"
        }
    }

    /// `12.3 %`.
    package static func percent(_ rate: Double) -> String { "\(decimal(rate * 100, 1)) %" }

    /// A number with a fixed count of decimals, rounded half away from zero.
    package static func decimal(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
        var factor = 1.0
        for _ in 0..<digits { factor *= 10 }
        let scaled = Int((abs(value) * factor).rounded())
        let whole = scaled / Int(factor)
        let sign = value < 0 && scaled != 0 ? "-" : ""
        if digits == 0 { return sign + grouped(whole) }
        let fraction = String(scaled % Int(factor))
        return sign + grouped(whole) + "." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
