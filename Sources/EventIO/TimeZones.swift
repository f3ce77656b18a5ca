package import EventBase
internal import Synchronization

/// Time zones by their IANA names, from the machine's own files; each is read once.
///
/// - Threads: all members may be called from any thread.
package enum TimeZones {
    /// Where Linux and macOS keep the compiled files.
    private static let folder = "/usr/share/zoneinfo/"
    private static let known = Mutex<[String: TimeZoneRules]>([:])

    /// - Errors: `.invalidInput` for a name that no file has, `.corruption` for a file that cannot be read.
    package static func rules(named name: String) throws(EventSQLError) -> TimeZoneRules {
        if ["UTC", "GMT", "Z"].contains(name.uppercased()) { return TimeZoneRules(fixedOffsetSeconds: 0) }
        if let rules = known.withLock({ $0[name] }) { return rules }
        if let rules = fixed(name) { return rules }
        guard isName(name) else { throw unknown(name) }
        let bytes: [UInt8]
        do throws(EventSQLError) {
            let reader = try SequentialReader(path: folder + name)
            var buffer = [UInt8](repeating: 0, count: 4096)
            var all: [UInt8] = []
            while all.count <= TimeZoneFile.sizeBytesMax {
                let count = try reader.read(into: &buffer, 0..<buffer.count)
                if count == 0 { break }
                all += buffer[..<count]
            }
            bytes = all
        } catch { throw unknown(name) }
        let rules = try TimeZoneFile.read(bytes, name: name)
        known.withLock { $0[name] = rules }
        return rules
    }

    private static func unknown(_ name: String) -> EventSQLError {
        EventSQLError(
            .invalidInput, "there is no time zone '\(name)'", hint: "IANA names such as Europe/Berlin, or +02:00")
    }

    /// Parts of letters, digits, `_`, `-` and `+` with `/` between them: nothing that leaves the folder.
    private static func isName(_ name: String) -> Bool {
        let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return name.utf8.count <= 64 && !parts.isEmpty
            && parts.allSatisfy { part in
                !part.isEmpty
                    && part.allSatisfy {
                        switch $0 {
                        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D, 0x2B: true
                        default: false
                        }
                    }
            }
    }

    /// `+02:00`, `-0530`, `+7`.
    private static func fixed(_ name: String) -> TimeZoneRules? {
        guard let sign = name.first, sign == "+" || sign == "-" else { return nil }
        let digits = name.dropFirst().filter { $0 != ":" }
        guard (1...4).contains(digits.count), digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(digits)
        else { return nil }
        let (hours, minutes) = digits.count > 2 ? (number / 100, number % 100) : (number, 0)
        guard hours <= 15, minutes < 60 else { return nil }
        let seconds = Int32(hours * 3600 + minutes * 60)
        return TimeZoneRules(fixedOffsetSeconds: sign == "-" ? -seconds : seconds)
    }
}
