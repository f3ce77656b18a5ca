/// Finds where each person's rows begin in rows that are sorted already.
func findPersons(_ output: inout PersonRows) {
    output.persons.removeAll(keepingCapacity: true)
    output.starts.removeAll(keepingCapacity: true)
    let users = output.rows.users
    var previous: UInt32 = 0
    for row in 0..<users.count where users[row] != previous {
        previous = users[row]
        output.persons.append(previous)
        output.starts.append(row)
    }
    output.starts.append(users.count)
}

/// Brings several runs, each sorted by (user, time), into one: a counting sort by user that keeps the runs' order
/// inside a user. `first ... last` bounds the users.
func mergeRuns(_ runs: [SelectedRows], first: UInt32, last: UInt32, into output: inout PersonRows) {
    var cursors = [Int](repeating: 0, count: Int(last - first) + 1)
    var total = 0
    for run in runs {
        total += run.count
        for user in run.users { cursors[Int(user &- first)] &+= 1 }
    }
    output.persons.removeAll(keepingCapacity: true)
    output.starts.removeAll(keepingCapacity: true)
    var start = 0
    for index in 0..<cursors.count {
        let count = cursors[index]
        cursors[index] = start
        if count > 0 {
            output.persons.append(first &+ UInt32(truncatingIfNeeded: index))
            output.starts.append(start)
        }
        start &+= count
    }
    output.starts.append(total)
    output.rows.users = []
    scatter(runs, \.times, first: first, cursors, total, into: &output.rows.times)
    scatter(runs, \.masks, first: first, cursors, total, into: &output.rows.masks)
    if runs[0].addresses.isEmpty {
        output.rows.addresses = []
    } else {
        scatter(runs, \.addresses, first: first, cursors, total, into: &output.rows.addresses)
    }
    if runs[0].keys.isEmpty {
        output.rows.keys = []
    } else {
        scatter(runs, \.keys, first: first, cursors, total, into: &output.rows.keys)
    }
}

/// Moves one column of all runs to each user's place. `starts` holds where each user's rows begin.
private func scatter<Element: FixedWidthInteger>(
    _ runs: [SelectedRows], _ column: KeyPath<SelectedRows, [Element]>, first: UInt32, _ starts: [Int], _ total: Int,
    into output: inout [Element]
) {
    if output.count > total { output.removeLast(output.count - total) }
    if output.count < total { output.append(contentsOf: repeatElement(0, count: total - output.count)) }
    var cursors = starts
    for run in runs {
        let source = run[keyPath: column]
        scatter(run.users.span, source.span, first: first, &cursors, &output)
    }
}

private func scatter<Element: FixedWidthInteger>(
    _ users: Span<UInt32>, _ source: Span<Element>, first: UInt32, _ cursors: inout [Int], _ output: inout [Element]
) {
    var next = cursors.mutableSpan
    var target = output.mutableSpan
    for row in 0..<users.count {
        let slot = Int(users[row] &- first)
        let place = next[slot]
        next[slot] = place &+ 1
        target[place] = source[row]
    }
}

/// Sorts the rows of each person by time where runs overlapped. Rows of one instant keep their order.
func sortPersons(_ output: inout PersonRows) {
    for person in output.persons.indices {
        let range = output.starts[person]..<output.starts[person + 1]
        let times = Array(output.rows.times[range])
        if zip(times, times.dropFirst()).allSatisfy({ $0 <= $1 }) { continue }
        let order = times.indices.sorted { (times[$0], $0) < (times[$1], $1) }
        let masks = Array(output.rows.masks[range])
        output.rows.times.replaceSubrange(range, with: order.map { times[$0] })
        output.rows.masks.replaceSubrange(range, with: order.map { masks[$0] })
        reorder(&output.rows.addresses, range, order)
        reorder(&output.rows.keys, range, order)
    }
}

private func reorder(_ column: inout [UInt64], _ range: Range<Int>, _ order: [Int]) {
    if column.isEmpty { return }
    let old = Array(column[range])
    column.replaceSubrange(range, with: order.map { old[$0] })
}
