import EventBase
import EventSyntax
import Testing

/// Goal: every clause of the behaviour statements is read, in any order, and means what it says.
struct BehaviourTests {
    static let readable = [
        """
        FUNNEL FROM events STEPS signup: 'user_signed_up', use: 'feature_used' WHERE properties.feature_name = 'export',
          pay: 'payment_completed' WITHIN 7 DAYS ORDERED EXCLUDE 'refunded' BETWEEN use AND pay HOLD properties.project_id
          BREAKDOWN context.country ATTRIBUTE STEP 2 TOP 10 EVERY WEEK WHERE timestamp >= '2024-03-01'
        """,
        "FUNNEL FROM events STEPS 'a', 'b' OR 'c', d: IN ('x', 'y') OPTIONAL, ANY EVENT WITHIN 1 HOUR OF PREVIOUS WITHIN 1 DAY, 7 DAYS",
        "FUNNEL FROM events BY session_id STEPS a: 'a' FIRST EVER, b: 'b' ANCHORED WITHIN SESSION ANY ORDER TIES STRICT ENTRY EVERY COUNT TOTALS WITH CONFIDENCE 0.9",
        "FUNNEL FROM events STEPS a:'a', b:'b' STRICT AMONG STEPS EXCLUDE 'x' WHERE reason = 'fraud' BETWEEN a AND b ON MATCH DROP, 'y' WHERE (v BETWEEN a AND b) ON MATCH EXIT",
        "FUNNEL FROM events STEPS a:'a', b:'b' LIST USERS DROPPED AFTER a WEEK STARTS SUNDAY ZONE 'Europe/Berlin' AS SQL",
        "FUNNEL FROM events STEPS a:'a', b:'b' LIST HISTOGRAM 20 BINS ORDER BY 1 LIMIT 3",
        "SELECT * FROM (FUNNEL FROM events STEPS 'a', 'b' WITHIN 1 DAY) f WHERE step = 1",
        "RETENTION FROM events START 'user_signed_up' RETURN ANY EVENT EVERY DAY PERIODS 30 FIRST TIME ON OR AFTER BRACKETS (1, 3, 7, 14, 30) BREAKDOWN context.country TOP 5",
        "RETENTION FROM events EVERY WEEK RECURRING STREAK START 'a' WHERE x > 1 RETURN 'b' OR 'c' WHERE y = 2 CLOCK ROLLING VALUE SUM(properties.amount) MINIMUM 2 WEEK STARTS MONDAY ZONE 'UTC' WHERE timestamp > '2024-01-01'",
        "WITH r AS (RETENTION FROM events START 'a' RETURN 'b' EVERY MONTH FIRST EVER ON OR BEFORE) SELECT * FROM r",
        "CREATE COHORT power AS USERS WHERE COUNT('feature_used') >= 10 IN LAST 30 DAYS AND NOT DID 'subscription_cancelled'",
        "CREATE OR REPLACE COHORT c AS USERS FROM events WHERE (DID 'a' WHERE x = 1 AND y = 2 AND DID NOT 'b' IN LAST 7 DAYS) OR SUM(properties.amount OF 'paid') > 100.5 BETWEEN '2024-01-01' AND '2024-02-01' AS OF TIMESTAMP '2024-03-01'",
        "CREATE COHORT c AS USERS WHERE FIRST DID 'a' IN LAST 2 WEEKS AND LAST DID 'b' BEFORE DATE '2024-01-01' AND DID 'a' THEN 'b' THEN 'c' WITHIN 1 DAY IN LAST 30 DAYS AND NOT IN COHORT other AND DAYS(ANY EVENT) >= 3 OR WEEKS('a' OR 'b') = 2 AND MONTHS('c') < 9 OR COUNT(DISTINCT x + 1 OF 'a') > 2",
        "CREATE COHORT c AS SELECT user_id FROM events WHERE x > 1", "DROP COHORT IF EXISTS c",
        "EXPLAIN COHORT c FOR 'u1'",
        "PATHS FROM events AFTER 'signed_up' BEFORE 'paid' WHERE amount > 1 DEPTH 6 WITHIN 30 MINUTES EXCLUDE 'x', 'y' NODE event_name || properties.page REPLACE '/item/[0-9]+' WITH '/item/N' KEEP REPEATS COUNT SESSIONS TOP 20 MINIMUM 5 MAXIMUM 500 LIST EDGES",
        "PATHS FROM events BETWEEN 'a' AND 'b' ONLY 'c', 'd' WITHIN SESSION LIST PATHS",
        "STICKINESS FROM events OF 'a' WHERE x = 1 EVERY DAY CUMULATIVE MINIMUM 2 BREAKDOWN country LIST USERS WHERE timestamp > '2024-01-01'",
        "LIFECYCLE FROM events OF ANY EVENT EVERY WEEK WEEK STARTS SUNDAY LIST USERS", "STICKINESS FROM events",
        "LIFECYCLE FROM events",
        "SESSIONS FROM events GAP 30 MINUTES START 'opened' END 'closed' MAXIMUM 12 HOURS WHERE x = 1",
        "SESSIONS FROM events USING session_id",
        "TRENDS FROM events SERIES dau: USERS OF ANY EVENT, mau: USERS OF ANY EVENT OVER 30 DAYS, revenue: SUM(properties.amount) OF 'paid', m: MEDIAN(x) OF 'paid', q: QUANTILE(x + 1, 0.9) OF 'paid' FORMULA stick: dau / mau EVERY DAY BREAKDOWN country TOP 3",
        "TIMELINE 'user_123'", "TIMELINE $1 FROM events WHERE timestamp > '2024-01-01' LIMIT 10",
        "CREATE VIRTUAL EVENT activated AS 'feature_used' OR 'invited' WHERE x > 1",
        "SELECT funnel, retention, paths, sessions, trends FROM t",
        "EXPLAIN FUNNEL FROM events STEPS 'a', 'b' WITHIN 1 DAY",
        "STICKINESS FROM events ZONE properties.tz ELSE 'UTC' BREAKDOWN a",
        "LIFECYCLE FROM events ZONE ('a' || b) WHERE c",
    ]

