/// How far apart two words are: insertions, deletions, replacements and swaps of neighbours, case ignored.
package enum EditDistance {
    /// - Complexity: O(n * m); for short words only.
    package static func between(_ a: String, _ b: String) -> Int {
        let x = Array(a.lowercased().utf8)
        let y = Array(b.lowercased().utf8)
        var beforeLast: [Int] = []
        var last = Array(0...y.count)
        for i in 0..<x.count {
            var row = [i + 1]
            row.reserveCapacity(y.count + 1)
            for j in 0..<y.count {
                var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (x[i] == y[j] ? 0 : 1))
                if i > 0, j > 0, x[i] == y[j - 1], x[i - 1] == y[j] { best = min(best, beforeLast[j - 1] + 1) }
                row.append(best)
            }
            beforeLast = last
            last = row
        }
        return last[y.count]
    }

    /// The candidate nearest to `word`, when it is near enough to be what was meant: one edit in four letters, at most two.
    package static func nearest(to word: String, in candidates: some Sequence<String>) -> String? {
        guard word.utf8.count <= 64 else { return nil }
        let bound = min(2, max(1, word.utf8.count / 3))
        var best: (candidate: String, distance: Int)?
        for candidate in candidates where abs(candidate.utf8.count - word.utf8.count) <= bound {
            let distance = between(word, candidate)
            if distance <= bound, distance < candidate.utf8.count, best.map({ distance < $0.distance }) ?? true {
                best = (candidate, distance)
            }
        }
        return best?.candidate
    }
}
