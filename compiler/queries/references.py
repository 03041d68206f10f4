"""A place in a file in; all places that name the same thing out."""

from __future__ import annotations

from compiler.queries.index import Index
from compiler.queries.subject import Key
from dsl.source import Span


def references(index: Index, path: str, offset: int, *, declaration: bool = True) -> tuple[Span, ...]:
    """In every file of the analysis, by file and place; with or without the name in the declaration itself."""
    found = index.at(path, offset)
    return named(index, found.subject.key, declaration=declaration) if found is not None else ()


def named(index: Index, key: Key, *, declaration: bool = True) -> tuple[Span, ...]:
    return tuple(sorted(use.span for use in index.uses(key) if declaration or not use.declares))
