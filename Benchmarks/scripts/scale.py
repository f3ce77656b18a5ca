"""Time and memory against size: scale.py [--sizes 1,5,20,100] in millions of events, fifty events a user.

Writes SCALE.md and SCALE.svg. Each question runs in a process of its own: once to warm it, `--runs` times for the median,
then once more while another process reads how much of its memory is no mapped file (RssAnon), of which the highest counts.
Needs nothing but EventSQL. Text files are made for loading and removed again; databases stay in the data folder.
"""
import argparse
import datetime
import math
import os
import platform
import statistics
import threading

import bench
import questions
import systems

COLOURS = ["#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1,5,20,100")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--data", default=os.path.join(systems.ROOT, ".data"))
    parser.add_argument("--out", default=systems.ROOT)
    parser.add_argument("only", nargs="*", help="parts of question names")
    options = parser.parse_args()
    options.reload = False
    sizes = sorted(float(size) for size in options.sizes.split(","))
    rows, loads = {}, {}
    load_before = os.getloadavg()[0]
    for size in sizes:
        options.events = int(size * 1_000_000)
        options.users = max(1, options.events // 50)
        loads[size] = load(options)
        print("loading", size, loads[size], flush=True)
        rows.setdefault("(open)", {})[size] = measure(None, options)
        for question in questions.all_questions(options.only):
            rows.setdefault(question.name, {})[size] = measure(question, options)
            print(question.name, size, rows[question.name][size], flush=True)
    with open(os.path.join(options.out, "SCALE.md"), "w") as file:
        file.write(report(rows, loads, sizes, load_before, options))
    with open(os.path.join(options.out, "SCALE.svg"), "w") as file:
        file.write(plot(rows, sizes))


def load(options):
    """As bench.load; a text file that was made for this alone goes again: 100 M events are 8 GB of it."""
    path = os.path.join(options.data, f"events-{options.events}-{options.users}-42.csv")
    was_there = os.path.exists(path)
    figures = bench.load("eventsql", options)
    if not was_there and os.path.exists(path):
        os.remove(path)
    return figures


def measure(question, options):
    try:
        with systems.start("eventsql", bench.directory_of("eventsql", options), options.threads) as system:
            if question is None:
                return {"ms": None, "anonymous": system.memory()["anonymous_bytes"]}
            statements = question.of("eventsql")[0][1]
            times = system.query(statements, options.runs + 1)["times_ms"][1:]
            with Watch(system.process.pid) as watch:
                system.query(statements, 1)
            return {"ms": statistics.median(times), "anonymous": watch.highest}
    except systems.Refusal as refusal:
        return {"refused": str(refusal)}


class Watch:
    """The highest RssAnon of a process while it works, read about every millisecond."""

    def __init__(self, pid):
        self.path, self.highest, self.ended = f"/proc/{pid}/status", 0, threading.Event()
        self.thread = threading.Thread(target=self.follow)

    def follow(self):
        while True:
            with open(self.path) as file:
                for line in file:
                    if line.startswith("RssAnon:"):
                        self.highest = max(self.highest, int(line.split()[1]) * 1024)
            if self.ended.wait(0.001):
                return

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()


def report(rows, loads, sizes, load_before, options):
    with open("/proc/cpuinfo") as file:
        models = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    lines = [
        "# Time and memory against size", "",
        f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC, {models[0] if models else platform.machine()},"
        f" {os.cpu_count()} CPUs, load average {load_before:.1f} before the run; {options.threads} threads, median of"
        f" {options.runs} warm runs. Fifty events a user, so there are {users(sizes[0])} to {users(sizes[-1])} users.",
        "Made by `make bench-scale`. Growth is how the last column follows from the first: 1.00 is in proportion to the size"
        " (ten times the events, ten times the time), 0 is not at all.", "",
        "## Milliseconds", "",
        heading("question", sizes), "|---|" + "---:|" * (len(sizes) + 1),
    ]
    for name, cells in rows.items():
        if name != "(open)":
            lines.append(row(name, cells, sizes, "ms", lambda value: f"{value:.1f}" if value < 100 else f"{value:.0f}"))
    lines += ["", "## Megabytes that are no mapped file, at most, while the question runs", "",
              "`(open)` is the open database without a question.", "",
              heading("question", sizes), "|---|" + "---:|" * (len(sizes) + 1)]
    for name, cells in rows.items():
        lines.append(row(name, cells, sizes, "anonymous", lambda value: f"{value / 1e6:.0f}"))
    lines += ["", "## Loading (CSV)", "", "| events | rows/s with sync | bytes/event | peak MB |", "|---|---:|---:|---:|"]
    for size in sizes:
        figures = loads[size]
        lines.append(f"| {size:g} M | {figures['rows'] / figures['seconds']:,.0f} | {figures['bytes'] / figures['rows']:.2f}"
                     f" | {figures['peak_bytes'] / 1e6:,.0f} |")
    return "\n".join(lines + ["", "![Time and memory against size](SCALE.svg)", ""])


def users(size):
    count = int(size * 1_000_000) // 50
    return f"{count:,}"


def heading(first, sizes):
    return f"| {first} | " + " | ".join(f"{size:g} M" for size in sizes) + " | growth |"


def row(name, cells, sizes, key, text):
    values = [cells[size].get(key) for size in sizes]
    texts = [text(value) if value is not None else "-" for value in values]
    known = [(size, value) for size, value in zip(sizes, values) if value]
    growth = "-"
    if len(known) > 1:
        (size, value), (last_size, last_value) = known[0], known[-1]
        growth = f"{math.log(last_value / value) / math.log(last_size / size):.2f}"
    return f"| {name} | " + " | ".join(texts) + f" | {growth} |"


def plot(rows, sizes):
    """Two fields, all axes logarithmic: what grows in proportion is parallel to the grey band, what stays is level."""
    names = [name for name in rows if name != "(open)"]
    styles = {name: (COLOURS[index % 10], "" if index < 10 else ' stroke-dasharray="6 3"') for index, name in enumerate(names)}
    styles["(open)"] = ("#000000", ' stroke-dasharray="2 3"')
    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1240 560" font-family="sans-serif" font-size="12">',
           '<rect width="1240" height="560" fill="white"/>']
    out += field(rows, names, sizes, "ms", 1, "time, ms", 70, styles)
    out += field(rows, names + ["(open)"], sizes, "anonymous", 1e-6, "memory beyond mapped files, MB", 560, styles)
    for index, name in enumerate(names + ["(open)"]):
        colour, dash = styles[name]
        out.append(f'<path d="M1000 {50 + 22 * index}h28" stroke="{colour}" stroke-width="2"{dash}/>'
                   f'<text x="1034" y="{54 + 22 * index}">{name}</text>')
    out.append(f'<path d="M1000 {50 + 22 * len(styles)}h28" stroke="#999" stroke-width="5" stroke-opacity="0.35"/>'
               f'<text x="1034" y="{54 + 22 * len(styles)}">in proportion to the events</text>')
    return "\n".join(out + ["</svg>", ""])


