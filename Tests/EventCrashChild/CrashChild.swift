import EventBase
import EventColumns
import EventIO
import EventStore
import Foundation

/// A process of its own for tests that kill it, or let several at one database.
///
/// - `PATH FIRST`: appends batches of five rows to the database, from batch number `FIRST` on, and prints the number of each
///   batch once it is acknowledged. It never stops: whoever started it kills it.
/// - `PATH read SECONDS`: reads the database beside the writer and looks whether every snapshot is a prefix of what was
///   written; prints the number of snapshots and of batches in the last, or what was wrong.
@main
enum CrashChild {
    static func main() throws {
        let arguments = CommandLine.arguments
        if arguments[2] == "read" {
            do {
                print(try Reader(path: arguments[1]).run(seconds: Double(arguments[3]) ?? 1))
            } catch { print("wrong: \(error)") }
        } else {
            try write(arguments[1], first: Int64(arguments[2]) ?? 0)
        }
    }

    static func write(_ path: String, first: Int64) throws {
        var options = StoreOptions(createIfMissing: true)
        options.memtableRowCountMax = 100
        let store = try EventStore.open(at: path, options: options, storage: PosixStorage())
        for batch in first... {
            var buffer = EventBuffer()
            let column = buffer.column(path: "properties.batch")
            for row in 0..<5 {
                buffer.set(column, int64: batch)
                let user = Array("user-\((batch + Int64(row)) % 40)".utf8)
                let name = Array("n".utf8)
                buffer.commitRow(time: batch * 3_600_000_000, user: user.rawBytes, name: name.rawBytes)
            }
            try store.append(buffer, table: "events")
            try FileHandle.standardOutput.write(contentsOf: Array("\(batch)\n".utf8))
        }
    }
}

/// Takes snapshot after snapshot, of a store that is refreshed and now and then of one that is opened anew.
struct Reader {
    let path: String

    func run(seconds: Double) throws -> String {
        let end = Date(timeIntervalSinceNow: seconds)
        var store = try open()
        var snapshotCount = 0
        var batchCount = 0
        while Date() < end {
            snapshotCount += 1
            if snapshotCount % 5 == 0 { store = try open() } else { try store.refresh() }
            let snapshot = try store.snapshot(ofTable: "events")
            let counts = try Self.rowCounts(snapshot)
            // A snapshot stays as it is while the writer goes on.
            guard try Self.rowCounts(snapshot) == counts else { return "wrong: a snapshot has changed" }
            if let wrong = counts.firstIndex(where: { $0 != 5 }) {
                return "wrong: \(counts[wrong]) rows of batch \(wrong) of \(counts.count); \(store.info().reports)"
            }
            guard counts.count >= batchCount else { return "wrong: \(counts.count) batches after \(batchCount)" }
            batchCount = counts.count
        }
        return "\(snapshotCount) \(batchCount)"
    }

    private func open() throws -> EventStore {
        try EventStore.open(at: path, options: StoreOptions(readOnly: true), storage: PosixStorage())
    }

    /// Rows by batch number.
    private static func rowCounts(_ snapshot: any EventSnapshot) throws -> [Int] {
        var counts: [Int] = []
        for group in snapshot.rowGroups {
            for granule in 0..<group.granuleCount {
                let all = RowSelection.range(0..<group.rowCount(ofGranule: granule))
                let vector = try group.read("properties.batch", as: .int64, granule: granule, rows: all)
                guard case .int64(let batches) = vector.values else { continue }
                for batch in batches {
                    while counts.count <= Int(batch) { counts.append(0) }
                    counts[Int(batch)] += 1
                }
            }
        }
        return counts
    }
}
