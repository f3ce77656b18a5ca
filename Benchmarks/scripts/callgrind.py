"""Runs bench-runner under callgrind: instructions and calls, the same in every run."""
import os
import re
import subprocess

from systems import ROOT

RUNNER = os.path.join(ROOT, ".build", "release", "bench-runner")
ALLOCATORS = {"malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc"}


def run(folder, arguments):
    """Leaves callgrind's output in the folder; returns its path and what the program printed. Raises RuntimeError with that."""
    # Valgrind 3.19 stops at Swift's debug information (DWARF 5); symbols are enough.
    program = os.path.join(folder, "bench-runner")
    subprocess.run(["strip", "--strip-debug", "-o", program, RUNNER], check=True)
    output = os.path.join(folder, "callgrind.out")
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}", program] + arguments
    # Swift seeds its hash tables at random unless told otherwise.
    environment = dict(os.environ, SWIFT_DETERMINISTIC_HASHING="1")
    ended = subprocess.run(command, capture_output=True, text=True, env=environment)
    if ended.returncode != 0:
        raise RuntimeError((ended.stdout + ended.stderr[-400:]).strip())
    return output, ended.stdout


def instructions(output):
    with open(output) as file:
        for line in file:
            if line.startswith(("summary:", "totals:")):
                return int(line.split()[1])
    raise RuntimeError("callgrind wrote no summary")


def allocations(output):
    """Calls of the allocator's entry points. Names are written once, `(7) malloc`, and then as `(7)`."""
    names, total, callee = {}, 0, None
    with open(output) as file:
        for line in file:
            if line.startswith(("fn=", "cfn=")):
                key, name = re.match(r"c?fn=(\(\d+\))(?: (.*))?", line).groups()
                if name:
                    names[key] = name.split("'")[0]
                if line.startswith("cfn="):
                    callee = names[key]
            elif line.startswith("calls=") and callee in ALLOCATORS:
                total += int(line[6:].split()[0])
    return total


def annotate(output):
    """The functions that most instructions go to; those of merely starting a process are among them."""
    command = ["callgrind_annotate", "--threshold=95", "--auto=no", output]
    text = subprocess.run(command, capture_output=True, text=True).stdout
    demangled = subprocess.run(["swift", "demangle", "--simplified"], input=text, capture_output=True, text=True).stdout
    lines = demangled.splitlines()
    start = next((number for number, line in enumerate(lines) if "PROGRAM TOTALS" in line), 0)
    return "\n".join(line[:200] for line in lines[start:start + 60])
