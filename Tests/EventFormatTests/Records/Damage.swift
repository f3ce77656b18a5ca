import EventBase
import Testing

/// Every way a small file is damaged here: each byte flipped in two ways, and cut at every length.
enum Damage {
    /// Calls `read` with every damaged form of `bytes`; it must throw `.corruption` or give exactly what `whole` gives.
    static func each<Content: Equatable>(
        of bytes: [UInt8], mayEqual: Bool = false, _ read: ([UInt8]) throws -> Content
    ) throws {
        let whole = try read(bytes)
        var survived = 0
        for index in bytes.indices {
            for mask: UInt8 in [0x01, 0x80, 0xff] {
                var flipped = bytes
                flipped[index] ^= mask
                if check(flipped, whole, "byte \(index) ^ \(mask)", read) { survived += 1 }
            }
        }
        for length in bytes.indices {
            if check(Array(bytes[..<length]), whole, "cut at \(length)", read) { survived += 1 }
        }
        if !mayEqual { #expect(survived == 0, "\(survived) damaged files were read as if whole") }
    }

    private static func check<Content: Equatable>(
        _ bytes: [UInt8], _ whole: Content, _ what: String, _ read: ([UInt8]) throws -> Content
    ) -> Bool {
        do {
            let content = try read(bytes)
            #expect(content == whole, "\(what) was read as something else")
            return true
        } catch let error as EventSQLError {
            #expect(error.kind == .corruption, "\(what) gave \(error)")
        } catch {
            Issue.record("\(what) gave \(error)")
        }
        return false
    }
}
