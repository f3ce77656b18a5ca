internal import EventBase

/// Rows that come column by column: what a reader of many alike lines has found of each column, one call for all of them.
///
/// Rows count from the buffer's first and ascend; none of them may have been committed. No rows at all mean those that follow the
/// committed ones. Texts are places in `bytes`.
extension EventBuffer {
    package mutating func append(_ column: Int, bools values: Span<Bool>, rows: Span<UInt32>) {
        columns[column].bools.append(values, rows: rows, after: rowCount)
        sizeBytes += values.count
    }

    package mutating func append(_ column: Int, integers values: Span<Int64>, rows: Span<UInt32>) {
        columns[column].integers.append(values, rows: rows, after: rowCount)
        sizeBytes += 8 * values.count
    }

    package mutating func append(_ column: Int, doubles values: Span<Double>, rows: Span<UInt32>) {
        columns[column].doubles.append(values, rows: rows, after: rowCount)
        sizeBytes += 8 * values.count
    }

    package mutating func append(_ column: Int, texts: NumberedTexts, rows: Span<UInt32>) {
        if packsUUIDs, columns[column].hardlyRepeats {
            sizeBytes += columns[column].append(ids: texts, rows: rows, after: rowCount)
            return
        }
        let (knownCount, heapSizeBytes) = (columns[column].stringValues.count, columns[column].stringValues.heap.count)
        let codes =
            columns[column].hardlyRepeats
            ? columns[column].stringValues.append(texts) : columns[column].stringValues.intern(texts)
        columns[column].strings.append(codes, rows: rows, after: rowCount)
        let strings = columns[column].stringValues
        sizeBytes += 4 * (codes.count + strings.count - knownCount) + strings.heap.count - heapSizeBytes
    }

    /// Keeps as many rows as there are times. An empty user means none, as does a row that has no name.
    package mutating func commitRows(
        times newTimes: Span<Int64>, users newUsers: TextPlaces, names newNames: NumberedTexts, nameRows: Span<UInt32>
    ) {
        precondition(newTimes.count == newUsers.count, "BUG: columns differ in length")
        let firstRow = rowCount
        times.append(
            addingCapacity: newTimes.count,
            initializingWith: { room in for index in newTimes.indices { room.append(newTimes[index]) } })
        appendUsers(newUsers)
        let codes = names.intern(newNames)
        if nameRows.isEmpty, codes.count == newTimes.count {
            nameCodes += codes
        } else {
            nameCodes += [UInt32](repeating: Self.noCode, count: newTimes.count)
            for index in codes.indices {
                nameCodes[nameRows.isEmpty ? firstRow + index : Int(nameRows[index])] = codes[index]
            }
        }
        sizeBytes += 16 * newTimes.count
    }
}

extension ColumnBuffer {
    /// Texts that hardly repeat, UUIDs among them packed.
    /// - Returns: bytes that they take.
    fileprivate mutating func append(ids texts: NumberedTexts, rows: Span<UInt32>, after rowCount: Int) -> Int {
        let numbers = texts.numbers
        if texts.isInOrder, !texts.texts.mayHoldUUIDs {
            let heapSizeBytes = stringValues.heap.count
            let first = stringValues.append(texts.texts)
            let codes = Array(capacity: numbers.count) { output in
                for index in 0..<UInt32(numbers.count) { output.append(first + index) }
            }
            strings.append(codes, rows: rows, after: rowCount)
            return 8 * numbers.count + stringValues.heap.count - heapSizeBytes
        }
        var sizeBytes = 0
        for index in numbers.indices {
            let row = rows.isEmpty ? rowCount + index : Int(rows[index])
            let text = texts.texts[Int(numbers[index])]
            if let uuid = text.packedUUID {
                uuids.append(row: row, uuid)
                sizeBytes += 16
            } else {
                strings.append(row: row, stringValues.append(text))
                sizeBytes += 8 + text.byteCount
            }
        }
        return sizeBytes
    }
}

