import EventSQL

struct NameCount: Decodable {
    var event_name: String
    var n: Int
}

func readmeExample(at path: String) throws -> [NameCount] {
    let db = try EventDatabase.open(at: path)
    try db.append([
        Event("user_signed_up", user: "u1", at: .now, ["plan": "free"]),
        Event("payment_completed", user: "u1", at: .now, ["amount": 42.5]),
    ])
    let funnel = try db.query(
        "FUNNEL FROM events STEPS signup: 'user_signed_up', pay: 'payment_completed' WITHIN 7 DAYS")
    print("reached each step:", try funnel.int64s("users"))
    return try db.query("SELECT event_name, count(*) AS n FROM events GROUP BY 1 ORDER BY 1").rows(as: NameCount.self)
}
