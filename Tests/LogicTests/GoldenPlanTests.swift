import EventSQL
import Foundation
import Testing

/// Goal: a plan of a benchmark question changes only when somebody means it. Method: EXPLAIN of every question over a small
/// database, and what its scans passed over, are compared with Fixtures/plans; `PLANS_COMPLETE=1` writes them anew, for review.
struct GoldenPlanTests {
    static let questions: [URL] = {
        let folder = LogicScriptTests.root.appending(path: "Benchmarks/queries")
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == "bench" }.sorted { $0.path() < $1.path() }
    }()

    @Test("questions of the benchmark are planned as their golden files say")
    func plans() throws {
        #expect(Self.questions.count >= 18)
        let path = FileManager.default.temporaryDirectory.appending(path: "eventsql-\(UUID().uuidString)").path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let database = try EventDatabase.open(at: path)
        defer { database.close() }
        try database.append(Self.events)
        _ = try database.query("SET threads = 1")
        for question in Self.questions {
            let name = question.deletingPathExtension().lastPathComponent
            let golden = LogicScriptTests.root.appending(path: "Fixtures/plans/\(name).plan")
            let plan = try Self.plan(try Self.statement(question), database)
            if ProcessInfo.processInfo.environment["PLANS_COMPLETE"] == "1" {
                try FileManager.default.createDirectory(
                    at: golden.deletingLastPathComponent(), withIntermediateDirectories: true)
                try plan.write(to: golden, atomically: true, encoding: .utf8)
            } else {
                let wanted = try String(contentsOf: golden, encoding: .utf8)
                #expect(
                    plan == wanted, "\(name) is planned in another way; PLANS_COMPLETE=1 writes the golden files anew")
            }
        }
    }

    /// The plan's lines, then what its scans passed over.
    private static func plan(_ sql: String, _ database: EventDatabase) throws -> String {
        let lines = try database.query("EXPLAIN \(sql)").strings("plan")
        let passed = try database.query("EXPLAIN ANALYZE \(sql)").strings("plan").map {
            $0.trimmingCharacters(in: .whitespaces)
        }.filter { $0.hasPrefix("segments ") || $0.hasPrefix("granules ") }
        return (lines + passed).map { $0 + "\n" }.joined()
    }

    /// The section `[eventsql]` of a question.
    private static func statement(_ file: URL) throws -> String {
        let text = try String(contentsOf: file, encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex { $0.hasPrefix("[eventsql") })
        return lines[(start + 1)...].prefix { !$0.hasPrefix("[") }.joined(separator: "\n")
    }

    /// 30,000 events of 300 people over the 90 days of the workload, with its columns and names.
    private static let events: [Event] = {
        let names = [
            "page_viewed", "feature_used", "user_logged_in", "search_performed", "cart_item_added", "checkout_started",
            "payment_completed", "user_signed_up", "subscription_cancelled",
        ]
        let countries = ["US", "DE", "GB", "IN", "BR"]
        let start: Int64 = 1_709_251_200_000_000
        return (0..<30_000).map { index in
            let name = names[index * index % 97 % names.count]
            var properties: [String: EventValue] = [
                "duration": .int(Int64(index % 977)), "url": .string("/page/\(index % 50)"),
            ]
            if name == "payment_completed" { properties["amount"] = .double(Double(index % 200)) }
            let time = EventTime(micros: start + Int64(index) * 259_200_000)
            return Event(
                name, user: "user_00000\(100 + index * 7 % 300)", at: time, properties,
                context: ["platform": .string(index % 3 == 0 ? "ios" : "web")],
                userProperties: ["country": .string(countries[index % countries.count])])
        }
    }()
}
