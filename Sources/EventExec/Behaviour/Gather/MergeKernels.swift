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
    let hasAddresses = !runs[0].addresses.isEmpty
    resize(&output.rows, to: total, addresses: hasAddresses)
    var times = output.rows.times
    var masks = output.rows.masks
    var addresses = output.rows.addresses
    output.rows = SelectedRows()
    for run in runs {
        scatter(run, first: first, &cursors, &times, &masks)
    }
    if hasAddresses {
        // The cursors now stand at each user's end: step back by each run's count, last run first.
        for run in runs.reversed() {
            for row in run.users.indices.reversed() {
                let slot = Int(run.users[row] &- first)
                cursors[slot] -= 1
                addresses[cursors[slot]] = run.addresses[row]
            }
        }
    }
    output.rows.times = times
    output.rows.masks = masks
    output.rows.addresses = addresses
}

private func scatter(
    _ run: SelectedRows, first: UInt32, _ cursors: inout [Int], _ times: inout [Int64], _ masks: inout [UInt64]
) {
    let users = run.users.span
    let sourceTimes = run.times.span
    let sourceMasks = run.masks.span
    var next = cursors.mutableSpan
    var outTimes = times.mutableSpan
    var outMasks = masks.mutableSpan
    for row in 0..<users.count {
        let slot = Int(users[row] &- first)
        let target = next[slot]
        next[slot] = target &+ 1
        outTimes[target] = sourceTimes[row]
        outMasks[target] = sourceMasks[row]
    }
}

private func resize(_ rows: inout SelectedRows, to count: Int, addresses: Bool) {
    if rows.times.count != count {
        rows.times = [Int64](repeating: 0, count: count)
        rows.masks = [UInt64](repeating: 0, count: count)
    }
    rows.addresses = addresses ? [UInt64](repeating: 0, count: count) : []
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
        if output.rows.addresses.isEmpty { continue }
        let addresses = Array(output.rows.addresses[range])
        output.rows.addresses.replaceSubrange(range, with: order.map { addresses[$0] })
    }
}
