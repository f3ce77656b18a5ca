internal import EventBase

/// Both forms of strings that are UUIDs.
extension ColumnBuffer {
    /// The column with all its strings as packed UUIDs; nil where any is something else.
    package func packingUUIDs() -> ColumnBuffer? {
        if strings.isEmpty { return self }
        var packed: [PackedUUID?] = []
        packed.reserveCapacity(stringValues.count)
        for code in 0..<UInt32(stringValues.count) { packed.append(stringValues.bytes(at: code).packedUUID) }
        var found: [PackedUUID] = []
        found.reserveCapacity(strings.count)
        for code in strings.values {
            guard let uuid = packed[Int(code)] else { return nil }
            found.append(uuid)
        }
        var copy = self
        copy.uuids = uuids.merging(strings.with(found))
        copy.strings = SparseValues()
        copy.stringValues = StringInterner()
        return copy
    }

    /// The column with all its packed UUIDs as strings.
    package func unpackingUUIDs() -> ColumnBuffer {
        if uuids.isEmpty { return self }
        var copy = self
        var texts: [UInt32] = []
        texts.reserveCapacity(uuids.count)
        for uuid in uuids.values {
            var text: [UInt8] = []
            text.append(uuid: uuid)
            texts.append(
                stringValues.isDistinct
                    ? copy.stringValues.intern(text.rawBytes) : copy.stringValues.append(text.rawBytes))
        }
        copy.strings = strings.merging(uuids.with(texts))
        copy.uuids = SparseValues()
        return copy
    }
}

extension SparseValues {
    /// The values of both, by row; no row may have two.
    fileprivate func merging(_ other: SparseValues) -> SparseValues {
        if isEmpty { return other }
        if other.isEmpty { return self }
        let (a, b) = (rows, other.rows)
        var rows: [UInt32] = []
        var merged: [Element] = []
        var (i, j) = (0, 0)
        while i < a.count || j < b.count {
            if j == b.count || (i < a.count && a[i] < b[j]) {
                rows.append(a[i])
                merged.append(values[i])
                i += 1
            } else {
                rows.append(b[j])
                merged.append(other.values[j])
                j += 1
            }
        }
        return SparseValues(rows: rows, values: merged)
    }
}
