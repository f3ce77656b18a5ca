"""Where a question's time goes: profile_question.py QUESTION [--events N] [--callgrind]

By default perf samples the release build while the question runs for some seconds, and the functions come out by share,
with their callers. With --callgrind instructions are counted instead, on a small data set: slower, and exact.
"""
import argparse
import os
import subprocess
import sys
import tempfile

import bench
import callgrind
import questions
import systems
import workload


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("question")
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--users", type=int)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--callgrind", action="store_true")
    parser.add_argument("--data", default=os.path.join(systems.ROOT, ".data"))
    options = parser.parse_args()
    options.reload = False
    if options.callgrind:
        options.events = min(options.events, 50_000)
    options.users = options.users or max(1, options.events // 50)
    if options.question == "ingest":
        command = profile_ingest(options)
    else:
        command = profile_question(options)
    sys.exit(command)


def profile_question(options):
    found = questions.all_questions([options.question])
    if not found:
        return f"no question is called like {options.question}"
    statements = found[0].of("eventsql")[0][1]
    bench.load("eventsql", options)
    directory = bench.directory_of("eventsql", options)
    if options.callgrind:
        return count_instructions(["once", directory, statements[-1]])
    with systems.EventSQL(directory, options.threads) as system:
        once = system.query(statements, 2)["times_ms"][-1]
        runs = max(3, int(options.seconds * 1000 / max(once, 0.01)))
        print(f"{found[0].name}: {once:.2f} ms; sampling {runs} runs")
        with tempfile.TemporaryDirectory() as folder:
            samples = os.path.join(folder, "perf.data")
            recorder = subprocess.Popen(
                ["perf", "record", "-q", "-e", "cpu-clock", "-F", "1999", "-g", "-o", samples, "-p", str(system.process.pid)])
            system.query(statements, runs)
            recorder.terminate()
            recorder.wait()
            return report(samples)


def profile_ingest(options):
    path = workload.event_file(options.data, options.events, options.users, "jsonl")
    with tempfile.TemporaryDirectory(dir=options.data) as folder:
        arguments = ["ingest", os.path.join(folder, "database"), path, "jsonl"]
        if options.callgrind:
            return count_instructions(arguments)
        samples = os.path.join(folder, "perf.data")
        subprocess.run(["perf", "record", "-q", "-e", "cpu-clock", "-F", "999", "-g", "-o", samples, callgrind.RUNNER] + arguments, check=True)
        return report(samples)


def report(samples):
    for extra in [["--no-children", "-g", "none"], ["--children", "-g", "none"]]:
        print("\nself time" if extra[0] == "--no-children" else "\ntime with what it calls")
        command = ["perf", "report", "--stdio", "-q", "--percent-limit", "1", "--no-demangle", "-i", samples] + extra
        text = subprocess.run(command, capture_output=True, text=True).stdout
        demangled = subprocess.run(["swift", "demangle", "--simplified"], input=text, capture_output=True, text=True).stdout
        lines = [line.rstrip()[:230] for line in demangled.splitlines() if line.strip() and not line.startswith("#")]
        print("\n".join(lines[:45]))
    return 0


def count_instructions(arguments):
    with tempfile.TemporaryDirectory() as folder:
        print(callgrind.annotate(callgrind.run(folder, arguments)[0]))
    return 0


if __name__ == "__main__":
    main()
