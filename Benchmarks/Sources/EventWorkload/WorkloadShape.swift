/// What the made-up product looks like: names, weights and sizes. The taxonomy is that of a game with a shop and plans.
enum WorkloadShape {
    /// Event names with their weights.
    static let events: [(name: String, weight: Double)] = [
        ("page_viewed", 30), ("user_logged_in", 8), ("feature_used", 12), ("game_session_started", 6),
        ("game_session_ended", 6), ("rolled", 14), ("item_added", 5), ("skill_leveled", 2), ("class_leveled", 1),
        ("search_performed", 5), ("cart_viewed", 2.5), ("cart_item_added", 2), ("checkout_started", 1),
        ("payment_completed", 0.5), ("user_signed_up", 0.4), ("game_created", 0.4), ("character_created", 0.4),
        ("invite_sent", 0.5), ("invite_accepted", 0.2), ("subscription_upgraded", 0.1),
        ("subscription_cancelled", 0.05), ("support_ticket_opened", 0.2), ("email_opened", 1.5), ("email_clicked", 0.5),
    ]
    /// The only event that carries an amount.
    static let paymentName = "payment_completed"
    /// In order of size: the nth has a weight of 1/n.
    static let countries = [
        "US", "DE", "GB", "FR", "IN", "BR", "JP", "CA", "AU", "NL", "ES", "IT", "SE", "PL", "MX", "KR", "ID", "TR",
        "NG", "ZA",
    ]
    static let platforms: [(name: String, weight: Double)] = [
        ("web", 0.5), ("ios", 0.2), ("android", 0.2), ("desktop", 0.1),
    ]
    static let browsers = ["chrome", "safari", "firefox", "edge"]
    static let urlCount = 5000
    static let urlExponent = 1.1
    /// Shape of the users' activity: most people do little, a few do very much.
    static let activityExponent = 1.3
    static let activityFloor = 0.2
    /// Share of the users that were there before the first day.
    static let settledShare = 0.3
    /// A newcomer's activity at age a falls as a^(decay - 1).
    static let decay = 0.59
    /// Of 24 hours UTC.
    static let hourWeights: [Double] = [
        5, 4, 3, 3, 3, 4, 6, 8, 10, 11, 12, 12, 13, 13, 13, 13, 13, 14, 15, 16, 15, 13, 10, 7,
    ]
    /// Natural logarithm's mean and deviation: seconds, and money.
    static let duration = (mean: 3.0, deviation: 1.2)
    static let amount = (mean: 3.5, deviation: 0.8)
    /// One event in so many comes late, by up to `latenessMillisMax`.
    static let latenessOneIn: UInt64 = 64
    static let latenessMillisMax: UInt64 = 10 * 60 * 1000
    /// A session id lasts for this long.
    static let sessionMillis: Int64 = 30 * 60 * 1000
}
