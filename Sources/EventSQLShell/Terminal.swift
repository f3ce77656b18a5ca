import CEdit
import EventRender
import EventSQL
import Glibc
import Synchronization

/// The two streams: results on standard output, everything else on standard error.
enum Terminal {
    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    private static let pending = Mutex<[UInt8]>([])

    /// Results: gathered, and written in pieces of 64 kB.
    static func write(_ text: String) {
        let isFull = pending.withLock { bytes in
            bytes.append(contentsOf: text.utf8)
            return bytes.count > 1 << 16
        }
        if isFull { flush() }
    }

    static func flush() {
        let bytes = pending.withLock { bytes in
            defer { bytes.removeAll(keepingCapacity: true) }
            return bytes
        }
        send(bytes, to: 1)
    }

    static func writeError(_ text: String) {
        flush()
        send(Array(text.utf8), to: 2)
    }

    /// UNSAFE: benefit: the system call itself. Soundness: it is given a live buffer and its length.
    private static func send(_ bytes: [UInt8], to descriptor: Int32) {
        unsafe bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset < buffer.count {
                let count = unsafe Glibc.write(descriptor, buffer.baseAddress! + offset, buffer.count - offset)
                if count <= 0 { return }
                offset += count
            }
        }
    }

    static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    /// Colours only where a person looks, and nobody asked for none (no-color.org).
    static var style: RenderStyle {
        let isShown = isTerminal(1)
        let usesColour = isShown && environment("NO_COLOR") == nil && environment("TERM") != "dumb"
        return RenderStyle(usesColour: usesColour, width: isShown ? width : 120, rowCountMax: isShown ? 200 : nil)
    }

    static var width: Int {
        var size = winsize()
        guard unsafe ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return 100 }
        return Int(size.ws_col)
    }

    /// A file's text; `-` is standard input.
    static func readText(_ path: String) throws(EventSQLError) -> String {
        let descriptor = path == "-" ? 0 : unsafe open(path, O_RDONLY)
        guard descriptor >= 0 else {
            throw EventSQLError(.notFound, "cannot read '\(path)'", hint: "check the path", path: path)
        }
        defer { if descriptor != 0 { _ = close(descriptor) } }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            if count <= 0 { break }
            text += buffer[..<count]
        }
        guard let decoded = String(validating: text, as: UTF8.self) else {
            throw EventSQLError(.invalidInput, "'\(path)' is not UTF-8 text", path: path)
        }
        return decoded
    }
}
