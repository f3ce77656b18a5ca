"""DuckDB with its best layout: rows sorted by user and time, every low-cardinality text an ENUM.

usage: driver_duckdb.py DIRECTORY THREADS
"""
import os
import sys

import duckdb

import driver

CSV_COLUMNS = (
    "{'timestamp': 'TIMESTAMP', 'user_id': 'VARCHAR', 'event_name': 'VARCHAR', 'url': 'VARCHAR', 'duration': 'DOUBLE',"
    " 'amount': 'DOUBLE', 'platform': 'VARCHAR', 'country': 'VARCHAR'}"
)


class DuckDB:
    def __init__(self, directory, threads):
        self.directory = directory
        os.makedirs(directory, exist_ok=True)
        self.path = os.path.join(directory, "events.duckdb")
        self.threads = threads
        self.connect()

    def connect(self):
        self.connection = duckdb.connect(self.path)
        self.connection.execute(f"SET threads = {self.threads}")
        self.connection.execute("SET enable_progress_bar = false")
        self.connection.execute("SET TimeZone = 'UTC'")

    def version(self):
        return "DuckDB " + duckdb.__version__

    def load(self, request):
        run = self.connection.execute
        run("DROP TABLE IF EXISTS events")
        run("DROP TABLE IF EXISTS standard")
        if request["format"] == "jsonl":
            run(f"CREATE TABLE standard AS SELECT * FROM read_json('{request['path']}', format = 'newline_delimited')")
            table = "standard"
        else:
            source = f"read_csv('{request['path']}', header = true, columns = {CSV_COLUMNS})"
            for column in ["event_name", "url", "platform", "country"]:
                run(f"DROP TYPE IF EXISTS {column}_t")
                run(f"CREATE TYPE {column}_t AS ENUM (SELECT DISTINCT {column} FROM {source} ORDER BY 1)")
            run(
                "CREATE TABLE events AS SELECT timestamp AS ts, user_id, event_name::event_name_t AS event_name,"
                " url::url_t AS url, duration, amount, platform::platform_t AS platform, country::country_t AS country"
                f" FROM {source} ORDER BY user_id, ts"
            )
            table = "events"
        run("CHECKPOINT")
        rows = run(f"SELECT count(*) FROM {table}").fetchone()[0]
        return rows, os.path.getsize(self.path)

    def run(self, sql):
        cursor = self.connection.execute(sql)
        return [column[0] for column in cursor.description], cursor.fetchall()


driver.serve(DuckDB(sys.argv[1], int(sys.argv[2])))
