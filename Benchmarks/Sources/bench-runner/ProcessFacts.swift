import Glibc

/// What the kernel knows of this process and its files.
enum ProcessFacts {
    /// A size of /proc/self/status in bytes: `VmHWM` is the highest resident size, `RssAnon` what is no file's page.
    static func statusBytes(_ key: String) -> Int {
        guard let text = contents(of: "/proc/self/status") else { return 0 }
        for line in text.split(separator: "\n") where line.hasPrefix(key + ":") {
            return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }
                .map { $0 * 1024 } ?? 0
        }
        return 0
    }

    /// Bytes of all files below a directory.
    static func directoryBytes(_ path: String) -> Int {
        guard let directory = unsafe opendir(path) else { return 0 }
        defer { unsafe closedir(directory) }
        var total = 0
        while let entry = unsafe readdir(directory) {
            // UNSAFE: d_name is a C string inside the entry, which lives until the next readdir.
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                unsafe tuple.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            var facts = stat()
            guard unsafe lstat(path + "/" + name, &facts) == 0 else { continue }
            if facts.st_mode & S_IFMT == S_IFDIR {
                total += directoryBytes(path + "/" + name)
            } else {
                total += Int(facts.st_size)
            }
        }
        return total
    }

    private static func contents(of path: String) -> String? {
        let file = unsafe open(path, O_RDONLY)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var block = [UInt8](repeating: 0, count: 1 << 14)
        // UNSAFE: read(2) takes a pointer; it lives for the call and the count is the array's.
        let count = unsafe block.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress!, $0.count) }
        return count > 0 ? String(decoding: block[..<count], as: UTF8.self) : nil
    }
}
