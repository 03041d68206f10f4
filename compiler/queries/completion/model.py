"""What could follow at a place: the items, best first, and what they would take the place of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, Protocol

from dsl.diagnostics import Edit
from dsl.source import Span

Sort = Literal[
    "value", "param", "const", "enum", "member", "record", "field", "input", "personas", "criteria", "model", "prompt",
    "judge", "dataset", "mix", "function", "method", "property", "type", "setting", "argument", "column", "keyword",
    "file", "text", "tool", "reader", "table",
]  # fmt: skip


class Rank(IntEnum):
    """How near a thing is; inside one rank, items stand in the order in which they were found."""

    FITTING = 0
    NEAR = 1
    FILE = 2
    IMPORTED = 3
    BUILT_IN = 4
    KEYWORD = 5
    ELSEWHERE = 6


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that could stand there.

    detail   its type or its signature, on one line
    doc      its `##` lines, or what the reference says of it
    insert   what is typed; with `snippet`, `${1:name}` are places to fill in and `$0` is where one ends up
    edits    what else has to change: the import that it needs
    """

    label: str
    sort: Sort
    detail: str = ""
    doc: str = ""
    insert: str = ""
    snippet: bool = False
    rank: Rank = Rank.NEAR
    edits: tuple[Edit, ...] = ()

    @property
    def text(self) -> str:
        """What is inserted."""
        return self.insert or self.label


@dataclass(frozen=True, slots=True)
class Completions:
    """`span` is what is typed already, and what an item replaces."""

    span: Span
    items: tuple[Item, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(item.label for item in self.items)


class Names(Protocol):
    """What stands outside of the specs. Paths are relative to the project."""

    def roles(self) -> Mapping[str, str]:
        """Each role that the profile binds, with what it is bound to."""

    def specs(self) -> Iterable[str]:
        """The project's specs."""

    def files(self) -> Iterable[str]:
        """The project's other files: inputs, texts, fixtures."""


@dataclass(frozen=True, slots=True)
class Nowhere:
    """For a spec that stands alone."""

    def roles(self) -> Mapping[str, str]:
        return {}

    def specs(self) -> Iterable[str]:
        return ()

    def files(self) -> Iterable[str]:
        return ()
