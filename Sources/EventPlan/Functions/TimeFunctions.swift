/// Functions over TIMESTAMP, DATE and INTERVAL. Instants are UTC unless a zone is named; weeks start on Monday.
enum TimeFunctions {
    static let signatures: [FunctionSignature] =
        truncation + zones + epochs + fields + texts + intervals + [
            FunctionSignature("now", [], .timestamp, example: "now() = current_timestamp", gives: "true"),
            FunctionSignature("current_timestamp", [], .timestamp, kernel: "now"),
            FunctionSignature("get_current_timestamp", [], .timestamp, kernel: "now"),
            FunctionSignature("transaction_timestamp", [], .timestamp, kernel: "now"),
            FunctionSignature(
                "today", [], .date, kernel: "current_date", example: "today() = current_date", gives: "true"),
            FunctionSignature("current_date", [], .date),
            FunctionSignature(
                "date", [.timestamp], .date, kernel: "to_date", example: "date(TIMESTAMP '2024-03-01 12:00')",
                gives: "2024-03-01"),
            FunctionSignature(
                "to_char", [.timestamp, .string], .string,
                example: "to_char(TIMESTAMP '2024-03-01 12:05', 'YYYY-MM-DD HH24:MI')", gives: "2024-03-01 12:05"),
            FunctionSignature(
                "strftime", [.timestamp, .string], .string,
                example: "strftime(TIMESTAMP '2024-03-01 12:05', '%d.%m.%Y %H:%M')", gives: "01.03.2024 12:05"),
            FunctionSignature("dayname", [.timestamp], .string, example: "dayname(DATE '2024-03-01')", gives: "Friday"),
            FunctionSignature(
                "monthname", [.timestamp], .string, example: "monthname(DATE '2024-03-01')", gives: "March"),
            FunctionSignature(
                "last_day", [.timestamp], .date, example: "last_day(DATE '2024-02-10')", gives: "2024-02-29"),
            FunctionSignature(
                "make_date", [.int64, .int64, .int64], .date, example: "make_date(2024, 2, 29)", gives: "2024-02-29"),
            FunctionSignature(
                "make_timestamp", [.int64, .int64, .int64, .int64, .int64, .double], .timestamp,
                example: "make_timestamp(2024, 2, 29, 1, 2, 3.5)", gives: "2024-02-29 01:02:03.500"),
        ]

    private static let truncation: [FunctionSignature] =
        [
            FunctionSignature(
                "date_trunc", [.string, .timestamp], .timestamp,
                example: "date_trunc('month', TIMESTAMP '2024-03-17 12:00')", gives: "2024-03-01 00:00:00"),
            FunctionSignature(
                "time_bucket", [.interval, .timestamp], .timestamp,
                example: "time_bucket(INTERVAL '15 minutes', TIMESTAMP '2024-03-01 12:38')",
                gives: "2024-03-01 12:30:00"),
            FunctionSignature(
                "date_part", [.string, .timestamp], .int64, example: "date_part('dow', DATE '2024-03-03')", gives: "0"),
            FunctionSignature("date_part", [.string, .interval], .int64, kernel: "interval_part"),
            FunctionSignature("date_part_fraction", [.string, .timestamp], .double),
            FunctionSignature("date_part_fraction", [.string, .interval], .double, kernel: "interval_part_fraction"),
            FunctionSignature(
                "date_diff", [.string, .timestamp, .timestamp], .int64,
                example: "date_diff('day', TIMESTAMP '2024-03-01 23:59', TIMESTAMP '2024-03-02 00:01')", gives: "1"),
            FunctionSignature("datediff", [.string, .timestamp, .timestamp], .int64, kernel: "date_diff"),
        ]
        + ["year", "quarter", "month", "week", "day", "hour", "minute"].map {
            FunctionSignature($0, [.timestamp], .int64, kernel: "part_\($0)")
        }

    private static let zones: [FunctionSignature] = [
        FunctionSignature(
            "date_trunc", [.string, .timestamp, .string], .timestamp, kernel: "date_trunc_zone",
            example: "date_trunc('day', TIMESTAMP '2024-07-01 23:30', 'Europe/Berlin')", gives: "2024-07-01 22:00:00"),
        FunctionSignature(
            "timezone", [.string, .timestamp], .timestamp,
            example: "timezone('Europe/Berlin', TIMESTAMP '2024-07-01 12:00')",
            gives: "2024-07-01 14:00:00"),
        FunctionSignature(
            "local_to_utc", [.timestamp, .string], .timestamp,
            example: "local_to_utc(TIMESTAMP '2024-01-01 12:00', 'America/New_York')", gives: "2024-01-01 17:00:00"),
    ]

