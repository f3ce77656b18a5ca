"""The gate: counts that a noisy machine cannot change, against committed thresholds.

    gate.py             fails with a table when a count exceeds its threshold by more than the tolerance
    gate.py --measure   prints the counts as a thresholds file

A small data set is loaded and every question asked, each in a process of its own under callgrind with one thread and
Swift's hashing made repeatable. Counted are instructions and calls of the allocator, less those of merely opening the
database, columns of granules decoded and their encoded bytes, and bytes on disk. A threshold is raised by hand, with its reason, in Thresholds/gate.json.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

import callgrind
import questions
import systems
import workload

EVENTS, USERS = 50_000, 1_000
# What a question decoded: columns of granules, and their encoded bytes.
READS = {"granules": "decoded", "bytes": "read"}
THRESHOLDS = os.path.join(systems.ROOT, "Thresholds", "gate.json")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("--tolerance", type=float, help="percent, where another processor takes other ways through the C library")
    parser.add_argument("only", nargs="*", help="parts of question names")
    options = parser.parse_args()
    if not options.measure and not has_vectors():
        # Kernels and the C library take other ways there, so the counts are not those of the thresholds.
        print("skipped: the thresholds were taken on a machine with AVX2, which this one has not")
        return
    with tempfile.TemporaryDirectory(prefix="eventsql-gate-") as folder:
        counts, refusals = measure(folder, options.only)
    if options.measure:
        print(json.dumps({"reason": "", "tolerance_percent": 1, "counts": counts}, indent=2))
        sys.exit(1 if refusals else 0)
    with open(THRESHOLDS) as file:
        committed = json.load(file)
    if options.tolerance is not None:
        committed["tolerance_percent"] = options.tolerance
    sys.exit(1 if judge(counts, committed, bool(options.only)) else 0)


def has_vectors():
    with open("/proc/cpuinfo") as file:
        return " avx2 " in file.read()


def measure(folder, only):
    database = os.path.join(folder, "database")
    events = workload.event_file(folder, EVENTS, USERS, "csv")
    counts, refusals = {}, 0
    counts["ingest"] = count(folder, ["ingest", database, events, "csv"])
    counts["ingest"]["disk_bytes"] = sum(
        os.path.getsize(os.path.join(path, name)) for path, _, names in os.walk(database) for name in names
    )
    opening = count(folder, ["once", database])
    counts["open"] = opening
    for question in questions.all_questions(only):
        statements = question.of("eventsql")[0][1]
        try:
            for statement in statements[:-1]:
                subprocess.run([callgrind.RUNNER, "once", database, statement], check=True, capture_output=True)
            whole = count(folder, ["once", database, statements[-1]])
            counts[question.name] = {key: max(0, whole[key] - opening.get(key, 0)) for key in whole}
        except RuntimeError as refusal:
            refusals += 1
            print(f"{question.name}: {refusal}", file=sys.stderr)
    return counts, refusals


def count(folder, arguments):
    output, words = callgrind.run(folder, arguments)
    counts = {"instructions": callgrind.instructions(output), "allocations": callgrind.allocations(output)}
    # A question says what it decoded: "rows 3 granules 8 bytes 1234".
    said = dict(zip(words.split()[::2], words.split()[1::2])) if words.startswith("rows ") else {}
    counts.update({f"{kind}_{what}": int(said[kind]) for kind, what in READS.items() if kind in said})
    return counts


def judge(counts, committed, partial):
    factor = 1 + committed["tolerance_percent"] / 100
    failed = False
    print(f"{'count':44s} {'now':>16s} {'threshold':>16s}")
    for name, wanted in committed["counts"].items():
        if name not in counts:
            if not partial:
                print(f"{name:44s} {'missing':>16s}  FAIL")
                failed = True
            continue
        for kind, limit in wanted.items():
            now = counts[name][kind]
            over = now > limit * factor
            failed |= over
            under = now * 1.2 < limit
            verdict = "FAIL" if over else "lower it" if under else "ok"
            print(f"{name + ' ' + kind:44s} {now:16,d} {limit:16,d} {100 * (now - limit) / max(1, limit):+7.1f} %  {verdict}")
    for name in sorted(counts):
        for kind in sorted(counts[name].keys() - committed["counts"].get(name, {}).keys()):
            print(f"{name + ' ' + kind:44s} has no threshold: take it from gate.py --measure  FAIL")
            failed = True
    print("the gate holds" if not failed else "the gate fails: mend it, or raise the threshold by hand with the reason")
    return failed


if __name__ == "__main__":
    main()