extension EventBuffer {
    private mutating func appendUsers(_ newUsers: TextPlaces) {
        guard usersHardlyRepeat, newUsers.hasNoEmptyText else {
            for index in 0..<newUsers.count { userCodes.append(userCode(of: newUsers[index])) }
            return
        }
        let first = users.append(newUsers)
        for index in 0..<UInt32(newUsers.count) { userCodes.append(first + index) }
    }
}

/// Texts by number: equal texts may have several numbers, and some numbers no value.
package struct NumberedTexts: ~Escapable {
    let numbers: Span<UInt32>
    let texts: TextPlaces

    @_lifetime(copy numbers, copy texts)
    package init(numbers: Span<UInt32>, texts: TextPlaces) {
        self.numbers = numbers
        self.texts = texts
    }

    /// Whether every text has one value, in their order.
    var isInOrder: Bool {
        if numbers.count != texts.count { return false }
        for index in numbers.indices where Int(numbers[index]) != index { return false }
        return true
    }
}

/// Texts as places in one run of bytes.
package struct TextPlaces: ~Escapable {
    let starts: Span<UInt32>
    let counts: Span<UInt32>
    let bytes: RawSpan

    /// - Parameter bytes: all that the places lie in.
    @_lifetime(copy starts, copy counts, copy bytes)
    package init(starts: Span<UInt32>, counts: Span<UInt32>, bytes: RawSpan) {
        precondition(starts.count == counts.count, "BUG: every text needs a start and a count")
        self.starts = starts
        self.counts = counts
        self.bytes = bytes
    }

    var count: Int { starts.count }

    var hasNoEmptyText: Bool {
        for index in counts.indices where counts[index] == 0 { return false }
        return true
    }

    /// Whether any text is as long as a UUID.
    var mayHoldUUIDs: Bool {
        for index in counts.indices where Int(counts[index]) == RawSpan.uuidSizeBytes { return true }
        return false
    }

    subscript(index: Int) -> RawSpan {
        @_lifetime(copy self)
        get {
            let start = Int(starts[index])
            return bytes.extracting(start..<start + Int(counts[index]))
        }
    }
}

extension StringInterner {
    /// The codes of many texts, in order.
    mutating func intern(_ texts: NumberedTexts) -> [UInt32] {
        var codes: [UInt32] = []
        codes.reserveCapacity(texts.texts.count)
        for number in 0..<texts.texts.count { codes.append(intern(texts.texts[number])) }
        let (numbers, map) = (texts.numbers, codes.span)
        return Array(capacity: numbers.count) { output in
            for index in numbers.indices { output.append(map[Int(numbers[index])]) }
        }
    }

    /// As `append` of each text.
    mutating func append(_ texts: NumberedTexts) -> [UInt32] {
        let first = UInt32(count)
        let numbers = texts.numbers
        for index in numbers.indices { _ = append(texts.texts[Int(numbers[index])]) }
        return Array(capacity: numbers.count) { output in
            for index in 0..<UInt32(numbers.count) { output.append(first + index) }
        }
    }
}

extension SparseValues where Element: BitwiseCopyable {
    /// Values of further rows, in order.
    mutating func append(_ new: Span<Element>, rows: Span<UInt32>, after rowCount: Int) {
        append(
            Array(capacity: new.count) { output in for index in new.indices { output.append(new[index]) } }, rows: rows,
            after: rowCount)
    }

    mutating func append(_ new: [Element], rows: Span<UInt32>, after rowCount: Int) {
        precondition(rows.isEmpty || new.count == rows.count, "BUG: every value needs its row")
        if rows.isEmpty, isLeading, rowCount == count {
            appendLeading(new)
        } else {
            for index in new.indices { append(row: rows.isEmpty ? rowCount + index : Int(rows[index]), new[index]) }
        }
    }
}
