// Goal: a workload is a function of its arguments alone, and has the shape that the benchmark's questions assume.
// Method: hash the bytes of small workloads against committed hashes; count events of a middle-sized one.
import EventWorkload
import Testing

@Suite("Workload generator")
struct WorkloadGeneratorTests {
    @Test("The same seed gives the same bytes, today and on every machine")
    func bytesAreStable() {
        #expect(hash(events: 20_000, seed: 42, format: .jsonl) == hash(events: 20_000, seed: 42, format: .jsonl))
        #expect(hash(events: 20_000, seed: 42, format: .jsonl) != hash(events: 20_000, seed: 43, format: .jsonl))
        #expect(hash(events: 20_000, seed: 42, format: .jsonl) == 3_795_439_505_482_442_077)
        #expect(hash(events: 20_000, seed: 42, format: .csv) == 14_226_646_509_955_272_742)
    }

    @Test(
        "Every event lies within the days of the plan and nearly in time order, and there are exactly as many as asked")
    func timesAreInOrder() {
        var generator = WorkloadGenerator(plan: WorkloadPlan(eventCount: 50_000, userCount: 900, dayCount: 30, seed: 7))
        var count = 0
        var latest: Int64 = 0
        while let event = generator.next() {
            count += 1
            #expect(event.timeMillis >= generator.plan.startMillis)
            #expect(event.timeMillis < generator.plan.startMillis + 30 * 86_400_000)
            // At most ten minutes late.
            #expect(event.timeMillis >= latest - 600_000 - 1)
            latest = max(latest, event.timeMillis)
            #expect(event.durationHundredths >= 1)
        }
        #expect(count == 50_000)
    }

    @Test("Names, growth, activity and amounts have the shape that was meant")
    func shapeIsSane() {
        var generator = WorkloadGenerator(
            plan: WorkloadPlan(eventCount: 400_000, userCount: 8000, dayCount: 90, seed: 1))
        var names = [Int](repeating: 0, count: 24)
        var days = [Int](repeating: 0, count: 90)
        var users = [Int](repeating: 0, count: 8000)
        var urls: [Int: Int] = [:]
        var countryOfUser = [Int](repeating: -1, count: 8000)
        var durations: [Int64] = []
        var ids: Set<UInt64> = []
        while let event = generator.next() {
            names[event.name] += 1
            days[Int((event.timeMillis - generator.plan.startMillis) / 86_400_000)] += 1
            users[event.user] += 1
            urls[event.url, default: 0] += 1
            durations.append(event.durationHundredths)
            ids.insert(event.idHigh)
            #expect((event.amountHundredths != nil) == (event.name == 13))
            #expect(countryOfUser[event.user] == -1 || countryOfUser[event.user] == event.country)
            countryOfUser[event.user] = event.country
        }
        // page_viewed has 30 of 98.25 parts.
        #expect(abs(Double(names[0]) / 400_000 - 30 / 98.25) < 0.01)
        #expect(names.allSatisfy { $0 > 0 })
        // The last ten days are busier than the first ten.
        #expect(days[80...].reduce(0, +) > days[..<10].reduce(0, +) * 3 / 2)
        // A tenth of the users makes more than a third of the events; most users appear.
        let sorted = users.sorted(by: >)
        #expect(sorted[..<800].reduce(0, +) > 133_000)
        #expect(sorted.filter { $0 > 0 }.count > 6000)
        // The first page is far ahead of the hundredth.
        #expect(urls[0, default: 0] > 50 * urls[99, default: 0])
        // e^3 = 20.09 seconds in the middle.
        let median = durations.sorted()[200_000]
        #expect((1950...2070).contains(median))
        #expect(ids.count > 399_990)
        print("events on day 0 / 45 / 89:", days[0], days[45], days[89], "busiest user:", sorted[0])
    }

    @Test("A JSON line is the standard event, and a CSV row has the header's number of fields")
    func linesAreWellFormed() throws {
        let json = text(events: 3, format: .jsonl).split(separator: "\n")
        #expect(json.count == 3)
        for line in json {
            #expect(line.hasPrefix(#"{"event_id":""#))
            #expect(line.hasSuffix("}}"))
            #expect(line.contains(#""timestamp":"2024-0"#))
        }
        let rows = text(events: 3, format: .csv).split(separator: "\n")
        #expect(rows.count == 4)
        let fields = rows.map { $0.split(separator: ",", omittingEmptySubsequences: false).count }
        #expect(fields == [8, 8, 8, 8])
    }

    private func text(events: Int, format: WorkloadFormat) -> String {
        String(decoding: bytes(events: events, seed: 42, format: format), as: UTF8.self)
    }

    private func bytes(events: Int, seed: UInt64, format: WorkloadFormat) -> [UInt8] {
        var generator = WorkloadGenerator(
            plan: WorkloadPlan(eventCount: events, userCount: 400, dayCount: 90, seed: seed))
        var encoder = EventEncoder(format: format)
        encoder.encodeHeader()
        while let event = generator.next() { encoder.encode(event) }
        return encoder.bytes
    }

    /// FNV-1a.
    private func hash(events: Int, seed: UInt64, format: WorkloadFormat) -> UInt64 {
        bytes(events: events, seed: seed, format: format)
            .reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
