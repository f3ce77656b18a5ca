#!/usr/bin/env python3
"""Compares SQL of EventSQL with DuckDB: window functions, grouping sets, aggregates, dates, texts, numbers and joins.

usage: compare_duckdb.py EVENTSQL [SEED [QUERIES]]

Random tables with NULLs, NaN, extremes and ties; random queries of a grammar that means the same in both: what SPEC.md 2.9
lists is left out or written so that both agree. Each table also goes out as CSV and comes in as DuckDB wrote it. Prints its
seed; ends with 1 where answers differ, after all queries, and 0, saying so, where DuckDB is not installed.
"""

import datetime
import json
import math
import os
import random
import subprocess
import sys
import tempfile

try:
    import duckdb
except ImportError:
    print("skipped: SQL is compared with DuckDB, which this Python does not have")
    sys.exit(0)

BINARY = sys.argv[1]
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 32)
QUERIES = int(sys.argv[3]) if len(sys.argv) > 3 else 300
COLUMNS = [("k", "BIGINT"), ("g", "VARCHAR"), ("i", "BIGINT"), ("d", "DOUBLE"), ("b", "BOOLEAN"), ("ts", "TIMESTAMP"),
           ("s", "VARCHAR")]


def literal(value):
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        # DuckDB reads -0.0 as a decimal without a sign.
        return repr(value) if math.isfinite(value) and value else f"'{value}'::DOUBLE"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value)


def table(rng, name, count, has_odd):
    """Statements that make a table and fill it."""
    def some(make, nulls=0.15):
        return None if rng.random() < nulls else make()
    rows = []
    for key in range(count):
        number = lambda: rng.choice([rng.randrange(-4, 8), rng.randrange(-1000, 1000)])
        fraction = lambda: rng.choice([rng.randrange(-20, 20) / 4, rng.uniform(-1e3, 1e3), 0.0, float(number())])
        if has_odd:
            fraction = lambda: rng.choice([float("nan"), float("inf"), float("-inf"), -0.0, 1e300, 2.5, -1.25, 1e-300])
        day = lambda: (f"{rng.choice([1969, 1999, 2000, 2023, 2024])}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02} "
                       f"{rng.randrange(24):02}:{rng.randrange(60):02}:{rng.randrange(60):02}"
                       + rng.choice(["", ".5", ".123456"]))
        text = lambda: rng.choice(["", "a", "ab", "Abc", "b c", "ä€", " pad ", "100", "x,y", "It's", "aXbXc", "zZ%_"])
        rows.append([key, some(lambda: rng.choice("pqr")), some(number), some(fraction), some(lambda: rng.random() < .5),
                     some(day), some(text)])
    columns = ", ".join(f"{column} {kind}{' PRIMARY KEY' if column == 'k' else ''}" for column, kind in COLUMNS)
    values = ", ".join("(" + ", ".join(literal(value) for value in row) + ")" for row in rows)
    return [f"CREATE TABLE {name} ({columns})", f"INSERT INTO {name} VALUES {values}"]


