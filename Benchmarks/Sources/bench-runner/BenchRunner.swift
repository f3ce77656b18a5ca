import EventBase
import EventIngest
import EventSQL
import Glibc

/// `bench-runner serve DIR THREADS [keep-duplicates]`: measures EventSQL inside one process, as an application would use it.
/// `bench-runner once DIR [SQL]`: opens, runs one statement, says what it decoded and ends, for tools that count what a process does.
/// `bench-runner ingest DIR FILE FORMAT`: the same for loading.
/// `bench-runner append DIR APPENDERS SECONDS`: latency of single appends beside queries.
@main
enum BenchRunner {
    // One call, so that no closure of the work is isolated to the main actor and pays for it per call.
    static func main() { exit(run(Array(CommandLine.arguments.dropFirst()))) }
}

nonisolated private func run(_ arguments: [String]) -> Int32 {
    do throws(EventSQLError) {
        switch (arguments.first, arguments.count) {
        case ("serve", 3), ("serve", 4):
            try serve(
                directory: arguments[1], threads: Int(arguments[2]) ?? 2,
                leavesOutDuplicates: arguments.last != "keep-duplicates")
        case ("once", 2), ("once", 3):
            let database = try open(arguments[1], threads: 1)
            if arguments.count == 3 {
                let result = try database.query(arguments[2])
                print("rows \(result.rowCount) granules \(result.work.granulesDecoded) bytes \(result.work.bytesRead)")
            }
        case ("ingest", 4):
            print(try load(arguments[2], arguments[3], threads: 1, into: try open(arguments[1], threads: 1)).rowCount)
        case ("append", 4):
            let database = try open(arguments[1], threads: 2)
            let (appenders, seconds) = (Int(arguments[2]) ?? 8, Double(arguments[3]) ?? 10)
            print(try AppendLatency.measure(database, appenders: appenders, seconds: seconds), terminator: "")
        default:
            print(
                "usage: bench-runner serve DIR THREADS | once DIR [SQL] | ingest DIR FILE jsonl|csv | append DIR N SECONDS"
            )
            return 64
        }
        return 0
    } catch {
        print(error)
        return 1
    }
}

nonisolated private func serve(directory: String, threads: Int, leavesOutDuplicates: Bool) throws(EventSQLError) {
    var channel = Channel()
    let database = try open(directory, threads: threads, leavesOutDuplicates: leavesOutDuplicates)
    while let line = channel.readLine() {
        let words = line.split(separator: " ")
        let text = words.count == 3 ? channel.readText(byteCount: Int(words[2]) ?? 0) ?? "" : ""
        var answer = JSONText()
        do throws(EventSQLError) {
            switch words.first {
            case "query": try query(database, text, runs: Int(words[1]) ?? 1, &answer)
            case "load": try measureLoad(database, text, String(words[1]), threads, &answer)
            case "memory":
                let peak = ProcessFacts.statusBytes("VmHWM")
                let anonymous = ProcessFacts.statusBytes("RssAnon")
                answer.append(raw: "{\"peak_bytes\": \(peak), \"anonymous_bytes\": \(anonymous)}")
            default: answer.append(raw: "{\"error\": \"unknown request\"}")
            }
        } catch {
            answer = JSONText()
            answer.append(raw: "{\"error\": ")
            answer.append(quoted: "\(error)")
            answer.append(raw: "}")
        }
        answer.append(raw: "\n")
        channel.write(answer.bytes)
    }
}

nonisolated private func query(
    _ database: EventDatabase, _ sql: String, runs: Int, _ answer: inout JSONText
) throws(EventSQLError) {
    let clock = ContinuousClock()
    var times: [Double] = []
    var result: QueryResult?
    for _ in 0..<max(1, runs) {
        let start = clock.now
        result = try database.query(sql)
        times.append((clock.now - start) / .milliseconds(1))
        if times.reduce(0, +) > 60_000 { break }
    }
    guard let result else { return }
    answer.append(raw: "{\"times_ms\": ")
    answer.appendList(times) { $0.append(raw: "\($1)") }
    answer.append(raw: ", \"columns\": ")
    answer.appendList(result.columns) { $0.append(quoted: $1.name) }
    answer.append(raw: ", \"rows\": ")
    answer.appendList(result.rows) { $0.appendList($1) { $0.append($1) } }
    answer.append(raw: "}")
}

nonisolated private func measureLoad(
    _ database: EventDatabase, _ path: String, _ format: String, _ threads: Int, _ answer: inout JSONText
) throws(EventSQLError) {
    let clock = ContinuousClock()
    let start = clock.now
    let summary = try load(path, format, threads: threads, into: database)
    let seconds = (clock.now - start) / .seconds(1)
    let bytes = ProcessFacts.directoryBytes(database.path)
    answer.append(raw: "{\"seconds\": \(seconds), \"rows\": \(summary.rowCount), \"bytes\": \(bytes)}")
}
