internal import EventBase
internal import EventColumns

/// Something wrong inside one file.
package struct FileDamage: Sendable, Equatable {
    /// One sentence without the file's name.
    package var what: String
    /// The bytes concerned, where they are known.
    package var byteRange: Range<Int>?

    package init(what: String, byteRange: Range<Int>? = nil) {
        self.what = what
        self.byteRange = byteRange
    }
}

extension SegmentReader {
    /// Checks every checksum, decodes every value, and compares what is said twice: the order of rows, the ranges of the
    /// footer, the days, the bounds of chunks, and the bitmaps with the rows themselves.
    ///
    /// - Parameter userCount: ordinals above it are damage.
    /// - Complexity: O(bytes); memory: users, times and codes of all rows.
    package func findDamage(userCount: Int) -> [FileDamage] {
        var found: [FileDamage] = []
        for part in system { part.findDamage(&found) }
        for path in columns.keys.sorted() {
            for part in columns[path] ?? [] { part.findDamage(&found) }
        }
        // What follows reads all that was checked above; where that is damaged, nothing can be compared.
        if !found.isEmpty { return found }
        do throws(EventSQLError) {
            try compareRows(userCount: userCount, &found)
            try compareZones(&found)
        } catch { found.append(FileDamage(what: error.message)) }
        return found
    }

    /// Users, times and codes of all rows against the footer and the bitmaps.
    private func compareRows(userCount: Int, _ found: inout [FileDamage]) throws(EventSQLError) {
        var users: [UInt32] = []
        var times: [Int64] = []
        var codes: [UInt32] = []
        try system[0].read(0..<rowCount, into: &users)
        try system[1].read(0..<rowCount, into: &times)
        try system[2].read(0..<rowCount, into: &codes)
        func expect(_ holds: Bool, _ what: @autoclosure () -> String) {
            if !holds { found.append(FileDamage(what: what())) }
        }
        let unordered = (1..<rowCount).first { (users[$0 - 1], times[$0 - 1]) > (users[$0], times[$0]) }
        expect(unordered == nil, "row \(unordered ?? 0) is out of order")
        expect(
            users.min() == userRange.lowerBound && users.max() == userRange.upperBound, "the range of users is wrong")
        expect(times.min() == timeRange.lowerBound && times.max() == timeRange.upperBound, "the range of time is wrong")
        expect(Int(users.max() ?? 0) <= userCount, "a row belongs to user \(users.max() ?? 0) of \(userCount)")
        let days = times.map { CalendarMath.day(ofMicros: $0) }
        expect(Set(days).sorted() == self.days, "the list of days is wrong")
        let stray = codes.first { $0 != EventBuffer.noCode && Int($0) >= eventNames.count }
        expect(stray == nil, "event code \(stray ?? 0) of \(eventNames.count)")
        if stray != nil || Set(days).sorted() != self.days { return }
        try compareRowBitmaps(codes, &found)
        if hasUserBitmaps { try compareUserBitmaps(users, days, codes, &found) }
    }

    private func compareRowBitmaps(_ codes: [UInt32], _ found: inout [FileDamage]) throws(EventSQLError) {
        var rows = [[UInt32]](repeating: [], count: eventNames.count)
        for (row, code) in codes.enumerated() where code != EventBuffer.noCode { rows[Int(code)].append(UInt32(row)) }
        for code in rows.indices {
            let name = eventNames.string(at: UInt32(code))
            if rows[code].isEmpty { found.append(FileDamage(what: "no row has the event name '\(name)'")) }
            do throws(EventSQLError) {
                guard let bitmap = try self.rows(ofEventCode: UInt32(code)) else { continue }
                if bitmap.values() != rows[code] {
                    found.append(FileDamage(what: "the bitmap of rows of '\(name)' does not fit the rows"))
                }
            } catch { found.append(FileDamage(what: "rows of '\(name)': \(error.message)")) }
        }
    }

