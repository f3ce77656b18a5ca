"""The questions in queries/*.bench, and what it means for two answers to agree. The form is in queries/README.md."""
import glob
import os
import re


class Question:
    def __init__(self, path):
        self.name = os.path.basename(path).removesuffix(".bench")
        self.head = {}
        self.variants = []  # (system, variant, [statement, ...])
        with open(path) as file:
            self.read(file.read().splitlines())

    def read(self, lines):
        self.title = lines[0].removeprefix("# ").strip()
        body = None
        for line in lines[1:]:
            section = re.fullmatch(r"\[(\w+)(?: ([\w-]+))?\]", line)
            if section:
                body = []
                self.variants.append((section[1], section[2] or "", body))
            elif body is None:
                key, _, value = line.partition(":")
                self.head[key.strip()] = value.strip()
            else:
                body.append(line)
        self.variants = [(system, name, self.statements(body)) for system, name, body in self.variants]

    @staticmethod
    def statements(lines):
        return [part.strip() for part in re.split(r"(?m)^;$", "\n".join(lines)) if part.strip()]

    def of(self, system):
        return [(name, statements) for owner, name, statements in self.variants if owner == system]

    def wrong_shape(self, rows):
        """Why these rows cannot be the answer, or None."""
        wanted = self.head["rows"]
        least = wanted.removeprefix("at-least ")
        enough = len(rows) >= int(least) if least != wanted else len(rows) == int(wanted)
        if not enough:
            return f"{len(rows)} rows, expected {wanted}"
        width = len(self.head["columns"].split(","))
        if any(len(row) != width for row in rows):
            return f"{len(rows[0])} columns, expected {width}"
        return None

    def difference(self, first, second):
        """The first place where two answers differ, or None."""
        if len(first) != len(second):
            return f"{len(first)} rows against {len(second)}"
        first, second = [comparable(row) for row in first], [comparable(row) for row in second]
        if self.head["order"] == "any":
            first.sort(key=sort_key)
            second.sort(key=sort_key)
        tolerance = float(self.head["tolerance"])
        for left, right in zip(first, second):
            if len(left) != len(right) or not all(same(a, b, tolerance) for a, b in zip(left, right)):
                return f"{left} against {right}"
        return None


def comparable(row):
    """Days may come as dates or as midnights."""
    return [value.removesuffix(" 00:00:00.000") if isinstance(value, str) else value for value in row]


def sort_key(row):
    # Sums may differ in their last digits, so sort by what is exact first.
    exact = [str(value) for value in row if not isinstance(value, float)]
    return exact, [value for value in row if isinstance(value, float)]


def same(left, right, tolerance):
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return left == right or abs(left - right) <= tolerance * max(abs(left), abs(right))
    return left == right


def all_questions(only=None):
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "queries")
    questions = [Question(path) for path in sorted(glob.glob(os.path.join(folder, "*.bench")))]
    return [q for q in questions if not only or any(word in q.name for word in only)]
