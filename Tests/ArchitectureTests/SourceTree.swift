import Foundation

/// The Swift sources of the package as text.
struct SourceFile {
    let target: String
    let path: String
    let text: String
    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
}

enum SourceTree {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func swiftFiles(under folder: String) throws -> [SourceFile] {
        let base = root.appending(path: folder)
        guard let walker = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil) else { return [] }
        return try walker.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }.map { url in
            let relative = String(url.path(percentEncoded: false).dropFirst(base.path(percentEncoded: false).count))
                .trimmingPrefix("/")
            let target = relative.split(separator: "/").first.map(String.init) ?? ""
            return SourceFile(
                target: target, path: "\(folder)/\(relative)", text: try String(contentsOf: url, encoding: .utf8))
        }
    }
}
