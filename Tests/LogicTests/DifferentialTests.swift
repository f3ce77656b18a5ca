import EventBase
import EventTestSupport
import Foundation
import Testing

/// Goal: queries that EventSQL and SQLite both understand get one answer. Method: random small tables, random queries from
/// a grammar that means the same in both; rows are compared sorted. `SLT_SEED` repeats a run, `FUZZ_SECONDS` makes it as
/// long as one likes (`make fuzz`). A refusal to wrap a BIGINT is right wherever SQLite would go on in floating point.
struct DifferentialTests {
    static let seed =
        ProcessInfo.processInfo.environment["SLT_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...999_999)
    static let seconds = ProcessInfo.processInfo.environment["FUZZ_SECONDS"].flatMap { Double($0) }

    @Test("ten thousand random queries agree with SQLite", arguments: 0..<4)
    func agree(shard: Int) throws {
        let seed = Self.seed &+ UInt64(shard)
        print("differential seed \(seed)")
        var seeds = SeededRandom(seed: seed)
        let deadline = ContinuousClock.now + .seconds(Self.seconds ?? 3600)
        var (count, overflows) = (0, 0)
        while Self.seconds == nil ? count < 2500 : ContinuousClock.now < deadline {
            var random = SeededRandom(seed: seeds.next())
            let hasExtremes = Int.random(in: 0..<5, using: &random) == 0
            let tables = (0..<3).map {
                RandomTable(name: "t\($0)", hasExtremes: hasExtremes, rowCountMax: 8 << $0, &random)
            }
            let database = LogicDatabase(tables.map(\.snapshot))
            let peer = SQLiteDatabase()
            _ = try peer.query("PRAGMA case_sensitive_like = ON")
            for table in tables { try table.copy(to: peer) }
            var writer = QueryWriter(tables: tables, random: random)
            for _ in 0..<50 {
                let sql = writer.makeQuery()
                count += 1
                guard let report = Self.compare(sql, database, peer, hasExtremes: hasExtremes, &overflows) else {
                    continue
                }
                Issue.record("SLT_SEED=\(Self.seed), shard \(shard): \(sql)\n\(report)")
                return
            }
        }
        print("differential seed \(seed): \(count) queries, \(overflows) with numbers beyond BIGINT")
        #expect(Self.seconds != nil || overflows * 10 < count)
    }

    /// How the answers differ; nil where they agree.
    static func compare(
        _ sql: String, _ database: LogicDatabase, _ peer: SQLiteDatabase, hasExtremes: Bool, _ overflows: inout Int
    ) -> String? {
        let other = Result { try peer.query(sql).map { line($0.map { $0 ?? "NULL" }) }.sorted() }
        var answers: [[String]] = []
        let settings = [
            LogicSetting(name: "plain"), LogicSetting(name: "small", threadCount: 2, batchRowCountMax: 7),
            LogicSetting(name: "on disk", batchRowCountMax: 7, spillSizeBytes: 64),
        ]
        for setting in settings {
            var own = setting
            own.database = database
            do { answers.append(try own.run(sql).map(line).sorted()) } catch {
                let isOverflow = (error as? EventSQLError)?.kind == .invalidInput && "\(error)".contains("BIGINT")
                if hasExtremes, isOverflow {
                    overflows += 1
                    return nil
                }
                // SPEC 2.5 says which queries that depend on the row outside are refused.
                let refusals = ["depends on the row outside", "depends on a side that an outer join keeps whole"]
                if refusals.contains(where: "\(error)".contains) { return nil }
                return "EventSQL (\(setting.name)): \(error)"
            }
        }
        if hasExtremes, case .failure(let failure) = other, "\(failure)".contains("integer overflow") {
            // SQLite adds in 64 bits, EventSQL sees only whether the sum itself fits.
            overflows += 1
            return nil
        }
        guard case .success(let rows) = other else { return "SQLite: \(other)" }
        if answers.allSatisfy({ $0 == rows }) { return nil }
        let odd = answers.first { $0 != rows } ?? []
        let (extra, missing) = (Set(odd).subtracting(rows).sorted(), Set(rows).subtracting(odd).sorted())
        return """
            EventSQL, \(odd.count) rows, alone: \(extra.prefix(6))
            SQLite, \(rows.count) rows, alone: \(missing.prefix(6))
            """
    }

    /// Fractions are compared to 9 digits, whole numbers exactly, so that the text of a number does not matter.
    static func line(_ row: [String]) -> String {
        row.map { cell in
            switch cell {
            case "true": return "1"
            case "false": return "0"
            default:
                if let whole = Int64(cell) { return String(whole) }
                guard let number = Double(cell), number.isFinite else { return cell }
                if number == number.rounded(), abs(number) < 1e15 { return String(Int64(number)) }
                return String(format: "%.9g", number)
            }
        }.joined(separator: "|")
    }
}