def field(rows, names, sizes, key, unit, title, left, styles, width=390, top=50, height=430):
    lines = {name: [(s, rows[name][s][key] * unit) for s in sizes if rows[name][s].get(key)] for name in names}
    values = [value for points in lines.values() for _, value in points] or [1]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    high = max(high, low + 1)
    first, last = math.log10(min(sizes)), math.log10(max(sizes))
    x = lambda size: left + width * ((math.log10(size) - first) / ((last - first) or 1))
    y = lambda value: top + height - height * ((math.log10(value) - low) / (high - low))
    out = [f'<text x="{left + width / 2}" y="28" text-anchor="middle" font-size="15">{title}</text>']
    for power in range(low, high + 1):
        out.append(f'<path d="M{left} {y(10 ** power):.1f}h{width}" stroke="#ccc"/>'
                   f'<text x="{left - 8}" y="{y(10 ** power) + 4:.1f}" text-anchor="end">{10 ** power:g}</text>')
        for step in range(2, 10) if power < high else []:
            out.append(f'<path d="M{left} {y(step * 10 ** power):.1f}h{width}" stroke="#f0f0f0"/>')
    for size in sizes:
        out.append(f'<path d="M{x(size):.1f} {top}v{height}" stroke="#ccc"/>'
                   f'<text x="{x(size):.1f}" y="{top + height + 20}" text-anchor="middle">{size:g} M</text>')
    out.append(f'<text x="{left + width / 2}" y="{top + height + 42}" text-anchor="middle">events</text>')
    # In proportion to the size, as far as it fits.
    start = max(low, (low + high) / 2 - (last - first) / 2)
    end = min(high, start + last - first)
    ends = [(first, start), (first + end - start, end)]
    points = " ".join(f"{x(10 ** a):.1f},{y(10 ** b):.1f}" for a, b in ends)
    out.append(f'<polyline points="{points}" fill="none" stroke="#999" stroke-width="5" stroke-opacity="0.35"/>')
    for name, points in lines.items():
        colour, dash = styles[name]
        path = " ".join(f"{x(size):.1f},{y(value):.1f}" for size, value in points)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.8"{dash}/>')
        out += [f'<circle cx="{x(size):.1f}" cy="{y(value):.1f}" r="2.5" fill="{colour}"/>' for size, value in points]
    return out


if __name__ == "__main__":
    main()
