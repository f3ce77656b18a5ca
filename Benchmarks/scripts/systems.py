"""The systems under measurement as child processes: one request, one answer at a time."""
import datetime
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
EPOCH = datetime.datetime(1970, 1, 1)


class Refusal(Exception):
    pass


class System:
    """A running system. `ask` raises Refusal with the system's own words."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def exchange(self, request):
        self.process.stdin.write(request)
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise Refusal(f"the process ended with status {self.process.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise Refusal(answer["error"])
        return answer

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


class Peer(System):
    """DuckDB or ClickHouse through its Python driver."""

    def __init__(self, name, directory, threads):
        super().__init__([sys.executable, os.path.join(HERE, f"driver_{name}.py"), directory, str(threads)])

    def ask(self, **request):
        return self.exchange((json.dumps(request) + "\n").encode())

    def version(self):
        return self.ask(do="version")["version"]

    def load(self, path, file_format, untyped=False):
        return self.ask(do="load", path=path, format=file_format, untyped=untyped)

    def memory(self):
        return self.ask(do="memory")

    def query(self, statements, runs):
        return self.ask(do="query", sql=statements[-1], runs=runs)


class EventSQL(System):
    """Ours through `bench-runner serve`: a request is a line of words, and the text that it announces."""

    def __init__(self, directory, threads, keeps_duplicates=False):
        runner = os.path.join(ROOT, ".build", "release", "bench-runner")
        super().__init__([runner, "serve", directory, str(threads)] + ["keep-duplicates"] * keeps_duplicates)

    def version(self):
        head = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
        return "EventSQL " + head.stdout.strip()

    def load(self, path, file_format, untyped=False):
        return self.exchange(f"load {file_format} {len(path.encode())}\n{path}".encode())

    def memory(self):
        return self.exchange(b"memory\n")

    def query(self, statements, runs):
        for statement in statements[:-1]:
            self.text("query 1", statement)
        answer = self.text(f"query {runs}", statements[-1])
        answer["rows"] = [[plain(value) for value in row] for row in answer["rows"]]
        return answer

    def text(self, words, text):
        body = text.encode()
        return self.exchange(f"{words} {len(body)}\n".encode() + body)


def plain(value):
    """Times and dates come as {"micros": n} and {"day": n}; here they get the form that the drivers use."""
    if not isinstance(value, dict):
        return value
    if "day" in value:
        return (EPOCH + datetime.timedelta(days=value["day"])).date().isoformat()
    moment = EPOCH + datetime.timedelta(microseconds=value["micros"])
    return moment.strftime("%Y-%m-%d %H:%M:%S.") + f"{moment.microsecond // 1000:03d}"


def start(name, directory, threads, keeps_duplicates=False):
    os.makedirs(os.path.dirname(directory), exist_ok=True)
    if name == "eventsql":
        return EventSQL(directory, threads, keeps_duplicates)
    return Peer(name, directory, threads)


def evict(directory):
    """Asks the kernel to forget the files' pages, so that the next read comes from the disk."""
    for folder, _, files in os.walk(directory):
        for name in files:
            handle = os.open(os.path.join(folder, name), os.O_RDONLY)
            os.fsync(handle)
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(handle)
