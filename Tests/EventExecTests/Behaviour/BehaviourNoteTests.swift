import EventExec
import EventTestSupport
import Testing

/// Goal: every clause, and every default where it is missing, is told with the answer.
struct BehaviourNoteTests {
    private static let funnel = "FUNNEL FROM events STEPS 'a', 'b'"
    private static let retention = "RETENTION FROM events START 'a' RETURN 'b' EVERY DAY"

    /// A statement, and what its answer must say.
    private static let told: [(statement: String, words: [String])] = [
        (
            funnel,
            ["14 DAYS", "(default)", "inclusive", "ORDERED", "any order", "deepest counts", "95 % Wilson", "merged"]
        ),
        (funnel + " WITHIN 1 DAY, 2 HOURS", ["1 DAY, 2 HOURS"]),
        (funnel + " STRICT", ["order: STRICT"]), (funnel + " STRICT AMONG STEPS", ["STRICT AMONG STEPS"]),
        (funnel + " ANY ORDER", ["ANY ORDER"]), (funnel + " TIES STRICT", ["strictly later"]),
        (funnel + " TIES WITHIN 2 SECONDS", ["slot of 2 SECONDS", "slot's beginning"]),
        (funnel + " ENTRY FIRST", ["first row of step 1 opens the only"]),
        (funnel + " ENTRY LAST", ["last row of step 1 opens the only"]),
        (funnel + " ENTRY EVERY", ["and each counts", "counted: attempts"]),
        (funnel + " EXCLUDE 'c'", ["exclusion: 'c' between a and b ends the attempt"]),
        (funnel + " EXCLUDE ANY EVENT ON MATCH DROP", ["any event between a and b takes the person out"]),
        (funnel + " HOLD n", ["hold: "]), (funnel + " BREAKDOWN n", ["breakdown: value on the entry row"]),
        (funnel + " BREAKDOWN n ATTRIBUTE ALL TOP 3", ["every value by itself", "3 largest"]),
        (funnel + " BREAKDOWN n ATTRIBUTE STEP 2", ["row of step 2"]),
        (funnel + " EVERY WEEK", ["periods: week of the entry row in UTC, weeks from Monday"]),
        (funnel + " EVERY WEEK WEEK STARTS SUNDAY ZONE 'Asia/Tokyo'", ["Asia/Tokyo", "Sunday"]),
        (
            funnel + " EVERY DAY ZONE event_name ELSE 'Asia/Tokyo'",
            ["day of the entry row in each person's own zone", "else Asia/Tokyo"]
        ),
        (funnel + " COUNT TOTALS", ["behind the last attempt"]),
        (funnel + " COUNT SESSIONS", ["sessions: ", "30 minutes"]),
        (funnel + " WITH CONFIDENCE 0.9", ["90 % Wilson"]),
        ("FUNNEL FROM events BY n STEPS 'a'", ["keys; rows without"]),
        ("FUNNEL FROM events STEPS 'a' FIRST TIME, 'b' FIRST EVER", ["that meets the step", "if it meets the step"]),
        ("FUNNEL FROM events STEPS 'a', 'b' OPTIONAL, 'c'", ["b: optional"]),
        ("FUNNEL FROM events STEPS 'a', 'b' ANCHORED ANY ORDER", ["b: anchored"]),
        ("FUNNEL FROM events STEPS 'a', 'b' WITHIN 1 HOUR OF PREVIOUS", ["b: at most 1 HOUR"]),
        (
            retention,
            ["calendar days in UTC", "first start in all history", "in that day", "complete", "95 % Wilson", "merged"]
        ),
        (retention + " RECURRING", ["everybody with a start"]),
        (retention + " FIRST EVER", ["if it meets START's WHERE"]),
        (retention + " ON OR AFTER", ["any later one"]), (retention + " ON OR BEFORE", ["up to that one"]),
        (retention + " STREAK", ["in every day"]), (retention + " MINIMUM 3", ["at least 3 times"]),
        (retention + " BRACKETS (1, 3, 7)", ["brackets: periods 0, 1, 2 to 3, 4 to 7"]),
        (retention + " CLOCK ROLLING", ["24 hours", "30 days"]), (retention + " VALUE SUM(n)", ["value: the sum"]),
        (retention + " VALUE AVG(n)", ["value: the mean"]),
        (retention + " BREAKDOWN n TOP 2", ["starts the cohort", "2 largest"]),
        (retention + " WITH CONFIDENCE 0.8", ["80 % Wilson"]), (retention + " BY n", ["by: keys"]),
        (
            "PATHS FROM events",
            [
                "30 MINUTES (default)", "first event on, at most 5", "merged into one", "ties", "share",
                "event's name (default)",
            ]
        ),
        ("PATHS FROM events AFTER 'a' BEFORE 'b' DEPTH 7 WITHIN 1 HOUR", ["1 HOUR", "at most 7", "cut in the middle"]),
        ("PATHS FROM events NODE n REPLACE '1' WITH 'one' KEEP REPEATS", ["'1' by 'one'", "repeats: kept"]),
        ("PATHS FROM events EXCLUDE 'a' ONLY 'b', 'c'", ["exclude: ", "only: "]),
        ("PATHS FROM events TOP 9 MINIMUM 2 MAXIMUM 8 COUNT SESSIONS", ["at least 2 paths, at most 8, the 9 largest"]),
        ("PATHS FROM events BEFORE 'a' BREAKDOWN n TOP 4", ["last event", "4 largest"]),
        ("PATHS FROM events BREAKDOWN n ATTRIBUTE LAST", ["last value that an event of the path has"]),
        ("PATHS FROM events BREAKDOWN n LIST USERS", ["list: one row a path"]),
        ("PATHS FROM events BY n", ["by: keys"]),
        ("STICKINESS FROM events", ["calendar days in UTC", "an event", "exactly", "95 % Wilson", "merged"]),
        ("STICKINESS FROM events CUMULATIVE MINIMUM 3", ["at least 3 events", "in at least"]),
        ("STICKINESS FROM events BREAKDOWN n ATTRIBUTE LAST TOP 5", ["last value", "5 largest"]),
        ("LIFECYCLE FROM events EVERY WEEK", ["weeks in UTC, weeks from Monday", "first such event ever", "history"]),
        (
            "TRENDS FROM events SERIES n: USERS OF ANY EVENT OVER 7 DAYS BREAKDOWN n TOP 2",
            ["OVER", "own value", "2 largest"]
        ),
        ("TRENDS FROM events SERIES q: QUANTILE(n, 0.9) OF ANY EVENT", ["linear between neighbours"]),
        ("SESSIONS FROM events", ["30 MINUTES (default)", "merged"]),
        (
            "SESSIONS FROM events START 'a' END 'b' MAXIMUM 1 DAY BREAKDOWN n",
            ["start: ", "end: ", "1 DAY", "first event"]
        ),
        ("SESSIONS FROM events BY n USING event_name", ["by: keys", "rows of one id"]),
        ("TIMELINE 'u1'", ["all ids", "order"]),
    ]

    @Test("the answer says what it means", arguments: told.indices)
    func notes(index: Int) throws {
        let (statement, words) = Self.told[index]
        let notes = try BehaviourRun(RandomEvents(seed: 3).snapshot).run(statement).notes.joined(separator: "\n")
        for word in words { #expect(notes.contains(word), "\(statement): no '\(word)' in\n\(notes)") }
    }
}
