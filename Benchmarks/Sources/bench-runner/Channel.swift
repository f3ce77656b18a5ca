import Glibc

/// Lines and announced runs of bytes from standard input; whole answers to standard output.
struct Channel {
    private var buffer: [UInt8] = []
    private var position = 0

    /// The next line without its end, or nil at the end of the input.
    mutating func readLine() -> String? {
        while true {
            if let end = buffer[position...].firstIndex(of: 0x0a) {
                let line = String(decoding: buffer[position..<end], as: UTF8.self)
                position = end + 1
                return line
            }
            if !fill() { return nil }
        }
    }

    mutating func readText(byteCount: Int) -> String? {
        while buffer.count - position < byteCount {
            if !fill() { return nil }
        }
        defer { position += byteCount }
        return String(decoding: buffer[position..<position + byteCount], as: UTF8.self)
    }

    func write(_ bytes: [UInt8]) {
        var done = 0
        while done < bytes.count {
            // UNSAFE: write(2) takes a pointer; it lives for the call and the count is the array's rest.
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(STDOUT_FILENO, buffer.baseAddress! + done, buffer.count - done)
            }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { exit(1) }
            done += count
        }
    }

    private mutating func fill() -> Bool {
        buffer.removeFirst(position)
        position = 0
        var block = [UInt8](repeating: 0, count: 1 << 16)
        // UNSAFE: read(2) takes a pointer; it lives for the call and the count is the array's.
        let count = unsafe block.withUnsafeMutableBytes { unsafe Glibc.read(STDIN_FILENO, $0.baseAddress!, $0.count) }
        if count <= 0 { return false }
        buffer.append(contentsOf: block[..<count])
        return true
    }
}
