"""What a page of the site is, and the few pieces of Markdown that generated ones are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """`at` is its place below the root of the site, with `.md`; a quiet one stands in no menu."""

    at: str
    text: str
    quiet: bool = False

    @property
    def source(self) -> str:
        return f"---\norphan: true\n---\n\n{self.text}" if self.quiet else self.text


def fenced(text: str, language: str = "text") -> str:
    """A fence that is longer than any in the text."""
    mark = "`" * max(3, *(len(run) + 1 for run in _runs(text)))
    return f"{mark}{language}\n{text.rstrip()}\n{mark}\n"


def _runs(text: str) -> Iterable[str]:
    found = [line.lstrip() for line in text.splitlines()]
    yield ""
    yield from (line[: len(line) - len(line.lstrip("`"))] for line in found if line.startswith("```"))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell(text) for text in line)} |\n" for line in lines)


def cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
