internal import EventFormat

/// Decides which segments of one table and month become one. Pure: it sees records and answers with names.
struct CompactionPicker {
    /// Segments of similar size that make a merge worth its writing.
    var runLengthMin = 4
    /// A segment joins a run when it has at most this many times the rows of those before it.
    var growthMax = 4
    /// Rows of a merged segment: bounds memory and time of one merge.
    var rowCountMax = 4 << 20
    /// Every pair that fits is merged: what `compact` asks for.
    var isFull = false

    /// The next merge, nil when nothing is to do. `records` are of one table and month, oldest first; the run picked is
    /// contiguous, so rows of one user and instant keep their order of arrival.
    func pick(_ records: [SegmentRecord]) -> [SegmentRecord]? {
        if isFull, let dirty = records.first(where: { $0.hiddenRowsFileName != nil }) { return [dirty] }
        let least = isFull ? 2 : runLengthMin
        var start = 0
        while start < records.count {
            var end = start
            var rowCount = 0
            while end < records.count, rowCount + records[end].rowCount <= rowCountMax,
                isFull || rowCount == 0 || fits(records[end].rowCount, beside: rowCount, count: end - start)
            {
                rowCount += records[end].rowCount
                end += 1
            }
            if end - start >= least { return Array(records[start..<end]) }
            start += 1
        }
        return nil
    }

    /// Whether two runs differ little enough in rows that merging them does not rewrite the large one for nothing.
    private func fits(_ next: Int, beside total: Int, count: Int) -> Bool {
        next <= total * growthMax && total <= next * growthMax * count
    }
}
