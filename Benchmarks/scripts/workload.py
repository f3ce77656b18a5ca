"""Makes the event files that a measurement wants, once."""
import os
import subprocess

from systems import ROOT


def event_file(data, events, users, file_format, seed=42):
    os.makedirs(data, exist_ok=True)
    path = os.path.join(data, f"events-{events}-{users}-{seed}.{file_format}")
    if not os.path.exists(path):
        tool = os.path.join(ROOT, ".build", "release", "workload")
        arguments = ["--events", events, "--users", users, "--seed", seed, "--format", file_format, path + ".part"]
        subprocess.run([tool, "generate"] + [str(a) for a in arguments], check=True)
        os.rename(path + ".part", path)
    return path
