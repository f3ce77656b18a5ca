"""What every peer's driver shares: one request a line on standard input, one JSON answer a line on standard output."""
import datetime
import json
import os
import resource
import sys
import time


def plain(value):
    """A value as JSON can hold it: times as ISO text in milliseconds, dates as YYYY-MM-DD, the rest as it is."""
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.") + f"{value.microsecond // 1000:03d}"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if value is None or isinstance(value, (int, float, str, bool)):
        return value
    return float(value) if hasattr(value, "as_integer_ratio") else str(value)


def sync(path):
    """Every file of a directory to the disk: a load counts until its rows would survive a power cut."""
    for folder, _, files in os.walk(path):
        for name in files:
            handle = os.open(os.path.join(folder, name), os.O_RDONLY)
            os.fsync(handle)
            os.close(handle)


def serve(system):
    """Answers until standard input ends. `system` has version(), load(request), run(sql) -> (columns, rows)."""
    # Libraries print to standard output as they like; the answers go through a descriptor of their own.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = respond(system, request)
        except Exception as error:  # a peer's refusal is a result, too
            answer = {"error": f"{type(error).__name__}: {error}"[:2000]}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def respond(system, request):
    if request["do"] == "version":
        return {"version": system.version()}
    if request["do"] == "load":
        start = time.perf_counter()
        rows, size = system.load(request)
        sync(system.directory)
        return {"seconds": time.perf_counter() - start, "rows": rows, "bytes": size}
    if request["do"] == "query":
        times = []
        for _ in range(request["runs"]):
            start = time.perf_counter()
            columns, rows = system.run(request["sql"])
            times.append((time.perf_counter() - start) * 1000)
            if sum(times) > request.get("budget_ms", 60_000):
                break
        return {"times_ms": times, "columns": columns, "rows": [[plain(v) for v in row] for row in rows]}
    if request["do"] == "memory":
        return {"peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}
    raise ValueError(f"unknown request {request['do']}")
