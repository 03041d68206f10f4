"""Two sequences of tokens in; the longest sequence that both hold in order, as runs of equal tokens, out.

Bit-parallel, after Hyyrö (2004), "Bit-parallel LCS-length computation revisited": one whole number holds a row of the
table, so that a row costs a few operations on numbers and not one for each pair of tokens.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence

Run = tuple[int, int, int]
"""Where equal tokens begin in the first sequence and in the second, and how many they are."""
LARGEST = 16_000_000
"""Pairs of tokens up to which this is done in a blink: a bit each is kept."""


def affordable(before: Sequence[Hashable], after: Sequence[Hashable]) -> bool:
    return len(before) * len(after) <= LARGEST


def common(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[Run]:
    """In order, no two of them adjacent in both. No other runs have more tokens in all."""
    return _runs(_rows(before, after), len(before))


def _rows(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[int]:
    """For each beginning of `after` a number whose bit i is 0 where `before[i]` makes the common part longer."""
    places: dict[Hashable, int] = defaultdict(int)
    for place, token in enumerate(before):
        places[token] |= 1 << place
    full = (1 << len(before)) - 1
    row, rows = full, []
    for token in after:
        here = row & places.get(token, 0)
        row = ((row + here) | (row - here)) & full
        rows.append(row)
    return rows


def _runs(rows: list[int], width: int) -> list[Run]:
    """From the ends of both backwards: a token that adds nothing is left out."""
    found: list[Run] = []
    i, j, size = width, len(rows), 0
    while i and j:
        longer = not rows[j - 1] >> (i - 1) & 1
        if longer and (j == 1 or rows[j - 2] >> (i - 1) & 1):
            i, j, size = i - 1, j - 1, size + 1
            continue
        if size:
            found.append((i, j, size))
        i, j, size = (i, j - 1, 0) if longer else (i - 1, j, 0)
    if size:
        found.append((i, j, size))
    return found[::-1]
