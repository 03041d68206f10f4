"""A loop's range in; its rounds out, and what is computed in them: recorded when it is first known or has changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from runtime.program.trace import BITS, Event

if TYPE_CHECKING:
    from runtime.program.row import Row

_NOTHING = object()


class Rounds:
    """Where one row stands in its loop, and what it has computed in which round."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self._noted: dict[tuple[str, int], object] = {}

    def loop(self, name: str, over: range) -> Iterator[int]:
        """Rounds count from 1, whatever the range; those of a loop inside another one also say the outer round."""
        row, outer = self.row, self.row.round
        try:
            for number, value in enumerate(over, 1):
                row.round = (outer << BITS) | number
                row.values[name] = value
                yield value
        finally:
            row.round = outer

    def note(self, kind: str, name: str, value: Any) -> None:
        """A value that a body coming round again computes anew, and alike, is told once."""
        row = self.row
        place = (name, row.round)
        known = self._noted.get(place, _NOTHING)
        if known is _NOTHING or known != value:
            attempt = row.memory.next_attempt((*place, 0, 0))
            row.events.append(Event(cell=name, kind=kind, round=row.round, attempt=attempt, value=value))
        self._noted[place] = value
