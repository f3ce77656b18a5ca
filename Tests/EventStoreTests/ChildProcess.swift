import Foundation

/// `EventCrashChild` as a process of its own.
struct ChildProcess {
    let process = Process()
    private let pipe = Pipe()

    init(_ arguments: [String]) throws {
        let runner = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        process.executableURL = runner.appending(path: "EventCrashChild")
        process.arguments = arguments
        process.standardOutput = pipe
        try process.run()
    }

    /// What it printed; waits for its end.
    func output() throws -> String {
        let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return text
    }

    /// A directory that is removed after `body`.
    static func withDirectory(_ body: (String) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "eventsql-child-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        try body(directory.path(percentEncoded: false))
    }
}
