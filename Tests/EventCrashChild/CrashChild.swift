import EventBase
import EventColumns
import EventIO
import EventStore
import Foundation

/// Appends batches of five rows to the database in `argv[1]`, from the batch number in `argv[2]` on, and prints the
/// number of each batch once it is acknowledged. It never stops: whoever started it kills it.
@main
enum CrashChild {
    static func main() throws {
        try run(CommandLine.arguments[1], first: Int64(CommandLine.arguments[2]) ?? 0)
    }

    static func run(_ path: String, first: Int64) throws {
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
