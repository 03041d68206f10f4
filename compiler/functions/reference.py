"""The registry in; the page `docs/functions.md` out: `python -m compiler.functions.reference > docs/functions.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from compiler.functions import DRAWS, METHODS, REGISTRY, RESULTS, Function

INTRODUCTION = """# Functions

Made from the registry in `compiler/functions`; change it there. Unless a line says otherwise, null for an argument
gives null, and list methods skip elements that are null. In a method, `it` is the element and a bare name is one of
its fields. A parameter with `each` takes an expression over one element. What takes a text first may also stand after
a dot: `words(answer)` and `answer.words()` are the same.
"""


def render() -> str:
    """The whole page, sections and entries in alphabetical order."""
    functions = [entry for entry in REGISTRY.values() if entry.place in ("anywhere", "row")]
    constants = [entry for entry in REGISTRY.values() if entry.place == "constant"]
    methods = [entry for key, entry in METHODS.items() if key.startswith("list.")]
    sections = (
        ("Over values", "", functions),
        ("Over lists", "", methods),
        ("Files as values", "Read before any row.", constants),
        ("Over the whole result", "In `audit` only, over the columns of the kept rows.", RESULTS.values()),
        ("Distributions", "Right of `~` only.", DRAWS.values()),
    )
    return INTRODUCTION + "".join(_section(*section) for section in sections)


def _section(title: str, text: str, entries: Iterable[Function]) -> str:
    rows = "".join(_row(entry) for entry in sorted(entries, key=lambda entry: entry.name))
    head = f"\n## {title}\n\n" + (f"{text}\n\n" if text else "")
    return f"{head}| signature | | example |\n| --- | --- | --- |\n{rows}"


def _row(entry: Function) -> str:
    doc = entry.doc
    return f"| `{_cell(entry.title)}` | {_cell(doc)} | `{_cell(entry.example)}` |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", "\\n")


if __name__ == "__main__":
    sys.stdout.write(render())
