import EventBase
import EventColumns
import EventPlan

/// Sets of whole numbers from 0 to 2^32 - 1 as text: base64 of Roaring's portable form.
enum BitmapText {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func text(_ bitmap: Bitmap) -> String {
        let bytes = bitmap.portableBytes()
        var result: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            var word: UInt32 = 0
            for index in 0..<3 { word = word << 8 | UInt32(index < part.count ? part[start + index] : 0) }
            for index in 0..<4 {
                let letter = letters[Int(word >> UInt32(18 - 6 * index)) & 63]
                result.append(index <= part.count ? letter : UInt8(ascii: "="))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    static func bitmap(_ text: String, _ position: SourcePosition?) throws(EventSQLError) -> Bitmap {
        var bytes: [UInt8] = []
        var (word, bits) = (UInt32(0), 0)
        for letter in text.utf8 where letter != UInt8(ascii: "=") {
            guard let value = letters.firstIndex(of: letter) else { throw refusal(position) }
            word = word << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(bits)))
            }
        }
        do throws(EventSQLError) { return try Bitmap(portable: bytes.rawBytes) } catch { throw refusal(position) }
    }

    private static func refusal(_ position: SourcePosition?) -> EventSQLError {
        EventSQLError(
            .invalidInput, "the text is no bitmap", hint: "bitmaps come from bitmap_build(...)", position: position)
    }
}

/// Functions over bitmaps.
enum BitmapKernels {
    static let kernels: [String: Kernel] = questions.merging(combinations) { a, _ in a }

    private static let questions: [String: Kernel] = [
        "bitmap_cardinality": { input throws(EventSQLError) in
            try input.buildInt64s { row throws(EventSQLError) in Int64(try bitmap(input, 0, row).count) }
        },
        "bitmap_contains": { input throws(EventSQLError) in
            try input.buildBools { row throws(EventSQLError) in
                guard let member = UInt32(exactly: input.int64(1, row)) else { return false }
                return try bitmap(input, 0, row).contains(member)
            }
        },
    ]

    /// Each operation of two bitmaps, as a bitmap and as the count of what it yields.
    private static let combinations: [String: Kernel] = [
        "bitmap_and": { input throws(EventSQLError) in try combined(input) { $0.intersection($1) } },
        "bitmap_and_cardinality": { input throws(EventSQLError) in try counted(input) { $0.intersection($1) } },
        "bitmap_or": { input throws(EventSQLError) in try combined(input) { $0.union($1) } },
        "bitmap_or_cardinality": { input throws(EventSQLError) in try counted(input) { $0.union($1) } },
        "bitmap_andnot": { input throws(EventSQLError) in try combined(input) { $0.subtracting($1) } },
        "bitmap_andnot_cardinality": { input throws(EventSQLError) in try counted(input) { $0.subtracting($1) } },
        "bitmap_xor": { input throws(EventSQLError) in try combined(input) { $0.symmetricDifference($1) } },
        "bitmap_xor_cardinality": { input throws(EventSQLError) in try counted(input) { $0.symmetricDifference($1) } },
    ]

    private typealias Combination = (Bitmap, Bitmap) -> Bitmap

    private static func combined(_ input: KernelInput, _ combine: Combination) throws(EventSQLError) -> Vector {
        try input.buildStrings { row, builder throws(EventSQLError) in
            builder.append(BitmapText.text(combine(try bitmap(input, 0, row), try bitmap(input, 1, row))))
        }
    }

    private static func counted(_ input: KernelInput, _ combine: Combination) throws(EventSQLError) -> Vector {
        try input.buildInt64s { row throws(EventSQLError) in
            Int64(combine(try bitmap(input, 0, row), try bitmap(input, 1, row)).count)
        }
    }

    private static func bitmap(_ input: KernelInput, _ argument: Int, _ row: Int) throws(EventSQLError) -> Bitmap {
        try BitmapText.bitmap(input.arguments[argument].strings.text(at: row), input.position)
    }
}
