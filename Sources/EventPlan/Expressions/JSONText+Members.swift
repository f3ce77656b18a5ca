extension JSONText {
    /// The elements of an array as they are written, in one walk; nil where the text is no array.
    /// - Complexity: O(bytes).
    package static func elements(_ json: [UInt8]) -> [ArraySlice<UInt8>]? {
        var scanner = JSONScanner(json)
        guard scanner.take("[") else { return nil }
        var elements: [ArraySlice<UInt8>] = []
        if scanner.take("]") { return elements }
        while true {
            scanner.skipBlanks()
            let start = scanner.offset
            guard scanner.skipValue(depth: 0) else { return nil }
            elements.append(json[start..<scanner.offset])
            if scanner.take("]") { return elements }
            guard scanner.take(",") else { return nil }
        }
    }

    /// The names of an object's members as they are written, quotes and all; none where the text is no object.
    /// - Complexity: O(bytes).
    package static func keys(_ json: [UInt8]) -> [ArraySlice<UInt8>] {
        var scanner = JSONScanner(json)
        guard scanner.take("{") else { return [] }
        var keys: [ArraySlice<UInt8>] = []
        while true {
            scanner.skipBlanks()
            let start = scanner.offset
            guard scanner.skipString() else { return keys }
            keys.append(json[start..<scanner.offset])
            guard scanner.take(":"), scanner.skipValue(depth: 0), scanner.take(",") else { return keys }
        }
    }
}
