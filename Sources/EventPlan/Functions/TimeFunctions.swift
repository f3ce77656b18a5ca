/// Functions over TIMESTAMP, DATE and INTERVAL. Instants are UTC unless a zone is named; weeks start on Monday.
enum TimeFunctions {
    static let signatures: [FunctionSignature] =
        truncation + zones + epochs + [
            FunctionSignature("now", [], .timestamp, example: "now() = current_timestamp", gives: "true"),
            FunctionSignature("current_timestamp", [], .timestamp, kernel: "now"),
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
}
