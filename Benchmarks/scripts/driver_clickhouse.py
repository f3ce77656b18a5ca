"""ClickHouse (chDB, in process) with its best layout: MergeTree ordered by (user_id, ts), LowCardinality text, by month.

usage: driver_clickhouse.py DIRECTORY THREADS
"""
import datetime
import json
import sys

import chdb
from chdb import session

import driver

CSV_COLUMNS = (
    "timestamp DateTime64(3, \\'UTC\\'), user_id String, event_name LowCardinality(String), url LowCardinality(String),"
    " duration Float64, amount Nullable(Float64), platform LowCardinality(String), country LowCardinality(String)"
)
STANDARD = (
    "CREATE TABLE bench.standard (event_id UUID, timestamp DateTime64(3, 'UTC'), user_id String, session_id String,"
    " event_name LowCardinality(String), event_version LowCardinality(String), {nested})"
    " ENGINE = MergeTree PARTITION BY toYYYYMM(timestamp) ORDER BY (user_id, timestamp)"
)
TYPED = (
    "properties Tuple(url LowCardinality(String), duration Float64, amount Nullable(Float64)),"
    " context Tuple(platform LowCardinality(String), browser LowCardinality(String), ip_address LowCardinality(String)),"
    " user_properties Tuple(country LowCardinality(String), subscription_tier LowCardinality(String))"
)
UNTYPED = "properties JSON, context JSON, user_properties JSON"


class ClickHouse:
    def __init__(self, directory, threads):
        self.directory = directory
        self.session = session.Session(directory)
        self.threads = threads
        self.do("CREATE DATABASE IF NOT EXISTS bench")

    def do(self, sql):
        return str(self.session.query(sql, "CSV"))

    def version(self):
        return "ClickHouse " + self.do("SELECT version()").strip().strip('"') + " (chDB " + chdb.__version__ + ")"

    def load(self, request):
        settings = f" SETTINGS date_time_input_format = 'best_effort', max_insert_threads = {self.threads}"
        if request["format"] == "jsonl":
            table = "standard"
            self.do("DROP TABLE IF EXISTS bench.standard")
            self.do(STANDARD.format(nested=UNTYPED if request.get("untyped") else TYPED))
            self.do(f"INSERT INTO bench.standard SELECT * FROM file('{request['path']}', JSONEachRow)" + settings)
        else:
            table = "events"
            self.do("DROP TABLE IF EXISTS bench.events")
            self.do(
                "CREATE TABLE bench.events (ts DateTime64(3, 'UTC'), user_id String, event_name LowCardinality(String),"
                " url LowCardinality(String), duration Float64, amount Nullable(Float64),"
                " platform LowCardinality(String), country LowCardinality(String))"
                " ENGINE = MergeTree PARTITION BY toYYYYMM(ts) ORDER BY (user_id, ts)"
            )
            self.do(
                "INSERT INTO bench.events SELECT timestamp, user_id, event_name, url, duration, amount, platform, country"
                f" FROM file('{request['path']}', CSVWithNames, '{CSV_COLUMNS}')" + settings
                + ", input_format_with_names_use_header = 0"
            )
            # One part a month: the state that ClickHouse reaches by itself after a while, and its fastest.
            self.do("OPTIMIZE TABLE bench.events FINAL")
        answer = self.do(
            f"SELECT sum(rows), sum(bytes_on_disk) FROM system.parts WHERE active AND database = 'bench' AND table = '{table}'"
        )
        rows, size = answer.strip().split(",")
        return int(rows), int(size)

    def run(self, sql):
        text = str(self.session.query(f"{sql} SETTINGS max_threads = {self.threads}", "JSONCompact"))
        answer = json.loads(text)
        kinds = [column["type"] for column in answer["meta"]]
        rows = [[typed(value, kind) for value, kind in zip(row, kinds)] for row in answer["data"]]
        return [column["name"] for column in answer["meta"]], rows


def typed(value, kind):
    """64-bit integers come as text where JSON would round them."""
    if isinstance(value, str) and "Int" in kind:
        return int(value)
    if isinstance(value, str) and "DateTime" in kind:
        return datetime.datetime.fromisoformat(value)
    return value


driver.serve(ClickHouse(sys.argv[1], int(sys.argv[2])))
