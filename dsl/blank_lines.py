"""Rows in; whether a blank line stands before each, set: as typed, but none at braces and one around what is long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dsl.align import Row
from dsl.frames import CLOSES, SIGNS
from dsl.lexer import COMMENT, DOC

_NOTES = (COMMENT, DOC)


@dataclass(frozen=True, slots=True)
class Group:
    """A declaration of the file with the comments right above it: `rows[first]` is the first of them."""

    first: int
    word: str
    is_long: bool


def set_blank_lines(rows: Sequence[Row]) -> None:
    if rows:
        rows[0].blank_before = False
    for before, row in pairwise(rows):
        if before.tokens[-1].type in CLOSES or row.tokens[0].type in SIGNS:
            row.blank_before = False
    for above, group in pairwise(_groups(rows)):
        if _apart(above, group):
            rows[group.first].blank_before = True


def _apart(above: Group, group: Group) -> bool:
    """What takes several rows stands apart, and so do the edition and the imports from what follows them."""
    if above.is_long or group.is_long:
        return True
    return above.word == "edition" or (above.word == "from") != (group.word == "from")


def _groups(rows: Sequence[Row]) -> Iterator[Group]:
    """The file's declarations. Comments that a blank line parts from what follows are a group without a word."""
    first: int | None = None
    for index, row in enumerate(rows):
        if row.depth or row.tokens[0].type in SIGNS:
            continue
        start = index if first is None or row.blank_before else first
        if first is not None and start == index and row.blank_before:
            yield Group(first, "", False)
        if row.tokens[0].type in _NOTES:
            first = start
            continue
        first = None
        yield Group(start, row.tokens[0].text, _is_long(rows, index))


def _is_long(rows: Sequence[Row], index: int) -> bool:
    after = rows[index + 1] if index + 1 < len(rows) else None
    goes_on = after is not None and (after.depth > 0 or after.tokens[0].type in SIGNS)
    return goes_on or any(token.type == "TEMPLATE" and "\n" in token.text for token in rows[index].tokens)
