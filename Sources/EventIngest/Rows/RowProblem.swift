internal import EventBase

/// Why a row is refused, before the line is known.
struct RowProblem {
    var reason: RejectReason
    var detail: String

    init(_ reason: RejectReason, _ detail: String) {
        self.reason = reason
        self.detail = detail
    }
}

extension RawSpan {
    /// The bytes of a rejected line, cut to what is kept.
    func cut(_ range: Range<Int>) -> [UInt8] {
        var raw: [UInt8] = []
        var end = Swift.min(range.upperBound, range.lowerBound + RejectedRow.rawSizeBytesMax)
        if end == range.upperBound, end > range.lowerBound, byte(at: end - 1) == UInt8(ascii: "\r") { end -= 1 }
        raw.append(bytes: extracting(range.lowerBound..<end))
        return raw
    }

    /// The text at `range` in quotes, cut to a readable length.
    func quoted(_ range: Range<Int>) -> String {
        let shown = 60
        let text = String(utf8: extracting(range.lowerBound..<Swift.min(range.upperBound, range.lowerBound + shown)))
        return "'\(text)\(range.count > shown ? "…" : "")'"
    }
}
