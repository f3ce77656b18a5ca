import EventBase
import EventColumns

/// bitmap_build of whole numbers and bitmap_union of bitmaps, as text (SPEC 2.5).
final class BitmapAccumulator: Accumulator {
    private let position: SourcePosition?
    private var members: [Set<UInt32>] = []
    private var present: [Bool] = []

    init(position: SourcePosition?) { self.position = position }

    var sizeBytes: Int { members.reduce(0) { $0 + 16 + $1.count * 8 } }

    func update(_ input: AccumulatorInput, groupCount: Int) throws(EventSQLError) {
        fill(groupCount)
        let column = input.arguments[0]
        for row in 0..<input.count where !column.isNull(at: row) {
            let group = input.groups.map { Int($0[row]) } ?? 0
            present[group] = true
            switch column.values {
            case .int64(let values):
                guard let member = UInt32(exactly: values[row]) else {
                    throw EventSQLError(
                        .invalidInput, "a bitmap holds whole numbers from 0 to 4294967295, not \(values[row])",
                        position: position)
                }
                members[group].insert(member)
            case .string(let codes, let pool):
                members[group].formUnion(try BitmapText.bitmap(pool.string(at: codes[row]), position).values())
            default: break
            }
        }
    }

    func merge(_ other: any Accumulator, map: [UInt32], groupCount: Int) throws(EventSQLError) {
        fill(groupCount)
        let other = same(other)
        for group in other.members.indices where other.present[group] {
            members[Int(map[group])].formUnion(other.members[group])
            present[Int(map[group])] = true
        }
    }

    func finish(groupCount: Int) throws(EventSQLError) -> Vector {
        fill(groupCount)
        var builder = StringBuilder(count: groupCount)
        for group in 0..<groupCount { builder.append(BitmapText.text(Bitmap(members[group].sorted()))) }
        return try builder.vector(type: .string, validity: compacted(present))
    }

    private func fill(_ count: Int) {
        members.fill(to: count, with: [])
        present.fill(to: count, with: false)
    }
}
