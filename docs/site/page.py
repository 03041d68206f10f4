"""What a page of the site is, and the few pieces of Markdown that generated ones are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from runtime.lsp import markdown


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
    """As a paragraph of its own, in a fence that nothing in the text closes."""
    return f"{markdown.fenced(text.rstrip(), language)}\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell(text) for text in line)} |\n" for line in lines)


def cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
