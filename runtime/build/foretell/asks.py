"""What one row asks in; what the journal holds of it, what is new, and what only may come, by statement, out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Ask:
    """One call, or `calls` of them that are known only together.

    `digest` is its key where all that it says is known, and stands for one where only this is known: that another row
    asks just the same. `known` is whether the journal holds it, `sure` whether the row comes to it whatever is
    answered, `fresh` whether it is surely none that was asked before.
    """

    cell: str
    round: int
    calls: int
    digest: bytes | None
    known: bool
    sure: bool
    fresh: bool


@dataclass
class Asks:
    """Those of one row, each once.

    `more` may follow from retries, and `fails` from answers that break a constraint which no engine decodes under.
    `open` are statements that are asked for each element of a list that may be longer than counted.
    """

    found: dict[Hashable, Ask] = field(default_factory=dict)
    more: Counter[str] = field(default_factory=Counter)
    fails: Counter[str] = field(default_factory=Counter)
    open: set[str] = field(default_factory=set)
    stopped: str | None = None
    """The first statement that asks what the journal does not hold."""

    def add(self, place: Hashable, ask: Ask) -> None:
        if not ask.known and self.stopped is None:
            self.stopped = ask.cell
        before = self.found.setdefault(place, ask)
        before.sure |= ask.sure

    def so_far(self) -> dict[tuple[str, int], int]:
        """Calls by statement and round."""
        found: Counter[tuple[str, int]] = Counter()
        for ask in self.found.values():
            found[ask.cell, ask.round] += ask.calls
        return found
