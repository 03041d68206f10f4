"""Rows of tokens in; the gaps that line up the `~` of neighbouring draws and the clauses of criteria, set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from dsl.diagnostics.cells import text_width
from dsl.tokens import Token


@dataclass(slots=True)
class Row:
    """One line to be written: its depth, its tokens with the gap before each, and whether a blank line comes first."""

    depth: int
    tokens: list[Token] = field(default_factory=list)
    gaps: list[int] = field(default_factory=list)
    blank_before: bool = False


def align(rows: Sequence[Row]) -> None:
    """Sets the gaps of the rows that stand in a group; clauses stand two spaces behind the longest text."""
    for group in _groups(rows, _is_draw):
        widest = max(text_width(row.tokens[1].text) for row in group)
        for row in group:
            row.gaps[2] = widest - text_width(row.tokens[1].text) + 1
    for group in _groups(rows, _is_criterion):
        with_clause = [row for row in group if len(row.tokens) > 1 and row.tokens[1].type in ("WEIGHT", "WHEN")]
        if with_clause:
            column = max(text_width(row.tokens[0].text) for row in group) + 2
            for row in with_clause:
                row.gaps[1] = column - text_width(row.tokens[0].text)


def _groups(rows: Sequence[Row], belongs: Callable[[Row], bool]) -> Iterator[list[Row]]:
    """Runs of neighbouring rows of one depth that belong together, with no blank line between them."""
    group: list[Row] = []
    for row in rows:
        joins = belongs(row)
        if group and (not joins or row.blank_before or row.depth != group[0].depth):
            yield group
            group = []
        if joins:
            group.append(row)
    if group:
        yield group


def _is_draw(row: Row) -> bool:
    return [token.type for token in row.tokens[:3]] == ["DRAW", "NAME", "TILDE"]


def _is_criterion(row: Row) -> bool:
    return row.tokens[0].type == "STRING"
