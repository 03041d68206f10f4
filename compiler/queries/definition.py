"""A place in a file in; where what is named there is declared, out."""

from __future__ import annotations

from compiler.queries.index import Index
from dsl.source import Span


def definition(index: Index, path: str, offset: int) -> Span | None:
    """The name in its declaration, in whatever file; for a path the beginning of that file, which the project holds.

    None for what is built in, and for a role that no `model` declares.
    """
    found = index.at(path, offset)
    if found is None:
        return None
    if found.subject.what == "file":
        return Span(found.subject.name, 0, 0)
    return found.subject.place
