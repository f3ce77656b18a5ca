#!/usr/bin/env python3
"""Counts a data set of canonical events: rows, users, events per name and per UTC day. The independent word on ingestion.

usage: count_events.py FILE.events.jsonl.gz            prints the counts as JSON
       count_events.py FILE.events.jsonl.gz EVENTSQL   ingests FILE with that shell into a new database and compares
"""
import collections, gzip, json, subprocess, sys, tempfile


def count(path):
    users, names, days = set(), collections.Counter(), collections.Counter()
    for line in gzip.open(path):
        event = json.loads(line)
        users.add(event.get("user_id"))
        names[event.get("event_name")] += 1
        days[event["timestamp"][:10]] += 1
    return {"rows": sum(days.values()), "users": len(users - {None}), "names": names, "days": days}


def ask(shell, folder, sql):
    answer = subprocess.run([shell, folder, "-c", sql, "--format", "csv"], check=True, capture_output=True, text=True)
    return [line.rsplit(",", 1) for line in answer.stdout.split("\n")[1:] if line]


if __name__ == "__main__":
    expected = count(sys.argv[1])
    if len(sys.argv) < 3:
        sys.exit(print(json.dumps(expected, indent=1)))
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[2], "ingest", folder + "/db", sys.argv[1]], check=True)
        totals = ask(sys.argv[2], folder + "/db", "SELECT count(*) AS a, count(DISTINCT user_id) AS b FROM events")[0]
        by_name = ask(sys.argv[2], folder + "/db", "SELECT event_name, count(*) AS n FROM events GROUP BY event_name")
        by_day = ask(sys.argv[2], folder + "/db", "SELECT CAST(timestamp AS DATE) AS d, count(*) AS n FROM events GROUP BY 1")
    assert [int(x) for x in totals] == [expected["rows"], expected["users"]], (totals, expected["rows"], expected["users"])
    assert {name: int(n) for name, n in by_name} == expected["names"], by_name
    assert {day: int(n) for day, n in by_day} == expected["days"], by_day
    print("equal:", sys.argv[1], totals)