    private func compareUserBitmaps(
        _ users: [UInt32], _ days: [Int32], _ codes: [UInt32], _ found: inout [FileDamage]
    ) throws(EventSQLError) {
        let width = eventNames.count + 1
        let place = Dictionary(uniqueKeysWithValues: self.days.enumerated().map { ($1, $0) })
        var sets = [[UInt32]](repeating: [], count: self.days.count * width)
        // Rows ascend by user, so each set does and a repeated user is the last one.
        func insert(_ user: UInt32, _ slot: Int) {
            if sets[slot].last != user { sets[slot].append(user) }
        }
        for row in users.indices where users[row] != 0 {
            let slot = (place[days[row]] ?? 0) * width
            insert(users[row], slot + width - 1)
            if codes[row] != EventBuffer.noCode { insert(users[row], slot + Int(codes[row])) }
        }
        for (index, day) in self.days.enumerated() {
            for code in 0..<width {
                let isAny = code == width - 1
                do throws(EventSQLError) {
                    let bitmap =
                        isAny ? try self.users(onDay: day) : try self.users(onDay: day, eventCode: UInt32(code))
                    if bitmap.values() == sets[index * width + code] { continue }
                    found.append(FileDamage(what: "a bitmap of users of day \(day) does not fit the rows"))
                } catch { found.append(FileDamage(what: "users of day \(day): \(error.message)")) }
            }
        }
    }

    /// Bounds of numeric columns against their values, granule by granule.
    private func compareZones(_ found: inout [FileDamage]) throws(EventSQLError) {
        for path in ["timestamp"] + columns.keys.sorted() {
            for granule in 0..<granuleCount {
                let all = RowSelection.range(0..<rowCount(ofGranule: granule))
                let fits: Bool
                switch zone(of: path, granule: granule) {
                case .unknown: continue
                case .allNull: fits = try presentCount(path, granule, all) == 0
                case .int64(let low, let high, _):
                    let type: ScalarType = path == "timestamp" ? .timestamp : .int64
                    let vector = try read(path, as: type, granule: granule, rows: all)
                    guard case .int64(let values) = vector.values else { continue }
                    fits = values.indices.allSatisfy {
                        vector.isNull(at: $0) || (low <= values[$0] && values[$0] <= high)
                    }
                case .double(let low, let high, _):
                    let vector = try read(path, as: .double, granule: granule, rows: all)
                    guard case .double(let values) = vector.values else { continue }
                    fits = values.indices.allSatisfy {
                        vector.isNull(at: $0) || (low <= values[$0] && values[$0] <= high)
                    }
                }
                if !fits {
                    found.append(FileDamage(what: "the bounds of column \(path) do not hold in granule \(granule)"))
                }
            }
        }
    }

    private func presentCount(_ path: String, _ granule: Int, _ rows: RowSelection) throws(EventSQLError) -> Int {
        let names = try readStoredTypeNames(path, granule: granule, rows: rows)
        return (0..<rows.count).count { !names.isNull(at: $0) }
    }
}

extension PartReader {
    /// Verifies and decodes the directory, the dictionary and every chunk.
    func findDamage(_ found: inout [FileDamage]) {
        let chunks: [ChunkEntry]
        do throws(EventSQLError) {
            chunks = try directory().chunks
        } catch {
            found.append(FileDamage(what: error.message, byteRange: record.directory.range))
            return
        }
        for (index, chunk) in chunks.enumerated() {
            let start = index * Limits.granuleRowCount
            let values = start..<min(record.valueCount, start + Limits.granuleRowCount)
            do throws(EventSQLError) {
                try decode(Placement(values: values, picks: nil, slots: nil))
            } catch { found.append(FileDamage(what: error.message, byteRange: chunk.bytes.range)) }
        }
    }

    private func decode(_ place: Placement) throws(EventSQLError) {
        switch record.form {
        case .numbers where record.type == .double: _ = try readDoubles(place)
        case .numbers: _ = try readIntegers(place)
        case .dictionary, .plain: _ = try readStrings(place)
        }
    }
}
