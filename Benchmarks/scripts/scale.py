"""Time and memory against size: scale.py [--sizes 1,5,20,100] in millions of events, fifty events a user.

Writes SCALE.md and SCALE.svg. Memory is measured per question in a new process: the resident set's highest value and the
part of it that is no mapped file.
"""
import argparse
import math
import os
import statistics

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
    sizes = [float(size) for size in options.sizes.split(",")]
    rows = {}
    for size in sizes:
        options.events = int(size * 1_000_000)
        options.users = options.events // 50
        bench.load("eventsql", options)
        for question in questions.all_questions(options.only):
            rows.setdefault(question.name, {})[size] = measure(question, options)
            print(question.name, size, rows[question.name][size], flush=True)
    with open(os.path.join(options.out, "SCALE.md"), "w") as file:
        file.write(table(rows, sizes))
    with open(os.path.join(options.out, "SCALE.svg"), "w") as file:
        file.write(plot(rows, sizes))


def measure(question, options):
    try:
        with systems.start("eventsql", bench.directory_of("eventsql", options), options.threads) as system:
            times = system.query(question.of("eventsql")[0][1], options.runs + 1)["times_ms"][1:]
            memory = system.memory()
            return {"ms": statistics.median(times), "peak": memory["peak_bytes"], "anonymous": memory["anonymous_bytes"]}
    except systems.Refusal as refusal:
        return {"refused": str(refusal)}


def table(rows, sizes):
    lines = ["# Time and memory against size", "", "Milliseconds (median, warm) / resident MB / of it not mapped files.", ""]
    lines += ["| question | " + " | ".join(f"{size:g} M" for size in sizes) + " |", "|---|" + "---:|" * len(sizes)]
    for name, cells in rows.items():
        texts = []
        for size in sizes:
            cell = cells[size]
            texts.append("-" if "refused" in cell else
                         f"{cell['ms']:.1f} / {cell['peak'] / 1e6:.0f} / {cell['anonymous'] / 1e6:.0f}")
        lines.append(f"| {name} | " + " | ".join(texts) + " |")
    return "\n".join(lines + ["", "![Time against size](SCALE.svg)", ""])


def plot(rows, sizes):
    """Both axes logarithmic: what grows in proportion is a straight line at 45 degrees."""
    lines = {name: [(s, c[s]["ms"]) for s in sizes if "ms" in c[s]] for name, c in rows.items()}
    lines = {name: points for name, points in lines.items() if points}
    times = [time for points in lines.values() for _, time in points] or [1]
    low, high = math.floor(math.log10(min(times))), math.ceil(math.log10(max(times)))
    left, right = math.log10(min(sizes)), math.log10(max(sizes))
    x = lambda size: 70 + 480 * ((math.log10(size) - left) / ((right - left) or 1))
    y = lambda time: 420 - 380 * ((math.log10(time) - low) / ((high - low) or 1))
    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 470" font-family="sans-serif" font-size="12">',
           '<rect width="860" height="470" fill="white"/>']
    for power in range(low, high + 1):
        out.append(f'<path d="M70 {y(10 ** power):.1f}H550" stroke="#ddd"/>'
                   f'<text x="62" y="{y(10 ** power) + 4:.1f}" text-anchor="end">{10 ** power:g} ms</text>')
    for size in sizes:
        out.append(f'<path d="M{x(size):.1f} 40V420" stroke="#ddd"/>'
                   f'<text x="{x(size):.1f}" y="440" text-anchor="middle">{size:g} M events</text>')
    for index, (name, points) in enumerate(lines.items()):
        colour, dash = COLOURS[index % 10], "" if index < 10 else ' stroke-dasharray="5 3"'
        path = " ".join(f"{x(size):.1f},{y(time):.1f}" for size, time in points)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.8"{dash}/>')
        out.append(f'<path d="M570 {50 + 20 * index}h24" stroke="{colour}" stroke-width="2"{dash}/>'
                   f'<text x="600" y="{54 + 20 * index}">{name}</text>')
    return "\n".join(out + ["</svg>", ""])


if __name__ == "__main__":
    main()
