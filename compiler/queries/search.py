"""Outlines of many files and what somebody types in; the names that could be meant, the likeliest first, out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from compiler.queries.symbols import Outline
from dsl.source import Span

LISTED = frozenset(
    {"param", "const", "enum", "record", "input", "personas", "criteria", "model", "prompt", "judge", "dataset", "mix"}
    | {"test", "each", "draw", "let", "gen", "run", "loop", "emit", "field", "member"}
)


@dataclass(frozen=True, slots=True)
class Found:
    """`inside` is the declaration around it; empty at the top of a file."""

    name: str
    kind: str
    inside: str
    span: Span


def search(outlines: Mapping[str, Iterable[Outline]], query: str) -> tuple[Found, ...]:
    """Names that have the query's letters in its order: those that begin with it first, then the shortest."""
    scored = ((_score(item.name, query), item) for path in sorted(outlines) for item in _flat(outlines[path], ""))
    return tuple(item for score, item in sorted(scored, key=_order) if score is not None)


def _order(pair: tuple[tuple[int, int] | None, Found]) -> tuple[tuple[int, int], str, Span]:
    score, item = pair
    return (score or (9, 0), item.name, item.span)


def _flat(items: Iterable[Outline], inside: str) -> Iterator[Found]:
    for item in items:
        if item.kind in LISTED:
            yield Found(item.name, item.kind, inside, item.name_span)
        yield from _flat(item.children, item.name)


def _score(name: str, query: str) -> tuple[int, int] | None:
    """Small is good; None where the letters are not there."""
    low, wanted = name.lower(), query.lower()
    if low.startswith(wanted):
        return (0, len(name))
    if wanted in low:
        return (1, len(name))
    letters = iter(low)
    return (2, len(name)) if all(letter in letters for letter in wanted) else None
