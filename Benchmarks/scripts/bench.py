"""Measures EventSQL, alone or beside DuckDB and ClickHouse on the same data, and checks that the answers agree.

    bench.py                                 ours alone: cold and warm, size, memory, ingest
    bench.py --peers --results RESULTS.md    beside the peers; writes the table

Systems run in processes of their own and take turns question by question, so that a noisy moment of the machine meets all.
"""
import argparse
import datetime
import json
import math
import os
import platform
import shutil
import statistics
import sys

import questions
import systems
import workload

TITLES = {"eventsql": "EventSQL", "duckdb": "DuckDB", "clickhouse": "ClickHouse"}
# What each system is asked to do with the same JSON lines. The peers look for no duplicates.
INGEST_VARIANTS = {
    "eventsql": [("", {}), (" (duplicates kept)", {"keeps_duplicates": True})],
    "duckdb": [("", {})],
    "clickhouse": [(" (typed tuples)", {}), (" (JSON columns)", {"untyped": True})],
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--users", type=int)
    parser.add_argument("--ingest-events", type=int, default=2_000_000, help="JSON lines for the ingest table; 0: none")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--no-ours", action="store_true", help="peers alone, to try their SQL")
    parser.add_argument("--cold", action="store_true", help="measure ours from the disk, too")
    parser.add_argument("--reload", action="store_true", help="load our data again even if it is there")
    parser.add_argument("--data", default=os.path.join(systems.ROOT, ".data"))
    parser.add_argument("--results")
    parser.add_argument("only", nargs="*", help="parts of question names")
    options = parser.parse_args()
    options.users = options.users or max(1, options.events // 50)
    names = [] if options.no_ours else ["eventsql"]
    names += ["duckdb", "clickhouse"] if options.peers else []

    load_before = os.getloadavg()[0]
    loads = {name: load(name, options) for name in names}
    ingests = ingest_table(names, options) if options.ingest_events else []
    answers = ask_all(names, options)
    report = "\n".join(
        [heading(names, options, load_before), query_table(names, answers, options), load_table(names, loads, answers)]
        + [ingest_text(ingests, options)] * bool(ingests)
    )
    print(report)
    if options.results:
        with open(options.results, "w") as file:
            file.write(report)
    wrong = [name for name, row in answers["questions"].items() if row["problem"]]
    sys.exit(f"answers that are missing or do not agree: {', '.join(wrong)}" if wrong else 0)


def directory_of(name, options):
    return os.path.join(options.data, f"{name}-{options.events}-{options.users}")


def load(name, options):
    """Loads the events into a system once; later runs find the database and the figures of its loading."""
    directory = directory_of(name, options)
    marker = directory + ".json"
    if os.path.exists(marker) and not (options.reload and name == "eventsql"):
        with open(marker) as file:
            return json.load(file)
    shutil.rmtree(directory, ignore_errors=True)
    path = workload.event_file(options.data, options.events, options.users, "csv")
    figures = load_file(name, directory, path, "csv", options)
    with open(marker, "w") as file:
        json.dump(figures, file)
    return figures


def load_file(name, directory, path, file_format, options, untyped=False, keeps_duplicates=False):
    with systems.start(name, directory, options.threads, keeps_duplicates) as system:
        figures = system.load(path, file_format, untyped)
        figures["version"] = system.version()
        figures.update(system.memory())
    return figures


def ingest_table(names, options):
    """The same JSON lines into an empty database of each system, synced to the disk at the end."""
    path = workload.event_file(options.data, options.ingest_events, max(1, options.ingest_events // 50), "jsonl")
    rows = []
    for name in names:
        for words, variant in INGEST_VARIANTS[name]:
            directory = os.path.join(options.data, f"ingest-{name}")
            shutil.rmtree(directory, ignore_errors=True)
            title = TITLES[name] + words
            try:
                rows.append((title, load_file(name, directory, path, "jsonl", options, **variant)))
            except systems.Refusal as refusal:
                print(f"{title} refused the JSON lines: {refusal}", file=sys.stderr)
            shutil.rmtree(directory, ignore_errors=True)
    return rows


def ask_all(names, options):
    running = {name: systems.start(name, directory_of(name, options), options.threads) for name in names}
    result = {"questions": {}, "memory": {}}
    for question in questions.all_questions(options.only):
        row = {"problem": None, "times": {}, "variants": {}, "cold": None}
        reference = None
        for name in names:
            try:
                answer, variant = best_variant(running[name], question, name)
            except systems.Refusal as refusal:
                row["problem"] = f"{TITLES[name]}: {refusal}"
                print(f"{question.name}: {TITLES[name]} refused: {refusal}", file=sys.stderr)
                if running[name].process.poll() is not None:
                    running[name] = systems.start(name, directory_of(name, options), options.threads)
                continue
            problem = question.wrong_shape(answer["rows"])
            if reference is not None:
                problem = problem or question.difference(reference, answer["rows"])
            reference = reference if reference is not None else answer["rows"]
            if problem:
                row["problem"] = f"{TITLES[name]}: {problem}"
                print(f"{question.name}: {TITLES[name]}: {problem}", file=sys.stderr)
            row["variants"][name] = variant
        for name, (_, statements) in row["variants"].items():
            row["times"][name] = statistics.median(running[name].query(statements, options.runs)["times_ms"])
        if options.cold and "eventsql" in row["variants"]:
            row["cold"] = cold_time(question, row["variants"]["eventsql"][1], options)
        result["questions"][question.name] = row
    for name, system in running.items():
        result["memory"][name] = system.memory()
        system.__exit__()
    return result


def best_variant(system, question, name):
    """Each variant once to warm it and twice more; the quickest goes into the measurement."""
    best = None
    for variant, statements in question.of(name):
        answer = system.query(statements, 3)
        time = min(answer["times_ms"])
        if best is None or time < best[0]:
            best = (time, answer, (variant, statements))
    if best is None:
        raise systems.Refusal("no statement for this system")
    return best[1], best[2]


def cold_time(question, statements, options):
    """A new process, the files out of the page cache, the first run."""
    directory = directory_of("eventsql", options)
    systems.evict(directory)
    with systems.start("eventsql", directory, options.threads) as system:
        return system.query(statements, 1)["times_ms"][0]


def heading(names, options, load_before):
    with open("/proc/cpuinfo") as file:
        models = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    return "\n".join([
        "# Results",
        "",
        f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC, {models[0] if models else platform.machine()},"
        f" {os.cpu_count()} CPUs, load average {load_before:.1f} before and {os.getloadavg()[0]:.1f} after the run"
        f"{' (other work was running: read the ratios, not the times)' if load_before > 0.5 else ''}.",
        f"{options.events:,} events of {options.users:,} users over 90 days, seed 42; {options.threads} threads;"
        f" median of {options.runs} warm runs; the systems took turns question by question.",
        "Made by `make bench-peers`; the questions and every system's SQL are in `queries/`.",
        "",
    ])


def query_table(names, answers, options):
    peers = [name for name in names if name != "eventsql"]
    columns = ["question"] + [f"{TITLES[name]} ms" for name in names] + ["cold ms"] * options.cold
    columns += [f"{TITLES[name]} / ours" for name in peers if "eventsql" in names] + ["same answer"]
    lines = ["| " + " | ".join(columns) + " |", "|---|" + "---:|" * (len(columns) - 2) + "---|"]
    ratios = {name: [] for name in peers}
    notes = []
    for question, row in answers["questions"].items():
        cells = [question]
        for name in names:
            time = row["times"].get(name)
            variant = row["variants"].get(name, ("",))[0]
            cells.append(f"{time:.1f}{f' ({variant})' if variant else ''}" if time is not None else "-")
        if options.cold:
            cells.append(f"{row['cold']:.1f}" if row["cold"] is not None else "-")
        ours = row["times"].get("eventsql")
        for name in peers if "eventsql" in names else []:
            ratio = row["times"][name] / ours if ours and name in row["times"] else None
            cells.append(f"{ratio:.2f}x" if ratio else "-")
            if ratio:
                ratios[name].append(ratio)
        cells.append("no" if row["problem"] else "yes" if len(row["times"]) > 1 else "(alone)")
        if row["problem"]:
            notes.append(f"- {question}: {row['problem'][:400]}")
        lines.append("| " + " | ".join(cells) + " |")
    means = [f"{TITLES[n]} / ours {math.exp(statistics.mean(map(math.log, r))):.2f}x" for n, r in ratios.items() if r]
    if means:
        lines += ["", "Geometric mean of the questions that both answered: " + ", ".join(means) + "."]
    return "\n".join(lines + ["", *notes, ""])


def load_table(names, loads, answers):
    lines = [
        "## Size and loading (CSV of the columns that the questions need)", "",
        "| system | version | rows/s with sync | bytes/event | peak MB loading | peak MB of all queries |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for name in names:
        figures = loads[name]
        lines.append(
            f"| {TITLES[name]} | {figures['version']} | {figures['rows'] / figures['seconds']:,.0f}"
            f" | {figures['bytes'] / figures['rows']:.2f} | {figures['peak_bytes'] / 1e6:,.0f}"
            f" | {answers['memory'][name]['peak_bytes'] / 1e6:,.0f} |"
        )
    return "\n".join(lines + ["", "Peak memory is the resident set and counts mapped file pages.", ""])


def ingest_text(rows, options):
    lines = [
        f"## Ingest of {options.ingest_events:,} standard events as JSON lines, with event and session ids", "",
        "| system | rows/s with sync | bytes/event | peak MB |", "|---|---:|---:|---:|",
    ]
    for title, figures in rows:
        lines.append(
            f"| {title} | {figures['rows'] / figures['seconds']:,.0f} | {figures['bytes'] / figures['rows']:.2f}"
            f" | {figures['peak_bytes'] / 1e6:,.0f} |"
        )
    return "\n".join(lines + duplicate_cost(rows) + [""])


def duplicate_cost(rows):
    """What looking every event id up costs, as a share of the time."""
    seconds = {title: figures["seconds"] for title, figures in rows}
    kept = seconds.get(f"{TITLES['eventsql']} (duplicates kept)")
    if TITLES["eventsql"] not in seconds or not kept:
        return []
    share = seconds[TITLES["eventsql"]] / kept - 1
    return ["", "EventSQL counts an event id that its month has already and does not store the row again; the peers store"
            f" every row. Looking for such ids changed the time of loading by {share:+.0%}."]


if __name__ == "__main__":
    main()