class Writer:
    def __init__(self, rng):
        self.rng = rng

    def pick(self, *choices):
        return self.rng.choice(choices)

    def number(self, depth=2):
        if depth == 0 or self.rng.random() < .4:
            return self.pick("i", "k", "i", str(self.rng.randrange(-5, 9)))
        a, b = self.number(depth - 1), self.number(depth - 1)
        return self.pick(f"({a} + {b})", f"({a} - {b})", f"({a} * {b})", f"abs({a})", f"sign({a})", f"greatest({a}, {b})",
                         f"least({a}, {b})", f"coalesce({a}, {b})", f"nullif({a}, {b})", f"length(s)",
                         "ascii(s)", "position('b' IN s)", "strpos(s, 'X')", "instr(s, 'a')",
                         "TRY_CAST(s AS BIGINT)", f"mod({a}, 5)", f"({a} & 1)", "length(s || g)",
                         f"CASE WHEN {self.condition(0)} THEN {a} ELSE {b} END", f"({a} % 7)", f"CAST(b AS BIGINT)",
                         f"({a} & 12)", f"({a} | 3)")

    def fraction(self, depth=2):
        if depth == 0 or self.rng.random() < .4:
            return self.pick("d", "d", "i::DOUBLE", "0.5::DOUBLE", "2.5::DOUBLE")
        a, b = self.fraction(depth - 1), self.fraction(depth - 1)
        return self.pick(f"({a} + {b})", f"({a} - {b})", f"({a} * {b})", f"abs({a})", f"round({a}, 2)", f"round({a})",
                         f"floor({a})", f"ceil({a})", f"trunc({a})", f"sqrt(abs({a}))", f"ln(abs({a}) + 1)",
                         f"exp(sin({a}))", f"atan2({a}, {b})", f"power(abs({a}), 0.5)", f"cbrt({a})", f"degrees({a})",
                         f"({a} / (abs({b}) + 1))", f"log10(abs({a}) + 1)", f"coalesce({a}, {b})", f"greatest({a}, {b})",
                         f"least({a}, {b})", f"radians({a})", f"cos({a})")

    def text(self, depth=2):
        if depth == 0 or self.rng.random() < .3:
            return self.pick("s", "s", "g", "'Xy'", "''")
        a, b = self.text(depth - 1), self.text(depth - 1)
        n = self.rng.randrange(1, 5)
        return self.pick(f"upper({a})", f"lower({a})", f"({a} || {b})", f"concat({a}, {b})", f"concat_ws('-', {a}, {b})",
                         f"substring({a}, {n}, 2)", f"left({a}, {n})", f"right({a}, {n})", f"replace({a}, 'a', 'bb')",
                         f"trim({a})", f"ltrim({a})", f"rtrim({a})", f"lpad({a}, {n + 2}, '*')", f"rpad({a}, {n + 2}, 'ab')",
                         f"reverse({a})", f"repeat({a}, {n})", f"split_part({a}, 'X', {n})", 
                         f"coalesce({a}, {b})", f"left({a}, -{n})", f"right({a}, -{n})", f"trim({a}, ' a')",
                         f"regexp_replace({a}, '[a-c]+', '<>')", f"regexp_replace({a}, '([a-z])', '\\1\\1', 'g')",
                         f"regexp_extract({a}, '([a-z]+)', 1)", f"CAST({self.number(0)} AS VARCHAR)", f"chr(65 + {n})",
                         f"greatest({a}, {b})", f"substring({a}, {n})")

    def time(self):
        n = self.rng.randrange(-40, 40)
        unit = self.pick("day", "month", "hour", "year", "week", "minute", "quarter")
        return self.pick("ts", "ts", f"(ts + INTERVAL '{n} {self.pick('days', 'months', 'hours', 'years', 'minutes')}')",
                         f"date_trunc('{unit}', ts)", f"CAST(CAST(ts AS DATE) AS TIMESTAMP)",
                         f"(ts - INTERVAL '{abs(n)} days')")

    def time_value(self):
        t, u = self.time(), self.time()
        field = self.pick("year", "month", "day", "hour", "minute", "quarter", "week", "dow", "doy", "isodow",
                          "epoch", "century", "decade", "isoyear", "millennium")
        part = self.pick("day", "month", "year", "hour", "minute", "quarter", "second")
        return self.pick(f"extract({field} FROM {t})", f"date_part('{field}', {t})", f"date_diff('{part}', {t}, {u})",
                         f"date_trunc('{part}', {t})", f"dayname({t})", f"monthname({t})", f"last_day({t})",
                         f"CAST({t} AS DATE)", f"strftime({t}, '%Y-%m-%d %H:%M:%S')", f"epoch({t})", f"epoch_ms({t})",
                         f"CAST({t} AS VARCHAR)", f"({t} > {u})", f"{t}", f"year({t})", f"week({t})", f"epoch_us({t})",
                         f"time_bucket(INTERVAL '{self.pick('1 hour', '15 minutes', '2 days', '1 month')}', {t})",
                         f"strftime({t}, '%j %a %b %I %p')", f"(CAST({t} AS DATE) - CAST({u} AS DATE))",
                         f"(CAST({t} AS DATE) + 3)", f"make_date(year({t}), month({t}), 1)")

    def condition(self, depth=1):
        if depth and self.rng.random() < .35:
            a, b = self.condition(depth - 1), self.condition(depth - 1)
            return self.pick(f"({a} AND {b})", f"({a} OR {b})", f"(NOT {a})")
        compare = self.pick("=", "<>", "<", "<=", ">", ">=")
        n = min(depth, 1)
        return self.pick(f"{self.number(n)} {compare} {self.number(n)}", "b", f"{self.fraction(n)} {compare} {self.fraction(n)}",
                         f"{self.text(n)} {compare} {self.text(n)}", "s LIKE '%a%'", "s ILIKE 'A%'", "i IS NULL", "d IS NOT NULL",
                         "i BETWEEN -3 AND 5", "g IN ('p', 'q')", "i NOT IN (1, 2, 3)", "i IN (1, NULL, 3)", "ends_with(s, 'c')", "s NOT LIKE '%b'",
                         "s LIKE 'zZ!%!_' ESCAPE '!'", "(d > 0) IS TRUE", "(i > 2) IS NOT FALSE", "g IS NOT DISTINCT FROM 'p'", "b IS DISTINCT FROM true",
                         "starts_with(s, 'a')", "contains(s, 'b')", "isnan(d)", "s SIMILAR TO '[a-z]+'",
                         "regexp_matches(s, '^[A-Z]')")

    def value(self):
        return self.pick(self.number, self.fraction, self.text, self.time_value, self.condition)()

    def order(self, *last):
        keys = [f"{self.pick('i', 'd', 's', 'ts', 'g', 'b')} {self.pick('ASC', 'DESC')} NULLS {self.pick('FIRST', 'LAST')}"
                for _ in range(self.rng.randrange(0, 3))]
        return ", ".join(keys + list(last))

    def window(self):
        partition = self.pick("", "PARTITION BY g ", "PARTITION BY b, g ")
        order = self.order("k")
        kind = self.pick("rank", "shift", "frame", "value")
        if kind == "rank":
            ties = f"{self.pick('i', 'd', 's', 'g')} {self.pick('ASC', 'DESC')} NULLS {self.pick('FIRST', 'LAST')}"
            call = self.pick("rank()", "dense_rank()", "percent_rank()", "cume_dist()")
            return self.pick(f"{call} OVER ({partition}ORDER BY {ties})", f"row_number() OVER ({partition}ORDER BY {order})",
                             f"ntile({self.rng.randrange(1, 6)}) OVER ({partition}ORDER BY {order})")
        if kind == "shift":
            column, default = self.pick(("i", "-1"), ("d", "0.5"), ("s", "'none'"), ("i", "NULL"))
            return f"{self.pick('lag', 'lead')}({column}, {self.rng.randrange(0, 4)}, {default}) OVER ({partition}ORDER BY {order})"
        bound = lambda: self.pick("UNBOUNDED PRECEDING", f"{self.rng.randrange(0, 4)} PRECEDING", "CURRENT ROW",
                                  f"{self.rng.randrange(0, 4)} FOLLOWING", "UNBOUNDED FOLLOWING")
        rank = lambda text: (["UNBOUNDED PRECEDING", "PRECEDING", "CURRENT ROW", "FOLLOWING", "UNBOUNDED FOLLOWING"]
                             .index(text if text[0] in "UC" else text.split()[1]))
        start, end = bound(), bound()
        while rank(start) > rank(end) or start == "UNBOUNDED FOLLOWING" or end == "UNBOUNDED PRECEDING":
            start, end = bound(), bound()
        unit = self.pick("ROWS", "GROUPS", "RANGE")
        if unit == "RANGE":
            order = f"{self.pick('i', 'k')} {self.pick('ASC', 'DESC')} NULLS {self.pick('FIRST', 'LAST')}"
        frame = f"{unit} BETWEEN {start} AND {end}"
        if kind == "value" and unit == "ROWS":
            call = self.pick("first_value(s)", "last_value(i)", f"nth_value(s, {self.rng.randrange(1, 4)})", "first_value(d)",
                             "last_value(g)")
        else:
            call = self.pick("sum(i)", "avg(i)", "count(*)", "count(s)", "min(s)", "max(i)", "min(d)", "count(DISTINCT g)",
                             "bool_and(b)", "max(ts)", "sum(i) FILTER (WHERE b)")
        return f"{call} OVER ({partition}ORDER BY {order} {frame})"

    def aggregate(self):
        q = self.pick(0, 0.1, 0.25, 0.5, 0.75, 0.9, 1)
        a, b = self.number(1), self.fraction(1)
        call = self.pick("count(*)", "count(i)", "count(DISTINCT s)", f"sum({a})", f"avg({a})", f"min({a})", "max(s)", "min(ts)",
                         f"sum({b})", f"avg({b})", f"median({b})", f"quantile_cont({b}, {q})", f"quantile_disc({a}, {q})",
                         f"percentile_cont({q}) WITHIN GROUP (ORDER BY i)", f"percentile_disc({q}) WITHIN GROUP (ORDER BY s)",
                         f"stddev({a})", f"stddev_pop({a})", f"variance({a})", f"var_pop({a})", "CASE WHEN var_pop(i) > 0 AND var_pop(k) > 0 THEN corr(i, k) END", "covar_pop(i, k)",
                         "covar_samp(k, i)", "CASE WHEN regr_sxx(i, k) > 0 THEN regr_slope(i, k) END", "regr_intercept(i, k)", "regr_r2(i, k)", "regr_count(i, d)",
                         "regr_avgx(i, k)", "regr_avgy(i, k)", "regr_sxx(i, k)", "regr_syy(i, k)", "regr_sxy(i, k)",
                         "bit_and(i)", "bit_or(i)", "bit_xor(i)", "bool_and(b)", "bool_or(b)",
                         "string_agg(s, ',' ORDER BY k)", "first(s ORDER BY k)", "last(i ORDER BY k)", "arg_min(s, k)",
                         "arg_max(i, k)", "max_by(g, k)", "product(i % 3)", f"coalesce(count_if({self.condition()}), 0)", "sum(DISTINCT i)",
                         "avg(DISTINCT i)", "median(i)", "max(b)", "max(d)")
        plain = call.startswith(("count", "sum", "avg", "min", "max", "bool"))
        return f"{call} FILTER (WHERE {self.condition()})" if plain and self.rng.random() < .2 and "DISTINCT" not in call else call

    def grouped(self):
        keys = self.rng.sample(["g", "b", "i % 3", "extract(year FROM ts)", "s"], self.rng.randrange(1, 4))
        group = self.pick(", ".join(keys), f"ROLLUP ({', '.join(keys)})", f"CUBE ({', '.join(keys)})",
                          "GROUPING SETS (" + ", ".join(f"({key})" for key in keys) + ", ())", ", ".join(keys))
        items = keys + [self.aggregate() for _ in range(self.rng.randrange(1, 4))]
        if group != ", ".join(keys):
            items.append(f"grouping({', '.join(keys)})")
        if self.rng.random() < .2 and group == ", ".join(keys):
            items.append(f"sum(count(*)) OVER (ORDER BY {keys[0]} NULLS FIRST)")
        having = f" HAVING count(*) > {self.rng.randrange(0, 4)}" if self.rng.random() < .3 else ""
        return f"SELECT {self.items(items)} FROM {self.source()}{self.where()} GROUP BY {group}{having}"

    def source(self):
        return self.pick("t0", "t1", "t0", "(SELECT * FROM t0 UNION ALL SELECT k + 1000, g, i, d, b, ts, s FROM t1) u",
                         "(SELECT * FROM t1 ORDER BY k LIMIT 9) u")

    def where(self):
        return f" WHERE {self.condition()}" if self.rng.random() < .4 else ""

    def items(self, items):
        return ", ".join(f"{item} AS c{index}" for index, item in enumerate(items))

    def joined(self):
        kind = self.pick("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "LEFT JOIN", "SEMI JOIN", "ANTI JOIN")
        on = self.pick("x.i = y.i", "x.g = y.g AND x.i = y.i", "x.s = y.s", "x.k = y.k AND x.g <> y.g", "x.d = y.d",
                       "x.g = y.g AND x.i < y.i", "x.ts = y.ts", "x.i = y.k")
        columns = ["x.k", "x.s", "x.d"] + ([] if kind in ("SEMI JOIN", "ANTI JOIN") else ["y.k", "y.i", "y.s"])
        if self.rng.random() < .3 and kind not in ("SEMI JOIN", "ANTI JOIN"):
            return f"SELECT {self.items(['count(*)', 'sum(x.k)', 'sum(y.k)', 'count(y.i)'])} FROM t0 x {kind} t1 y ON {on}"
        return f"SELECT {self.items(columns)} FROM t0 x {kind} t1 y ON {on}"

    def subquery(self):
        return self.pick(
            f"SELECT k AS c0 FROM t0 WHERE i {self.pick('IN', 'NOT IN')} (SELECT i FROM t1{self.where()})",
            f"SELECT k AS c0 FROM t0 x WHERE {self.pick('', 'NOT ')}EXISTS (SELECT 1 FROM t1 y WHERE y.i = x.i AND y.k > x.k)",
            "SELECT k AS c0, (SELECT max(y.i) FROM t1 y WHERE y.g = t0.g) AS c1 FROM t0",
            "SELECT k AS c0, (SELECT count(*) FROM t1 y WHERE y.g = t0.g AND y.i = t0.i) AS c1 FROM t0",
            f"WITH a AS (SELECT g, sum(i) AS n FROM t0 GROUP BY g) SELECT x.g AS c0, x.n AS c1, y.n AS c2 FROM a x JOIN a y ON x.n {self.pick('<', '>=')} y.n",
            "SELECT g AS c0, i AS c1 FROM t0 x JOIN t1 y USING (g, i)", "SELECT x.k AS c0, y.k AS c1 FROM t0 x CROSS JOIN t1 y WHERE x.i < y.i",
            "SELECT k AS c0 FROM t0 WHERE i > (SELECT avg(i) FROM t1)",
            f"SELECT k AS c0 FROM t0 WHERE {self.pick('', 'NOT ')}({self.quantified('')})", f"SELECT k AS c0, {self.quantified('')} AS c1 FROM t0",
            f"SELECT k AS c0, {self.quantified('y.g = t0.g')} AS c1 FROM t0", f"SELECT k AS c0 FROM t0 WHERE {self.quantified('y.g = t0.g')}",
            "SELECT k AS c0, unnest(string_split(s, 'X')) AS c1 FROM t0", "SELECT k AS c0, n AS c1 FROM t0, generate_series(1, k % 4) AS g(n) WHERE k > 2",
            "SELECT x AS c0, count(*) AS c1 FROM t0, unnest(string_split(s, ' ')) AS u(x) GROUP BY x", "SELECT k AS c0, x AS c1 FROM t0 LEFT JOIN unnest(string_split(s, 'b')) AS u(x) ON TRUE",
            f"SELECT k AS c0, t AS c1 FROM t0, generate_series(ts, ts + INTERVAL '{self.rng.randrange(0, 9)} days', INTERVAL '{self.pick('1 day', '36 hours')}') AS g(t) WHERE ts IS NOT NULL",
            f"SELECT k AS c0, unnest([{self.number(1)}, {self.number(1)}]) AS c1, unnest(range({self.rng.randrange(4)})) AS c2 FROM t1",
            f"SELECT * EXCLUDE ({self.pick('s', 'b, ts')}) REPLACE (i + k AS i) RENAME (g AS h) FROM t0", "SELECT max(COLUMNS('^[ik]$')) FROM t0", "SELECT count(COLUMNS(* EXCLUDE (k))) FROM t1",
            "SELECT g AS c0, count(*) AS c1 FROM (SELECT g, k FROM t0 UNION SELECT g, k FROM t1) u GROUP BY ALL",
            f"SELECT g AS c0, i AS c1 FROM t0 {self.pick('UNION', 'EXCEPT', 'INTERSECT', 'EXCEPT ALL', 'INTERSECT ALL')} SELECT g, i FROM t1",
            f"SELECT DISTINCT {self.items([self.value(), self.pick('g', 'b')])} FROM t0",
            f"SELECT k AS c0 FROM t0 QUALIFY row_number() OVER (PARTITION BY g ORDER BY {self.order('k')}) <= 2",
            f"SELECT DISTINCT ON (g) g AS c0, k AS c1 FROM t0 ORDER BY g NULLS FIRST, {self.order('k')}",
            f"SELECT {self.items(['k', self.value()])} FROM t0 ORDER BY {self.order('k')} LIMIT 7 OFFSET 2")

    def quantified(self, tie):
        column = self.pick("i", "i", "d", "s", "ts")
        where = " AND ".join(part for part in [tie, self.pick("", "y.k < 5", "y.i IS NOT NULL", "false")] if part)
        compare = self.pick("=", "<>", "<", "<=", ">", ">=")
        return f"t0.{column} {compare} {self.pick('ANY', 'ALL')} (SELECT y.{column} FROM t1 y{' WHERE ' + where if where else ''})"

    def query(self):
        roll = self.rng.random()
        if roll < .3:
            return f"SELECT {self.items(['k'] + [self.value() for _ in range(3)])} FROM t0{self.where()}"
        if roll < .5:
            return f"SELECT {self.items(['k'] + [self.window() for _ in range(2)])} FROM {self.source()}"
        if roll < .75:
            return self.grouped()
        return self.joined() if roll < .87 else self.subquery()


def canonical(value):
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime.datetime):
        return instant(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, (int, float)) or hasattr(value, "is_finite"):
        number = float(value)
        if math.isnan(number):
            return "NaN"
        if math.isinf(number):
            return "Infinity" if number > 0 else "-Infinity"
        return int(number) if number == int(number) and abs(number) < 1e15 else number
    return str(value)


