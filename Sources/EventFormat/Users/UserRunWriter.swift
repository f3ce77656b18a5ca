internal import EventBase
package import EventColumns

/// Encodes one immutable run of the user directory: ids of consecutive ordinals and a hash table over them (SPEC 1.5).
package enum UserRunWriter {
    /// Ids of a block, which is what one checksum covers.
    static let blockIdCount = 1024
    /// Slots of the hash table that one checksum covers.
    static let slotGroupCount = 4096

    /// The whole file for the ids `codes` of `ids`, which get the ordinals `first`, `first + 1`, ...
    /// The ids must be distinct.
    package static func encode(first: UInt32, ids: any StringPool, codes: Range<UInt32>) -> [UInt8] {
        precondition(Int(first) + codes.count <= Limits.userCountMax + 1, "BUG: more users than ordinals")
        var writer = ByteWriter()
        var blocks = ByteWriter()
        var next = codes.lowerBound
        while next < codes.upperBound {
            let end = next + UInt32(min(blockIdCount, codes.count - Int(next - codes.lowerBound)))
            let start = writer.count
            write(ids, next..<end, to: &writer)
            blocks.write(UInt64(start))
            blocks.write(UInt32(writer.count - start))
            blocks.write(writer.crc32c(start..<writer.count))
            next = end
        }
        writer.pad(to: 8)
        let slotsOffset = writer.count
        let slots = makeSlots(ids, codes)
        writer.write(array: slots)
        let footer = writer.count
        writer.write(first)
        writer.write(UInt32(codes.count))
        writer.write(UInt64(slotsOffset))
        writer.write(UInt64(slots.count))
        for group in stride(from: 0, to: slots.count, by: slotGroupCount) {
            let end = min(slots.count, group + slotGroupCount)
            writer.write(writer.crc32c((slotsOffset + group * 8)..<(slotsOffset + end * 8)))
        }
        writer.write(raw: blocks.bytes)
        writer.write(UInt64(footer))
        FileKind.users.seal(&writer, from: footer)
        return writer.bytes
    }

    /// Offsets from the start of the block's heap, then the heap.
    private static func write(_ ids: any StringPool, _ codes: Range<UInt32>, to writer: inout ByteWriter) {
        var offsets: [UInt32] = [0]
        var heap: [UInt8] = []
        for code in codes {
            heap.append(bytes: ids.bytes(at: code))
            offsets.append(UInt32(heap.count))
        }
        writer.write(array: offsets)
        writer.write(raw: heap)
    }

    /// Open addressing with linear probing: the upper half of the hash above, index + 1 below, 0 for an empty slot.
    private static func makeSlots(_ ids: any StringPool, _ codes: Range<UInt32>) -> [UInt64] {
        var slotCount = 8
        while slotCount * 3 < codes.count * 4 { slotCount *= 2 }
        var slots = [UInt64](repeating: 0, count: slotCount)
        for code in codes {
            let hash = Hash64.hash(ids.bytes(at: code))
            var slot = Int(truncatingIfNeeded: hash) & (slotCount - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slotCount - 1) }
            slots[slot] = (hash >> 32) << 32 | UInt64(code - codes.lowerBound + 1)
        }
        return slots
    }
}
