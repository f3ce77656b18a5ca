/// Gives the rows of one instant to consecutive steps, each row to at most one: bipartite matching by augmenting paths.
///
/// - Complexity: O(steps x rows) per step matched; instants with several rows are rare and small.
struct InstantMatching: Sendable {
    /// The step a row is given to, counted from 0, or -1.
    private var stepOfRow: [Int] = []
    private var visited: [Bool] = []
    private let stepCount: Int

    init(stepCount: Int) { self.stepCount = stepCount }

    /// How many steps an attempt that has reached `reached` steps can have reached after this instant: the largest
    /// `end` such that steps `reached ..< end` get different rows.
    mutating func reach(from reached: Int, _ masks: ArraySlice<UInt64>, stepBits: UInt64) -> Int {
        stepOfRow = Array(repeating: -1, count: masks.count)
        var step = reached
        while step < stepCount, stepBits & (1 << UInt64(step)) != 0 {
            visited = Array(repeating: false, count: masks.count)
            if !augment(step, masks) { break }
            step += 1
        }
        return step
    }

    private mutating func augment(_ step: Int, _ masks: ArraySlice<UInt64>) -> Bool {
        let bit: UInt64 = 1 << UInt64(step)
        for row in 0..<masks.count where masks[masks.startIndex + row] & bit != 0 && !visited[row] {
            visited[row] = true
            if stepOfRow[row] < 0 || augment(stepOfRow[row], masks) {
                stepOfRow[row] = step
                return true
            }
        }
        return false
    }
}
