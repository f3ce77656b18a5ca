extension EventBuffer {
    /// The buffer without some rows, which are ascending. Strings of theirs stay as unused dictionary entries.
    /// - Complexity: O(rows + values)
    package func removing(_ gone: [UInt32]) -> EventBuffer {
        if gone.isEmpty { return self }
        var place = [UInt32](repeating: 0, count: rowCount)
        var next: UInt32 = 0
        var index = 0
        for row in 0..<rowCount {
            if index < gone.count, gone[index] == UInt32(row) {
                place[row] = EventBuffer.noCode
                index += 1
            } else {
                place[row] = next
                next += 1
            }
        }
        let kept = columns.map { column in
            var copy = column
            copy.bools = column.bools.moved(to: place)
            copy.integers = column.integers.moved(to: place)
            copy.doubles = column.doubles.moved(to: place)
            copy.strings = column.strings.moved(to: place)
            copy.uuids = column.uuids.moved(to: place)
            copy.jsons = column.jsons.moved(to: place)
            return copy
        }
        var rest = self
        rest.columns = kept
        rest.times = times.removing(gone)
        // Empty where the users have been dropped.
        rest.userCodes = userCodes.isEmpty ? [] : userCodes.removing(gone)
        rest.nameCodes = nameCodes.removing(gone)
        return rest
    }
}

extension SparseValues {
    /// Values with new row numbers; those of `EventBuffer.noCode` go.
    fileprivate func moved(to place: [UInt32]) -> SparseValues {
        var rows: [UInt32] = []
        var values: [Element] = []
        rows.reserveCapacity(self.rows.count)
        values.reserveCapacity(self.rows.count)
        for (row, value) in zip(self.rows, self.values) where place[Int(row)] != EventBuffer.noCode {
            rows.append(place[Int(row)])
            values.append(value)
        }
        return SparseValues(rows: rows, values: values)
    }
}

extension Array {
    /// Without the elements at ascending places.
    package func removing(_ gone: [UInt32]) -> [Element] {
        var kept: [Element] = []
        kept.reserveCapacity(count - gone.count)
        var start = 0
        for place in gone {
            kept += self[start..<Int(place)]
            start = Int(place) + 1
        }
        kept += self[start...]
        return kept
    }
}
