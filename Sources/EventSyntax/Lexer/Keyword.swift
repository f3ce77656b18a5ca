/// Every word that means something to the grammar. Few of them are reserved: the rest are names wherever a name can stand.
enum Keyword: String, CaseIterable, Sendable {
    // Queries
    case select, distinct, all, from, `where`, group, by, having, window, qualify, order, limit, offset, with, recursive
    case union, intersect, except, values, table, `as`, asc, desc, nulls, first, last, grouping, sets, rollup, cube
    case join, inner, left, right, full, outer, cross, semi, anti, natural, on, using, lateral
    // Expressions
    case and, or, not, null, `true`, `false`, `is`, `in`, between, symmetric, like, ilike, similar, to, escape, exists
    case `case`, when, then, `else`, end, cast, tryCast = "try_cast", extract, interval, timestamp, timestamptz, date
    case array, row, at, time, zone, isnull, notnull, some, any, filter, within, over, partition, ignore, respect
    case rows, range, groups, unbounded, preceding, following, current, substring, position, trim, both, leading
    case trailing, `for`, double, precision, character, varying, without, unknown
    case currentDate = "current_date", currentTimestamp = "current_timestamp"
    // Behaviour
    case funnel, retention, paths, stickiness, lifecycle, sessions, trends, timeline
    case steps, step, optional, ordered, strict, ties, entry, best, every, exclude, match, drop, exit, hold
    case breakdown, attribute, top, count, users, user, totals, confidence, event, events, of, previous, each
    case start, `return`, day, week, month, hour, minute, second, quarter, year, periods, ever, recurring, after, before
    case streak, brackets, starts, monday, sunday, clock, calendar, rolling, value, sum, avg, min, max, minimum, session
    case cohort, did, since, list, anchored, histogram, bins, dropped, times, gap, depth, node, keep, repeats, edges
    case maximum, series, formula, cumulative, median, quantile, among, only, sql, days, weeks, months
    // Statements
    case explain, analyze, describe, show, create, replace, `if`, refresh, virtual, delete, forget, purge, alter, set
    case ttl, none, identify, unidentify, primary, key, insert, into, conflict, `do`, nothing, update, view, copy, reset
    case summarize, rename, ordinality, materialized, fetch, next

    /// As the messages show it.
    var spelling: String { rawValue.uppercased() }

    private static let byWord: [String: Keyword] = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })

    /// The keyword that a word spells in any case, nil for other words.
    static func lookUp(_ word: String) -> Keyword? { byWord[word.lowercased()] }

    /// A reserved word is a column or an alias only in double quotes (or after a dot).
    var isReserved: Bool { Keyword.reserved.contains(self) }

    private static let reserved: Set<Keyword> = [
        .select, .distinct, .all, .from, .where, .group, .having, .window, .qualify, .order, .limit, .offset, .with,
        .union, .intersect, .except, .as, .join, .inner, .left, .right, .full, .cross, .natural, .on, .using,
        .and, .or, .not, .null, .true, .false, .is, .in, .between, .like, .ilike, .similar, .case, .when, .then, .else,
        .end, .isnull, .notnull, .lateral,
    ]
}

/// The words of the grammar, for editors that complete what is typed.
package enum Keywords {
    /// In capitals, sorted.
    package static let all = Keyword.allCases.map(\.spelling).sorted()
}