def instant(value):
    text = value.strftime("%Y-%m-%d %H:%M:%S")
    return text + (f".{value.microsecond:06}".rstrip("0") if value.microsecond else "")


def ours_canonical(value):
    """Fractions of a second without trailing zeros, as `instant` writes them."""
    if isinstance(value, str) and len(value) > 19 and value[4:5] == "-" and value[19:20] == ".":
        return value[:19] + value[19:].rstrip("0").rstrip(".")
    return canonical(value)


def ordered(rows):
    """Rows sorted so that numbers which differ in their last digits stand at the same place."""
    def key(value):
        return f"{value:.5g}" if isinstance(value, (int, float)) else str(value)
    return sorted(rows, key=lambda row: [key(value) for value in row])


def agree(a, b):
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return a == b or math.isclose(a, b, rel_tol=1e-8, abs_tol=1e-9)
    return a == b


def difference(ours, theirs):
    """The first pair of rows that differ; None where all agree."""
    if len(ours) != len(theirs):
        return f"{len(ours)} rows", f"{len(theirs)} rows"
    for left, right in zip(ordered(ours), ordered(theirs)):
        if not all(agree(a, b) for a, b in zip(left, right)):
            return left, right
    return None


def run_ours(folder, statements):
    """Answers of each statement: rows, or the error's text."""
    answers, index = [], 0
    while index < len(statements):
        script = "".join(f"SELECT '#{number}' AS mark;\n{statements[number]};\n" for number in range(index, len(statements)))
        path = os.path.join(folder, "script.sql")
        with open(path, "w") as file:
            file.write(script)
        done = subprocess.run([BINARY, os.path.join(folder, "db"), "--format", "jsonl", "-f", path], capture_output=True,
                              text=True, check=False)
        current = None
        for line in done.stdout.split("\n"):
            if not line:
                continue
            row = json.loads(line)
            if list(row) == ["mark"]:
                current = []
                answers.append(current)
            elif current is not None:
                current.append([ours_canonical(value) for value in row.values()])
        if done.returncode == 0:
            break
        if not answers:
            sys.exit(done.stderr)
        answers[-1] = done.stderr.strip()
        index = len(answers)
    return answers


