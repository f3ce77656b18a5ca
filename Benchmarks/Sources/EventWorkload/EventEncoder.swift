/// The text forms of a workload.
public enum WorkloadFormat: String, Sendable, CaseIterable {
    /// The standard event, one JSON object a line.
    case jsonl
    /// A header and rows with the columns that the benchmark's questions need; no event and session ids.
    case csv
}

/// Turns events into lines of text in a growing buffer that the caller empties.
public struct EventEncoder: Sendable {
    public private(set) var bytes: [UInt8] = []
    private let format: WorkloadFormat
    private var day: Int64 = .min
    /// `2024-03-01T` of the day under way.
    private var date: [UInt8] = []
    private let names = WorkloadShape.events.map { Array($0.name.utf8) }
    private let countries = WorkloadShape.countries.map { Array($0.utf8) }
    private let platforms = WorkloadShape.platforms.map { Array($0.name.utf8) }
    private let browsers = WorkloadShape.browsers.map { Array($0.utf8) }
    private let urls = (0..<WorkloadShape.urlCount).map { Array("/app/page/\($0)".utf8) }
    private let pieces = JSONPieces()

    public init(format: WorkloadFormat) {
        self.format = format
        bytes.reserveCapacity(1 << 20)
    }

    /// The first line of a CSV file; JSON lines have none.
    public mutating func encodeHeader() {
        guard format == .csv else { return }
        let columns =
            "timestamp,user_id,event_name,properties.url,properties.duration,properties.amount,"
            + "context.platform,user_properties.country\n"
        bytes.append(contentsOf: columns.utf8)
    }

    public mutating func encode(_ event: WorkloadEvent) {
        switch format {
        case .jsonl: encodeJSON(event)
        case .csv: encodeCSV(event)
        }
    }

    /// Forgets the bytes after they were written and keeps the room.
    public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    private mutating func encodeCSV(_ event: WorkloadEvent) {
        appendTime(event.timeMillis)
        bytes.append(0x2c)
        appendUser(event.user)
        bytes.append(0x2c)
        bytes.append(contentsOf: names[event.name])
        bytes.append(0x2c)
        bytes.append(contentsOf: urls[event.url])
        bytes.append(0x2c)
        appendHundredths(event.durationHundredths)
        bytes.append(0x2c)
        if let amount = event.amountHundredths { appendHundredths(amount) }
        bytes.append(0x2c)
        bytes.append(contentsOf: platforms[event.platform])
        bytes.append(0x2c)
        bytes.append(contentsOf: countries[event.country])
        bytes.append(0x0a)
    }

    private mutating func encodeJSON(_ event: WorkloadEvent) {
        bytes.append(contentsOf: pieces.eventID)
        appendUUID(event.idHigh, event.idLow)
        bytes.append(contentsOf: pieces.timestamp)
        appendTime(event.timeMillis)
        bytes.append(contentsOf: pieces.userID)
        appendUser(event.user)
        bytes.append(contentsOf: pieces.sessionID)
        appendHex(event.session, digits: 12)
        bytes.append(contentsOf: pieces.eventName)
        bytes.append(contentsOf: names[event.name])
        bytes.append(contentsOf: pieces.url)
        bytes.append(contentsOf: urls[event.url])
        bytes.append(contentsOf: pieces.duration)
        appendHundredths(event.durationHundredths)
        if let amount = event.amountHundredths {
            bytes.append(contentsOf: pieces.amount)
            appendHundredths(amount)
        }
        bytes.append(contentsOf: pieces.platform)
        bytes.append(contentsOf: platforms[event.platform])
        bytes.append(contentsOf: pieces.browser)
        bytes.append(contentsOf: browsers[Int(event.userHash & 3)])
        bytes.append(contentsOf: pieces.address)
        appendDecimal(Int64(event.userHash >> 8) % 250)
        bytes.append(contentsOf: pieces.country)
        bytes.append(contentsOf: countries[event.country])
        bytes.append(contentsOf: event.userHash % 10 < 2 ? pieces.tierEnterprise : pieces.tierFree)
    }

