import Benchmark
import EventBase
import EventColumns
import EventExec
import EventPlan

/// The loops that every statement stands on, each alone: unpack, filter, gather, group, bitmap.
/// One iteration works on one segment of `KernelData.rowCount` rows.
let benchmarks: @Sendable () -> Void = {
    // UNSAFE: benefit: the tool's own way to set it. Soundness: set once, before any benchmark is made or run.
    unsafe Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .throughput], warmupIterations: 5, maxDuration: .seconds(2), maxIterations: 500)
    guard let data = try? KernelData.make() else { preconditionFailure("BUG: the data of the kernels cannot be made") }

    Benchmark("unpack user ordinals") { benchmark in
        var output: [UInt32] = []
        for _ in benchmark.scaledIterations {
            try data.eachGranule { granule, count in
                try data.group.readUsers(granule: granule, rows: .range(0..<count), into: &output)
                blackHole(output)
            }
        }
    }
    Benchmark("unpack times") { benchmark in
        var output: [Int64] = []
        for _ in benchmark.scaledIterations {
            try data.eachGranule { granule, count in
                try data.group.readTimes(granule: granule, rows: .range(0..<count), into: &output)
                blackHole(output)
            }
        }
    }
    Benchmark("unpack decimals") { benchmark in
        for _ in benchmark.scaledIterations {
            try data.eachGranule { granule, count in
                blackHole(
                    try data.group.read("duration", as: .double, granule: granule, rows: .range(0..<count)))
            }
        }
    }
    Benchmark("filter a text by dictionary code") { benchmark in
        let filter = try data.filter("platform = 'ios'")
        for _ in benchmark.scaledIterations { blackHole(try filter.matching(data.group, context: data.context)) }
    }
    Benchmark("filter a number by range") { benchmark in
        let filter = try data.filter("duration BETWEEN 10 AND 20")
        for _ in benchmark.scaledIterations { blackHole(try filter.matching(data.group, context: data.context)) }
    }
    Benchmark("gather one row in eight") { benchmark in
        for _ in benchmark.scaledIterations {
            try data.eachGranule { granule, count in
                let rows = stride(from: 0, to: count, by: 8).map { UInt16($0) }
                blackHole(try data.group.read("duration", as: .double, granule: granule, rows: .rows(rows)))
            }
        }
    }
    Benchmark("group by a text") { benchmark in
        let plan = try data.plan("SELECT platform, count(*), sum(duration) FROM events GROUP BY platform")
        for _ in benchmark.scaledIterations { blackHole(try data.executor().run(plan)) }
    }
    Benchmark("group by a number of many values") { benchmark in
        let plan = try data.plan("SELECT duration, count(*) FROM events GROUP BY duration")
        for _ in benchmark.scaledIterations { blackHole(try data.executor().run(plan)) }
    }
    Benchmark("union of the users of every day") { benchmark in
        for _ in benchmark.scaledIterations {
            var days: [Bitmap] = []
            for day in data.group.days { days.append(try data.group.users(onDay: day)) }
            blackHole(Bitmap.union(days).count)
        }
    }
    Benchmark("intersections of the users of all pairs of days") { benchmark in
        var days: [Bitmap] = []
        for day in data.group.days { days.append(try data.group.users(onDay: day)) }
        for _ in benchmark.scaledIterations {
            var total = 0
            for first in days { for second in days { total += first.intersectionCount(second) } }
            blackHole(total)
        }
    }
}