    private static let epochs: [FunctionSignature] = [
        FunctionSignature(
            "to_timestamp", [.double], .timestamp, example: "to_timestamp(1.5)", gives: "1970-01-01 00:00:01.500"),
        FunctionSignature("epoch", [.timestamp], .double, example: "epoch(TIMESTAMP '1970-01-02')", gives: "86400.0"),
        FunctionSignature(
            "epoch", [.interval], .double, kernel: "interval_epoch", example: "epoch(INTERVAL '1 hour')",
            gives: "3600.0"),
        FunctionSignature(
            "epoch_ms", [.timestamp], .int64, example: "epoch_ms(TIMESTAMP '1970-01-02')", gives: "86400000"),
        FunctionSignature(
            "epoch_us", [.timestamp], .int64, example: "epoch_us(TIMESTAMP '1970-01-02')", gives: "86400000000"),
        FunctionSignature(
            "make_timestamp_us", [.int64], .timestamp, kernel: "epoch_us_to_timestamp",
            example: "make_timestamp_us(1000000)", gives: "1970-01-01 00:00:01"),
        FunctionSignature(
            "make_timestamp_ms", [.int64], .timestamp, kernel: "epoch_ms_to_timestamp",
            example: "make_timestamp_ms(1000)", gives: "1970-01-01 00:00:01"),
    ]

    private static let fields: [FunctionSignature] = [
        ("second", "5"), ("millisecond", "5250"), ("microsecond", "5250000"), ("dayofweek", "5"), ("weekday", "5"),
        ("isodow", "5"), ("dayofmonth", "1"), ("dayofyear", "61"), ("weekofyear", "9"), ("isoyear", "2024"),
        ("yearweek", "202409"),
        ("decade", "202"), ("century", "21"), ("millennium", "3"),
    ].map { field, value in
        FunctionSignature(
            field, [.timestamp], .int64, kernel: "part_\(field)",
            example: "\(field)(TIMESTAMP '2024-03-01 12:00:05.25')", gives: value)
    }

    private static let texts: [FunctionSignature] =
        [("strptime", "17.3.2024 9:05 PM", "%d.%m.%Y %I:%M %p"), ("try_strptime", "17 Mar 24 21:05", "%d %b %y %H:%M")]
        .map {
            FunctionSignature(
                $0.0, [.string, .string], .timestamp, example: "\($0.0)('\($0.1)', '\($0.2)')",
                gives: "2024-03-17 21:05:00")
        }
        + [
            FunctionSignature(
                "date_bin", [.interval, .timestamp, .timestamp], .timestamp,
                example: "date_bin(INTERVAL '15 minutes', TIMESTAMP '2024-03-01 12:38', TIMESTAMP '2024-01-01 00:05')",
                gives: "2024-03-01 12:35:00"),
            FunctionSignature(
                "time_bucket", [.interval, .timestamp, .timestamp], .timestamp, kernel: "date_bin",
                example: "time_bucket(INTERVAL '7 days', DATE '2024-03-06', DATE '2024-03-03')",
                gives: "2024-03-03 00:00:00"),
            FunctionSignature(
                "age", [.timestamp, .timestamp], .interval,
                example: "age(TIMESTAMP '2024-03-15 12:00', TIMESTAMP '2023-01-20')",
                gives: "1 year 1 mon 26 days 12:00:00"),
            FunctionSignature(
                "date_add", [.timestamp, .interval], .timestamp, kernel: "timestamp+interval",
                example: "date_add(DATE '2024-01-31', INTERVAL '1 month')", gives: "2024-02-29 00:00:00"),
            FunctionSignature(
                "date_sub", [.string, .timestamp, .timestamp], .int64,
                example: "date_sub('month', DATE '2024-01-31', DATE '2024-03-30')", gives: "1"),
            FunctionSignature(
                "datesub", [.string, .timestamp, .timestamp], .int64, kernel: "date_sub",
                example: "datesub('hour', TIMESTAMP '2024-03-01 01:30', TIMESTAMP '2024-03-01 03:00')", gives: "1"),
            FunctionSignature(
                "datetrunc", [.string, .timestamp], .timestamp, kernel: "date_trunc",
                example: "datetrunc('year', DATE '2024-03-01')", gives: "2024-01-01 00:00:00"),
            FunctionSignature(
                "epoch_ns", [.timestamp], .int64, example: "epoch_ns(TIMESTAMP '1970-01-01 00:00:01')",
                gives: "1000000000"),
        ]

    private static let intervals: [FunctionSignature] = [
        ("to_years", "2 years"), ("to_quarters", "6 mons"), ("to_months", "2 mons"), ("to_weeks", "14 days"),
        ("to_days", "2 days"), ("to_hours", "02:00:00"), ("to_minutes", "00:02:00"), ("to_seconds", "00:00:02"),
        ("to_milliseconds", "00:00:00.002"),
    ].map { name, value in
        FunctionSignature(name, [.int64], .interval, example: "\(name)(2)", gives: value)
    }
}
