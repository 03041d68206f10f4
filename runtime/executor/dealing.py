"""Candidates, as places in the order in which they are run, in; the next few for a worker that has room, out.

Where the result tells in which order candidates were looked at, workers take turns along it, for each may have to wait
for all before it. Where it does not, every worker has a stretch of its own, so that neighbours, whose prompts begin
alike, go to one server; who has done its stretch takes half of the longest that is left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

STRETCH = 1 << 16
"""Candidates of a stretch where nobody knows how many there are."""


class Dealer(Protocol):
    def deal(self, worker: int, most: int) -> tuple[int, int] | None:
        """(start, stop) of at most so many; None where there are none for now, or none any more."""


@dataclass
class InTurns:
    """`ahead` is how many may be under way beyond `done`, those that were looked at."""

    total: int | None
    workers: int
    ahead: Callable[[], int]
    done: Callable[[], int]
    dealt: int = 0

    def deal(self, worker: int, most: int) -> tuple[int, int] | None:
        room = max(1, self.ahead()) - (self.dealt - self.done())
        count = min(most, -(-room // self.workers))
        if self.total is not None:
            count = min(count, self.total - self.dealt)
        if count < 1:
            return None
        self.dealt += count
        return self.dealt - count, self.dealt


@dataclass
class Stretches:
    total: int | None
    workers: int
    _left: dict[int, tuple[int, int]] = field(default_factory=dict)
    _next: int = 0

    def __post_init__(self) -> None:
        if self.total is not None:
            bounds = [self.total * place // self.workers for place in range(self.workers + 1)]
            self._left = {place: (bounds[place], bounds[place + 1]) for place in range(self.workers)}

    def deal(self, worker: int, most: int) -> tuple[int, int] | None:
        start, stop = self._left.get(worker, (0, 0))
        if start == stop:
            start, stop = self._taken() if self.total is not None else self._fresh()
        if start == stop:
            return None
        end = min(stop, start + most)
        self._left[worker] = (end, stop)
        return start, end

    def _taken(self) -> tuple[int, int]:
        """The farther half of the longest stretch."""
        if not self._left:
            return 0, 0
        owner = max(self._left, key=lambda worker: self._left[worker][1] - self._left[worker][0])
        start, stop = self._left[owner]
        middle = (start + stop) // 2
        self._left[owner] = (start, middle)
        return middle, stop

    def _fresh(self) -> tuple[int, int]:
        self._next += STRETCH
        return self._next - STRETCH, self._next