def compare_files(folder, peer):
    """What COPY writes here DuckDB reads, and the other way round; how many tables came back changed."""
    ours, theirs = os.path.join(folder, "ours.csv"), os.path.join(folder, "theirs.csv")
    peer.execute(f"COPY t0 TO '{theirs}' (FORMAT csv, HEADER)")
    columns = ", ".join(f"{column} {kind}" for column, kind in COLUMNS)
    answers = run_ours(folder, [f"COPY t0 TO '{ours}'", f"CREATE TABLE back ({columns})", f"COPY back FROM '{theirs}'",
                                "SELECT * FROM back"])
    fields = ", ".join(f"'{column}': '{kind}'" for column, kind in COLUMNS)
    read = f"read_csv('{ours}', header = true, allow_quoted_nulls = false, columns = {{{fields}}})"
    wanted = [[canonical(value) for value in row] for row in peer.execute("SELECT * FROM t0").fetchall()]
    found = [[canonical(value) for value in row] for row in peer.execute(f"SELECT * FROM {read}").fetchall()]
    bad = 0
    for name, rows in [("written by EventSQL", found), ("read by EventSQL", answers[-1])]:
        pair = rows if isinstance(rows, str) else difference(rows, wanted)
        if pair:
            bad += 1
            print(f"\nCSV {name}: {pair}")
    return bad