    /// `2024-03-01T12:34:56.789Z`
    private mutating func appendTime(_ millis: Int64) {
        let newDay = millis / 86_400_000
        if newDay != day {
            day = newDay
            date = Self.dateText(daysSince1970: newDay)
        }
        let ofDay = millis - newDay * 86_400_000
        bytes.append(contentsOf: date)
        appendTwoDigits(ofDay / 3_600_000)
        bytes.append(0x3a)
        appendTwoDigits(ofDay / 60_000 % 60)
        bytes.append(0x3a)
        appendTwoDigits(ofDay / 1000 % 60)
        bytes.append(0x2e)
        bytes.append(UInt8(0x30 + ofDay % 1000 / 100))
        appendTwoDigits(ofDay % 100)
        bytes.append(0x5a)
    }

    /// `user_00012345`
    private mutating func appendUser(_ user: Int) {
        bytes.append(contentsOf: pieces.user)
        var scale = 10_000_000
        if user >= 100_000_000 { scale = 1_000_000_000 }
        while scale > 0 {
            bytes.append(UInt8(0x30 + user / scale % 10))
            scale /= 10
        }
    }

    private mutating func appendUUID(_ high: UInt64, _ low: UInt64) {
        appendHex(high >> 32, digits: 8)
        bytes.append(0x2d)
        appendHex(high >> 16, digits: 4)
        bytes.append(0x2d)
        appendHex(0x4000 | high & 0xfff, digits: 4)
        bytes.append(0x2d)
        appendHex(0x8000 | (low >> 48) & 0x3fff, digits: 4)
        bytes.append(0x2d)
        appendHex(low, digits: 12)
    }

    private mutating func appendHex(_ word: UInt64, digits: Int) {
        for digit in (0..<digits).reversed() {
            let nibble = UInt8(truncatingIfNeeded: word >> UInt64(4 * digit)) & 15
            bytes.append(nibble &+ (nibble < 10 ? 0x30 : 0x57))
        }
    }

    private mutating func appendTwoDigits(_ value: Int64) {
        bytes.append(UInt8(0x30 + value / 10 % 10))
        bytes.append(UInt8(0x30 + value % 10))
    }

    /// A number with up to two decimals, without needless zeros: 12, 12.5, 12.34.
    private mutating func appendHundredths(_ value: Int64) {
        appendDecimal(value / 100)
        let cents = value % 100
        if cents == 0 { return }
        bytes.append(0x2e)
        bytes.append(UInt8(0x30 + cents / 10))
        if cents % 10 != 0 { bytes.append(UInt8(0x30 + cents % 10)) }
    }

    private mutating func appendDecimal(_ value: Int64) {
        var scale: Int64 = 1
        while value / scale >= 10 { scale *= 10 }
        while scale > 0 {
            bytes.append(UInt8(0x30 + value / scale % 10))
            scale /= 10
        }
    }

    /// Howard Hinnant's days-to-civil, for years after 1970.
    static func dateText(daysSince1970: Int64) -> [UInt8] {
        let shifted = daysSince1970 + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthShifted = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthShifted + 2) / 5 + 1
        let month = monthShifted < 10 ? monthShifted + 3 : monthShifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let pad = { (value: Int64) in (value < 10 ? "0" : "") + "\(value)" }
        return Array("\(year)-\(pad(month))-\(pad(day))T".utf8)
    }
}

/// The constant text between the values of the standard event.
private struct JSONPieces: Sendable {
    let eventID = Array(#"{"event_id":""#.utf8)
    let timestamp = Array(#"","timestamp":""#.utf8)
    let userID = Array(#"","user_id":""#.utf8)
    let user = Array("user_".utf8)
    let sessionID = Array(#"","session_id":"s_"#.utf8)
    let eventName = Array(#"","event_name":""#.utf8)
    let url = Array(#"","event_version":"1.0","properties":{"url":""#.utf8)
    let duration = Array(#"","duration":"#.utf8)
    let amount = Array(#","amount":"#.utf8)
    let platform = Array(#"},"context":{"platform":""#.utf8)
    let browser = Array(#"","browser":""#.utf8)
    let address = Array(#"","ip_address":"192.168.1."#.utf8)
    let country = Array(#""},"user_properties":{"country":""#.utf8)
    let tierEnterprise = Array("\",\"subscription_tier\":\"enterprise\"}}\n".utf8)
    let tierFree = Array("\",\"subscription_tier\":\"free\"}}\n".utf8)
}
