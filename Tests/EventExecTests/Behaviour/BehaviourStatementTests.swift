import EventBase
import EventColumns
import EventExec
import EventTestSupport
import Testing

/// Goal: statements as a person writes them reach the right answer: text, parser, binder, operators.
struct BehaviourStatementTests {
    let shop = BehaviourRun([
        TestEvent("ann", BehaviourRun.day(0), "signup", ["properties.country": .string("DE")]),
        TestEvent("ann", BehaviourRun.day(1), "view", ["properties.item": .int64(1)]),
        TestEvent("ann", BehaviourRun.day(2), "pay", ["properties.item": .int64(1), "properties.amount": .double(20)]),
        TestEvent("bob", BehaviourRun.day(0), "signup", ["properties.country": .string("FR")]),
        TestEvent("bob", BehaviourRun.day(3), "view", ["properties.item": .int64(2)]),
        TestEvent("bob", BehaviourRun.day(4), "refund"),
        TestEvent("bob", BehaviourRun.day(5), "pay", ["properties.item": .int64(3), "properties.amount": .double(5)]),
        TestEvent("cy", BehaviourRun.day(7), "signup", ["properties.country": .string("DE")]),
        TestEvent(nil, BehaviourRun.day(8), "view"),
    ])

    @Test("a funnel from text")
    func funnel() throws {
        let rows = try shop.text(
            "FUNNEL FROM events STEPS signup: 'signup', 'view', pay: 'pay' WITHIN 7 DAYS",
            columns: ["step", "name", "users", "step_rate", "median_seconds"])
        #expect(rows == ["1 signup 3 1 -", "2 view 2 0.6666666666666666 172800", "3 pay 2 1 129600"])
    }

    @Test("predicates, exclusions, HOLD and BREAKDOWN from text")
    func clauses() throws {
        let steps = "FUNNEL FROM events STEPS 'view', 'pay'"
        #expect(try shop.text(steps + " WHERE properties.amount > 10 WITHIN 7 DAYS", columns: ["users"]) == ["2", "1"])
        #expect(try shop.text(steps + " WITHIN 7 DAYS HOLD properties.item", columns: ["users"]) == ["2", "1"])
        #expect(
            try shop.text(steps + " WITHIN 7 DAYS EXCLUDE 'refund' BETWEEN view AND pay", columns: ["users"]) == [
                "2", "1",
            ])
        let countries = try shop.text(
            "FUNNEL FROM events STEPS 'signup', 'pay' WITHIN 7 DAYS BREAKDOWN properties.country",
            columns: ["breakdown", "name", "users"])
        #expect(countries == ["DE signup 2", "DE pay 1", "FR signup 1", "FR pay 1"])
    }

    @Test("the window left out is 14 days, and the result says so")
    func defaultWindow() throws {
        let result = try shop.run("FUNNEL FROM events STEPS 'signup', 'pay'")
        #expect(result.notes[0].contains("14 DAYS") && result.notes[0].contains("default"))
    }

    @Test("users of a step as rows")
    func listing() throws {
        let rows = try shop.text(
            "FUNNEL FROM events STEPS 'signup', 'view', 'pay' WITHIN 2 DAYS LIST USERS", columns: ["user_id", "step"])
        #expect(rows == ["ann 3", "bob 1", "cy 1"])
    }

    @Test("a retention from text")
    func retention() throws {
        let rows = try shop.text(
            "RETENTION FROM events START 'signup' RETURN 'view' OR 'pay' EVERY WEEK",
            columns: ["cohort", "size", "period", "users", "complete"])
        #expect(rows == ["2024-02-26 2 0 2 true", "2024-02-26 2 1 1 false", "2024-03-04 1 0 1 false"])
    }

    @Test("a cohort from text")
    func cohort() throws {
        #expect(try shop.members("CREATE COHORT c AS USERS WHERE DID 'pay' AND NOT DID 'refund'") == ["ann"])
        #expect(
            try shop.members("CREATE COHORT c AS USERS WHERE COUNT('pay' WHERE properties.amount < 10) >= 1") == ["bob"]
        )
        #expect(try shop.members("CREATE COHORT c AS USERS WHERE NOT DID 'view'") == ["cy"])
        #expect(try shop.members("CREATE COHORT c AS USERS WHERE DID ANY EVENT IN LAST 2 DAYS") == ["cy"])
    }

    @Test("time in WHERE bounds what a funnel sees, and cohorts but not the first start")
    func timeRange() throws {
        let funnel = "FUNNEL FROM events STEPS 'signup', 'pay' WITHIN 7 DAYS WHERE timestamp >= '2024-03-02'"
        #expect(try shop.text(funnel, columns: ["users"]) == ["1", "0"])
        let retention =
            "RETENTION FROM events START ANY EVENT RETURN ANY EVENT EVERY DAY WHERE timestamp >= '2024-03-03'"
        #expect(try shop.text(retention, columns: ["cohort", "period", "users"]).first == "2024-03-08 0 1")
    }

    @Test("an unknown table, step or column says what there is")
    func errors() {
        #expect(throws: EventSQLError.self) { try shop.run("FUNNEL FROM evnts STEPS 'a', 'b'") }
        #expect(throws: EventSQLError.self) { try shop.run("FUNNEL FROM events STEPS 'a' WHERE properties.nope = 1") }
        #expect(throws: EventSQLError.self) {
            try shop.run("FUNNEL FROM events STEPS 'a', 'b' EXCLUDE 'c' BETWEEN b AND a")
        }
    }
}
