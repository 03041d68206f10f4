"""A prompt's segments, their lengths and the counts of what they vary with in; what rows share out.

The bound is a trie's: every beginning is read once, and all rows that begin alike keep it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from compiler.prefix.model import Prefix


@dataclass(frozen=True, slots=True)
class Level:
    """Tokens of a prompt that stand behind one another and are shared alike: by rows with the same values of `by`.

    `beginnings` is how many different ones there are: 1 where all rows share it.
    """

    by: tuple[str, ...]
    tokens: float
    beginnings: float


@dataclass(frozen=True, slots=True)
class Sharing:
    """One prompt's: `calls` of it are planned. `known` says that nothing in it was guessed."""

    cell: str
    prompt: str
    levels: tuple[Level, ...]
    rows: float
    calls: float
    known: bool

    @property
    def tokens(self) -> float:
        """Of one call."""
        return sum(level.tokens for level in self.levels)

    @property
    def cached(self) -> float:
        """The share of all prompt tokens that an engine can keep at best."""
        every = self.calls * self.tokens
        return 1 - self.anew / every if every else 0.0

    @property
    def anew(self) -> float:
        return sum(level.tokens * level.beginnings for level in self.levels)

    def shared(self) -> tuple[float, list[Level], float]:
        """Tokens that all rows share, then what some do, then what is a row's own."""
        everyone = sum(level.tokens for level in self.levels if level.beginnings <= 1)
        own = sum(level.tokens for level in self.levels if level.beginnings >= self.rows > 1)
        return everyone, [level for level in self.levels if 1 < level.beginnings < self.rows], own


def sharing(prefix: Prefix, tokens: Sequence[float], known: bool, counts: Mapping[str, float], rows: float) -> Sharing:
    """`counts` says how many values an axis or a draw has; anything else is the row's own."""
    levels: dict[frozenset[str], float] = {}
    for place, length in enumerate(tokens):
        behind = prefix.behind(place)
        levels[behind] = levels.get(behind, 0.0) + length
    calls = rows * prefix.asks
    made = (_level(by, length, prefix.cell, counts, rows, calls) for by, length in levels.items())
    return Sharing(prefix.cell, prefix.prompt, tuple(made), rows, calls, known)


def _level(
    by: frozenset[str], tokens: float, cell: str, counts: Mapping[str, float], rows: float, calls: float
) -> Level:
    """What varies with the judge itself is each of its calls' own."""
    return Level(tuple(sorted(by)), tokens, calls if cell in by else beginnings(by, counts, rows))


def beginnings(by: Iterable[str], counts: Mapping[str, float], rows: float) -> float:
    found = 1.0
    for name in by:
        found *= counts.get(name, inf)
    return min(found, rows)


def together(found: Sequence[Sharing]) -> float | None:
    """The best share over all prompts; None without any."""
    every = sum(one.calls * one.tokens for one in found)
    return 1 - sum(one.anew for one in found) / every if every else None
