import EventBase

/// Runs a program with all its threads side by side, byte by byte (Pike's machine): finds where groups begin and end.
struct RegexThreads {
    private struct List {
        /// Instructions in order of preference, and for each instruction its place there.
        var order: [Int] = []
        var places: [Int]
        /// Group places of each instruction's thread.
        var slots: [Int]

        init(instructionCount: Int, slotCount: Int) {
            places = [Int](repeating: 0, count: instructionCount)
            slots = [Int](repeating: -1, count: instructionCount * slotCount)
        }

        func contains(_ instruction: Int) -> Bool {
            let place = places[instruction]
            return place < order.count && order[place] == instruction
        }

        mutating func insert(_ instruction: Int) {
            places[instruction] = order.count
            order.append(instruction)
        }
    }

    private enum Work { case explore(Int), restore(slot: Int, value: Int) }

    private let slotCount: Int
    private var current: List
    private var following: List
    private var stack: [Work] = []

    init(_ program: RegexProgram) {
        slotCount = 2 * (program.groupCount + 1)
        current = List(instructionCount: program.instructions.count, slotCount: slotCount)
        following = current
    }

    mutating func find(in text: [UInt8], from start: Int, _ program: RegexProgram) -> [Int]? {
        var best: [Int]?
        current.order.removeAll(keepingCapacity: true)
        var place = start
        while true {
            if current.order.isEmpty, best != nil { return best }
            if best == nil {
                var slots = [Int](repeating: -1, count: slotCount)
                add(program.start, &slots, text, place, program, isFollowing: false)
            }
            following.order.removeAll(keepingCapacity: true)
            let byte = place < text.count ? text[place] : nil
            for instruction in current.order {
                let first = instruction * slotCount
                switch program.instructions[instruction] {
                case .match:
                    best = Array(current.slots[first..<first + slotCount])
                case .byte(let table, let next):
                    guard let byte, program.tables[table][Int(byte)] else { continue }
                    var slots = Array(current.slots[first..<first + slotCount])
                    add(next, &slots, text, place + 1, program, isFollowing: true)
                    continue
                default: continue
                }
                // Threads behind a match are preferred less.
                break
            }
            if byte == nil { return best }
            swap(&current, &following)
            place += 1
        }
    }

    /// Follows everything that takes no byte, the preferred way first.
    private mutating func add(
        _ entry: Int, _ slots: inout [Int], _ text: [UInt8], _ place: Int, _ program: RegexProgram, isFollowing: Bool
    ) {
        stack.append(.explore(entry))
        while let work = stack.popLast() {
            switch work {
            case .restore(let slot, let value): slots[slot] = value
            case .explore(let instruction):
                if isFollowing ? following.contains(instruction) : current.contains(instruction) { continue }
                if isFollowing { following.insert(instruction) } else { current.insert(instruction) }
                switch program.instructions[instruction] {
                case .split(let first, let second):
                    stack.append(.explore(second))
                    stack.append(.explore(first))
                case .save(let slot, let next):
                    stack.append(.restore(slot: slot, value: slots[slot]))
                    slots[slot] = place
                    stack.append(.explore(next))
                case .assertion(let assertion, let next):
                    if assertion.holds(in: text, at: place) { stack.append(.explore(next)) }
                case .byte, .match:
                    let first = instruction * slotCount
                    for index in 0..<slotCount {
                        if isFollowing {
                            following.slots[first + index] = slots[index]
                        } else {
                            current.slots[first + index] = slots[index]
                        }
                    }
                }
            }
        }
    }
}
