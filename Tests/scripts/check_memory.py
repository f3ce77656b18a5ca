#!/usr/bin/env python3
"""Resident memory stays within 15 % of memory_limit: each operator runs over rows that take several times the limit, in a process
of its own, whose peak (less what the program takes for nothing) is compared with the limit.

Usage: check_memory.py PROGRAM [LIMIT_MB] [ROWS]
"""

import os
import shutil
import subprocess
import sys
import tempfile

PROGRAM = sys.argv[1]
LIMIT_MB = int(sys.argv[2]) if len(sys.argv) > 2 else 64
ROWS = int(sys.argv[3]) if len(sys.argv) > 3 else 1_000_000
ROWS_TEXT = f"""(SELECT a.x * 1000 + b.y AS n, (a.x * 1000 + b.y) * 2654435761 % 1000003 AS k,
  'person number ' || ((a.x * 1000 + b.y) * 40503 % {ROWS}) AS s
  FROM generate_series(0, {ROWS // 1000 - 1}) a(x), generate_series(0, 999) b(y)) t"""
# Sums over the rows of the operator, so that the result takes no memory of its own.
QUERIES = {
    "sort": f"SELECT count(*), min(n) FROM (SELECT n, s FROM {ROWS_TEXT} ORDER BY s, k OFFSET 1)",
    "group by": f"SELECT count(*), sum(c), max(m) FROM (SELECT s, count(*) AS c, max(k) AS m FROM {ROWS_TEXT} GROUP BY s)",
    "distinct": f"SELECT count(*) FROM (SELECT DISTINCT s, k FROM {ROWS_TEXT})",
    "join": f"SELECT count(*), max(a.n) FROM {ROWS_TEXT.replace(') t', ') a')} JOIN {ROWS_TEXT.replace(') t', ') b')} ON a.n = b.n",
    "window": f"SELECT count(*), sum(r) FROM (SELECT row_number() OVER (PARTITION BY k ORDER BY n) AS r FROM {ROWS_TEXT})",
    "distinct on": f"SELECT count(*), max(k) FROM (SELECT DISTINCT ON (s) s, k FROM {ROWS_TEXT})",
    "not in": f"SELECT count(*) FROM {ROWS_TEXT} WHERE s NOT IN (SELECT s || '!' FROM {ROWS_TEXT})",
    "except": f"SELECT count(*) FROM (SELECT s FROM {ROWS_TEXT} EXCEPT SELECT s || '!' FROM {ROWS_TEXT})",
}


def run(database, sql):
    """The answer's last line, and the peak of resident memory in bytes."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [PROGRAM, database, "--format", "csv", "-c", sql], stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode()
    if process.returncode != 0:
        sys.exit(f"failed: {sql}\n{text}")
    return text.strip().splitlines()[-1], usage.ru_maxrss * 1024


def main():
    folder = tempfile.mkdtemp()
    try:
        database = os.path.join(folder, "db")
        subprocess.run([PROGRAM, database], input=b"SELECT 1;", stdout=subprocess.DEVNULL, check=True)
        base = run(database, "SELECT 1")[1]
        limit = LIMIT_MB * 1_000_000
        failures = 0
        only = os.environ.get("ONLY")
        for name, sql in QUERIES.items():
            if only and only != name:
                continue
            answer, peak = run(database, f"SET memory_limit = '{LIMIT_MB}MB'; SET threads = 2; {sql}")
            share = (peak - base) / limit
            verdict = "ok" if share <= 1.15 else "TOO MUCH"
            failures += share > 1.15
            print(f"{name:12} {(peak - base) / 1e6:7.1f} MB of {LIMIT_MB} MB: {verdict} ({answer})", flush=True)
        if failures:
            sys.exit(f"{failures} operators took more than memory_limit and 15 %")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
