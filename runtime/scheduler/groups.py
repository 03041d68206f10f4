"""Candidates and their groups in, in candidate order; who is surplus, when it ends, how far ahead to start, out.

`target = 5 per product`: a kept candidate whose group has its number among those before it is surplus. So is a rejected
one: what becomes of a full group belongs to no count.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left, insort
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from math import ceil

Group = tuple[object] | None
"""(value,), or None while it is not known."""


@dataclass(slots=True)
class Groups:
    """`each` rows of every group. `values` are all there can be; None where nobody knows: then nothing ends early."""

    window: int
    each: int
    values: frozenset[object] | None = None
    kept: Counter[object] = field(default_factory=Counter)
    released: Counter[object] = field(default_factory=Counter)
    _running: defaultdict[object, list[int]] = field(default_factory=lambda: defaultdict(list))
    _waiting: defaultdict[object, dict[int, asyncio.Future[bool]]] = field(default_factory=lambda: defaultdict(dict))

    # --- in candidate order ---

    def saw(self, index: int, group: Group, kept: bool) -> bool:
        """Takes note of a released candidate; whether it counts."""
        if group is None:
            self.released[_UNKNOWN] += 1
            return True
        value = group[0]
        counts = not self.is_full(value)
        self.released[value] += 1
        self.kept[value] += kept and counts
        if index in self._running[value]:
            self._running[value].remove(index)
        self._wake(value)
        return counts

    def is_full(self, value: object) -> bool:
        return self.kept[value] >= self.each

    @property
    def done(self) -> bool:
        return self.values is not None and all(self.is_full(value) for value in self.values)

    # --- ahead of it ---

    def ahead(self) -> int:
        """As `Pace.ahead`, for all groups together."""
        if self.values is None:
            return self.window
        left = sum(self.each - self.kept[value] for value in self.values if not self.is_full(value))
        acceptance = (sum(self.kept.values()) + 1) / (sum(self.released.values()) + 1)
        return min(self.window, ceil(left / acceptance))

    async def admit(self, index: int, value: object) -> bool:
        """False when the group is full. Else it returns as soon as those of the group that run are likely too few to

        fill it. One before which none runs never waits, so nothing stands still.
        """
        if self.is_full(value):
            return False
        if not self._is_likely(index, value):
            future = asyncio.get_running_loop().create_future()
            self._waiting[value][index] = future
            try:
                answer: bool = await future
                return answer
            finally:
                self._waiting[value].pop(index, None)
        insort(self._running[value], index)
        return True

    def _is_likely(self, index: int, value: object) -> bool:
        acceptance = (self.kept[value] + 1) / (self.released[value] + 1)
        running = self._running[value]
        return bisect_left(running, index) == 0 or len(running) < ceil((self.each - self.kept[value]) / acceptance)

    def _wake(self, value: object) -> None:
        for index, future in sorted(self._waiting[value].items()):
            if future.done():
                continue
            if self.is_full(value):
                future.set_result(False)
            elif self._is_likely(index, value):
                insort(self._running[value], index)
                future.set_result(True)


_UNKNOWN = object()