def main():
    print(f"duckdb {duckdb.__version__}, seed {SEED}")
    seeds = random.Random(SEED)
    bad = errors = count = 0
    while count < QUERIES:
        rng = random.Random(seeds.randrange(1 << 48))
        statements = table(rng, "t0", rng.randrange(1, 40), rng.random() < .2) + table(rng, "t1", rng.randrange(1, 25), False)
        peer = duckdb.connect()
        peer.execute("SET integer_division = true; SET TimeZone = 'UTC'")
        for statement in statements:
            peer.execute(statement)
        queries = [Writer(rng).query() for _ in range(100)]
        with tempfile.TemporaryDirectory() as folder:
            setup = ";\n".join(statements) + ";\n"
            path = os.path.join(folder, "setup.sql")
            with open(path, "w") as file:
                file.write(setup)
            subprocess.run([BINARY, "demo", os.path.join(folder, "db")], capture_output=True, check=False)
            made = subprocess.run([BINARY, os.path.join(folder, "db"), "-f", path], capture_output=True, text=True, check=False)
            if made.returncode:
                sys.exit(f"the tables cannot be made: {made.stderr}")
            answers = run_ours(folder, queries)
            bad += compare_files(folder, peer)
        for query, ours in zip(queries, answers):
            count += 1
            try:
                theirs = [[canonical(value) for value in row] for row in peer.execute(query).fetchall()]
            except duckdb.Error as error:
                theirs = f"error: {str(error).splitlines()[0]}"
            if isinstance(ours, str) and isinstance(theirs, str):
                errors += 1
                continue
            if isinstance(ours, str) or isinstance(theirs, str):
                pair = ours if isinstance(ours, str) else f"{len(ours)} rows", \
                    theirs if isinstance(theirs, str) else f"{len(theirs)} rows"
            else:
                pair = difference(ours, theirs)
            if pair:
                bad += 1
                print(f"\n{query}\n  eventsql: {pair[0]}\n  duckdb:   {pair[1]}")
    print(f"\n{count} queries, {bad} differ, {errors} refused by both")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