    @Test("every clause is read", arguments: readable)
    func reads(text: String) throws {
        _ = try Parser.parseStatement(text)
    }

    private func funnel(_ text: String) throws -> FunnelStatement {
        guard case .query(let query) = try Parser.parseStatement(text).statement,
            case .behaviour(.funnel(let funnel)) = query.body
        else { throw EventSQLError(.internal, "no funnel") }
        return funnel
    }

    @Test("a funnel's clauses land where they belong")
    func funnelClauses() throws {
        let funnel = try funnel(Self.readable[0])
        #expect(funnel.steps.map(\.name) == ["signup", "use", "pay"])
        #expect(funnel.steps[1].selector.filter != nil)
        #expect(funnel.window == Duration(micros: 7 * 86_400_000_000, text: "7 DAYS"))
        #expect(funnel.exclusions[0].between! == ("use", "pay"))
        #expect(funnel.breakdown?.attribution == .step("use"))
        #expect(funnel.breakdown?.top == 10)
        #expect(funnel.every == .week)
        #expect(funnel.filter != nil)
    }

    @Test("steps without a label take the event's name, numbered where it repeats")
    func stepNames() throws {
        let funnel = try funnel("FUNNEL FROM events STEPS 'a', 'a', 'b' OR 'c', ANY EVENT, a_2: 'a' WITHIN 60 SECONDS")
        #expect(funnel.steps.map(\.name) == ["a", "a_3", "b or c", "any event", "a_2"])
    }

    @Test("the WHERE behind an exclusion's event ends before BETWEEN of two steps")
    func exclusionFilter() throws {
        let funnel = try funnel(Self.readable[3])
        #expect(funnel.order == .strictAmongSteps)
        #expect(funnel.exclusions.count == 2)
        #expect(funnel.exclusions[0].between! == ("a", "b"))
        #expect(funnel.exclusions[0].dropsUser)
        #expect(funnel.exclusions[1].between == nil)
        #expect(!funnel.exclusions[1].dropsUser)
        guard case .between = funnel.exclusions[1].selector.filter else { throw EventSQLError(.internal, "no BETWEEN") }
    }

    @Test("a cohort's row filter ends before the next condition")
    func cohortFilter() throws {
        guard case .createCohort(_, let definition, true, _) = try Parser.parseStatement(Self.readable[11]).statement,
            case .users(
                "events", .or(.and(.performed(let a), .not(.performed(let b))), .performed(let sum)), let asOf) =
                definition.source
        else { throw EventSQLError(.internal, "another shape") }
        guard case .binary(.and, _, _, _) = a.selector.filter else { throw EventSQLError(.internal, "no AND") }
        #expect(b.period == .last(Duration(micros: 7 * 86_400_000_000, text: "7 DAYS")))
        #expect(sum.threshold == 100.5)
        #expect(asOf == "2024-03-01")
    }
}
