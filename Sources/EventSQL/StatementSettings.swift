internal import EventBase
internal import EventColumns
internal import EventIO
internal import EventPlan
internal import EventSyntax
internal import Synchronization

/// What SET changes, for all later statements of a database object.
///
/// - Threads: all members may be called from any thread.
final class StatementSettings: Sendable {
    struct Values {
        var memoryLimitBytes: Int
        var threadCount: Int
        /// nil: no limit.
        var timeoutMilliseconds: Int?
        /// nil: UTC.
        var zone: NamedZone?
    }

    static let names = ["memory_limit", "statement_timeout", "threads", "timezone"]
    private let defaults: Values
    private let values: Mutex<Values>

    init(_ options: DatabaseOptions) {
        defaults = Values(
            memoryLimitBytes: options.memoryLimitBytes ?? Machine.memorySizeBytes / 4,
            threadCount: options.threadCount ?? Machine.coreCount,
            timeoutMilliseconds: options.statementTimeoutMilliseconds)
        values = Mutex(defaults)
    }

    var current: Values { values.withLock { $0 } }

    /// The setting as SHOW prints it; nil for a name that is none.
    func text(_ name: String) -> String? {
        let now = current
        switch name {
        case "memory_limit": return "\(now.memoryLimitBytes) bytes"
        case "threads": return "\(now.threadCount)"
        case "timezone": return now.zone?.name ?? "UTC"
        case "statement_timeout": return now.timeoutMilliseconds.map { "\($0) ms" } ?? "none"
        default: return nil
        }
    }

    /// Back to what the database was opened with; nil for all settings.
    func reset(_ name: String?, _ position: SourcePosition) throws(EventSQLError) {
        if let name, !Self.names.contains(name) { throw Self.unknown(name, position) }
        values.withLock { values in
            if name ?? "memory_limit" == "memory_limit" { values.memoryLimitBytes = defaults.memoryLimitBytes }
            if name ?? "threads" == "threads" { values.threadCount = defaults.threadCount }
            if name ?? "statement_timeout" == "statement_timeout" {
                values.timeoutMilliseconds = defaults.timeoutMilliseconds
            }
            if name ?? "timezone" == "timezone" { values.zone = nil }
        }
    }

    func set(_ name: String, _ value: Value, _ position: SourcePosition) throws(EventSQLError) {
        switch name {
        case "memory_limit":
            guard let bytes = Self.quantity(value, Self.byteUnits), bytes >= 1 << 20 else {
                throw Self.refusal(name, "a size from 1MiB, such as '512MB' or '2GiB'", position)
            }
            values.withLock { $0.memoryLimitBytes = bytes }
        case "threads":
            guard case .int64(let count) = value, (1...256).contains(count) else {
                throw Self.refusal(name, "a whole number from 1 to 256", position)
            }
            values.withLock { $0.threadCount = Int(count) }
        case "statement_timeout":
            guard let milliseconds = Self.quantity(value, Self.timeUnits) else {
                throw Self.refusal(name, "milliseconds or a text such as '30s', 0 for none", position)
            }
            values.withLock { $0.timeoutMilliseconds = milliseconds == 0 ? nil : milliseconds }
        case "timezone":
            guard case .string(let text) = value else {
                throw Self.refusal(name, "a name such as 'Europe/Berlin', or an offset such as '+02:00'", position)
            }
            var zone: NamedZone?
            do throws(EventSQLError) {
                if !NamedZone.isUTC(text) { zone = NamedZone(name: text, rules: try TimeZones.rules(named: text)) }
            } catch {
                throw error.at(position)
            }
            values.withLock { $0.zone = zone }
        default: throw Self.unknown(name, position)
        }
    }

    private static let byteUnits: [String: Int] = [
        "": 1, "b": 1, "kb": 1000, "mb": 1_000_000, "gb": 1_000_000_000, "tb": 1_000_000_000_000, "kib": 1 << 10,
        "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40,
    ]
    private static let timeUnits: [String: Int] = ["": 1, "ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000]

    /// A whole number, alone or with a unit behind it.
    private static func quantity(_ value: Value, _ units: [String: Int]) -> Int? {
        switch value {
        case .int64(let number) where number >= 0: return Int(number)
        case .string(let text):
            let digits = text.prefix { $0.isASCII && $0.isNumber }
            let unit = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
            guard let number = Int(digits), let factor = units[unit] else { return nil }
            let (product, isOver) = number.multipliedReportingOverflow(by: factor)
            return isOver ? nil : product
        default: return nil
        }
    }

    private static func refusal(_ name: String, _ wanted: String, _ position: SourcePosition) -> EventSQLError {
        EventSQLError(.invalidInput, "\(name) takes \(wanted)", position: position)
    }

    private static func unknown(_ name: String, _ position: SourcePosition) -> EventSQLError {
        EventSQLError(
            .binding, "there is no setting '\(name)'", hint: "known: \(names.joined(separator: ", "))",
            position: position)
    }
}

extension StatementRunner {
    func set(_ name: String, _ value: Expression, _ position: SourcePosition) throws(EventSQLError) -> Answer {
        let constant: Value
        switch value {
        // A bare word is a text: SET memory_limit = 1GB is two tokens, 'x' one.
        case .name(let parts, _): constant = .string(parts.joined(separator: "."))
        default:
            guard let found = try binder.bindConstant(value) else {
                throw EventSQLError(.binding, "SET takes a constant", position: value.position)
            }
            constant = found
        }
        try settings.set(name, constant, position)
        return Answer(kind: .effect, columns: [], batches: [])
    }

    func reset(_ name: String?, _ position: SourcePosition) throws(EventSQLError) -> Answer {
        try settings.reset(name, position)
        return Answer(kind: .effect, columns: [], batches: [])
    }

    /// SHOW of a setting, or of all; nil where the words name none.
    func showSettings(_ what: String) -> Answer? {
        let names = what == "all" ? StatementSettings.names : [what]
        var rows: [[Value]] = []
        for name in names {
            guard let text = settings.text(name) else { return nil }
            rows.append([.string(name), .string(text)])
        }
        return Self.table([("setting", .string), ("value", .string)], rows)
    }
}
