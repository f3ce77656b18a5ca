import EventWorkload
import Glibc

/// `workload generate ...`: writes the events of a seeded plan to a file or to standard output.
@main
enum WorkloadCommand {
    // One call, so that no closure of the work is isolated to the main actor and pays for it per event.
    static func main() { exit(run(Array(CommandLine.arguments.dropFirst()))) }
}

private let usage = """
    usage: workload generate [--events N] [--users U] [--days D] [--seed S] [--format jsonl|csv] OUT

    Writes N (1000000) events of U (N/50) users over D (90) days from seed S (42) to the file OUT, or to standard output
    for `-`. The same arguments give the same bytes. Memory does not grow with N.

    """

nonisolated private func run(_ arguments: [String]) -> Int32 {
    guard arguments.first == "generate" else { return fail(usage) }
    var options: [String: String] = [:]
    var outputs: [String] = []
    var rest = arguments.dropFirst()
    while let word = rest.popFirst() {
        if word.hasPrefix("--") {
            guard let value = rest.popFirst() else { return fail("workload: \(word) wants a value\n" + usage) }
            options[word] = value
        } else {
            outputs.append(word)
        }
    }
    let number = { (name: String, value: Int) in options.removeValue(forKey: name).map { Int($0) ?? -1 } ?? value }
    let events = number("--events", 1_000_000)
    let users = number("--users", max(1, events / 50))
    let days = number("--days", 90)
    let seed = number("--seed", 42)
    let formatName = options.removeValue(forKey: "--format") ?? "jsonl"
    guard let format = WorkloadFormat(rawValue: formatName), options.isEmpty, outputs.count == 1, events >= 0,
        (1...1 << 30).contains(users), (1...3650).contains(days), seed >= 0
    else { return fail(usage) }
    let plan = WorkloadPlan(eventCount: events, userCount: users, dayCount: days, seed: UInt64(seed))
    return write(plan, format, to: outputs[0])
}

nonisolated private func write(_ plan: WorkloadPlan, _ format: WorkloadFormat, to path: String) -> Int32 {
    let file = path == "-" ? STDOUT_FILENO : unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard file >= 0 else { return fail("workload: \(path): \(unsafe String(cString: strerror(errno)))\n") }
    var generator = WorkloadGenerator(plan: plan)
    var encoder = EventEncoder(format: format)
    encoder.encodeHeader()
    while let event = generator.next() {
        encoder.encode(event)
        if encoder.bytes.count >= (1 << 20) - 4096 {
            guard writeAll(encoder.bytes, to: file) else { return failedWrite(path) }
            encoder.removeAll()
        }
    }
    guard writeAll(encoder.bytes, to: file), path == "-" || close(file) == 0 else { return failedWrite(path) }
    return 0
}

nonisolated private func writeAll(_ bytes: [UInt8], to file: Int32) -> Bool {
    var done = 0
    while done < bytes.count {
        // UNSAFE: the only way to reach write(2); the pointer lives for the call and the count is the array's rest.
        let count = unsafe bytes.withUnsafeBytes { buffer in
            unsafe Glibc.write(file, buffer.baseAddress! + done, buffer.count - done)
        }
        if count < 0 && errno == EINTR { continue }
        if count <= 0 { return false }
        done += count
    }
    return true
}

nonisolated private func failedWrite(_ path: String) -> Int32 {
    fail("workload: \(path): \(unsafe String(cString: strerror(errno)))\n")
}

nonisolated private func fail(_ text: String) -> Int32 {
    _ = writeAll(Array(text.utf8), to: STDERR_FILENO)
    return 64
}
