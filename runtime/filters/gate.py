"""Candidates in any order in; one at a time through, in candidate order, out.

What a statement like `dedup` compares with must not depend on who answered first. Each candidate waits at the gate
until every candidate before it has passed or left.
"""

from __future__ import annotations

import asyncio


class OrderedGate:
    """Candidates are numbered from `first` without gaps. Every number must leave, sooner or later, or the rest waits.

    Holds a future for each that waits and a number for each that left early: as many as the scheduler's window is wide.
    """

    def __init__(self, first: int = 0) -> None:
        self.turn = first
        self._left: set[int] = set()
        self._waiting: dict[int, asyncio.Future[None]] = {}

    def is_open(self, number: int) -> bool:
        """Whether `enter` would return at once."""
        return number <= self.turn

    async def enter(self, number: int) -> None:
        """Returns when it is this candidate's turn, which lasts until it leaves. A second call finds the gate open."""
        if number < self.turn or number in self._left:
            raise RuntimeError(f"candidate {number} left this gate before")
        if number == self.turn:
            return
        future = self._waiting.setdefault(number, asyncio.get_running_loop().create_future())
        try:
            await future
        finally:
            self._waiting.pop(number, None)

    def leave(self, number: int) -> None:
        """The candidate has passed, or will never come. Leaving twice is leaving once."""
        if number >= self.turn:
            self._left.add(number)
        while self.turn in self._left:
            self._left.remove(self.turn)
            self.turn += 1
        waiting = self._waiting.get(self.turn)
        if waiting is not None and not waiting.done():
            waiting.set_result(None)
