"""Prompts that want a decoder's slot in; which slot each gets, and when, out: the one that knows most of it already.

A slot keeps what it computed for its last prompt. A prompt that begins alike skips that part, so among those waiting
the freed slot takes the one it shares most with; nobody is passed over more than `PATIENCE` times.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

PATIENCE = 8


@dataclass(eq=False, slots=True)
class _Waiter:
    prompt: str
    ready: asyncio.Future[int]
    passed: int = 0


class SlotPool:
    """`count` slots, each with the prompt it saw last."""

    def __init__(self, count: int) -> None:
        self._last = [""] * count
        self._free = list(range(count))
        self._waiting: list[_Waiter] = []

    @asynccontextmanager
    async def slot(self, prompt: str) -> AsyncIterator[int]:
        """The number of a slot that is ours for a while."""
        slot = await self._take(prompt)
        self._last[slot] = prompt
        try:
            yield slot
        finally:
            self._give(slot)

    async def _take(self, prompt: str) -> int:
        if self._free:
            best = max(self._free, key=lambda slot: shared(prompt, self._last[slot]))
            self._free.remove(best)
            return best
        waiter = _Waiter(prompt, asyncio.get_running_loop().create_future())
        self._waiting.append(waiter)
        try:
            return await waiter.ready
        except asyncio.CancelledError:
            self._abandon(waiter)
            raise

    def _abandon(self, waiter: _Waiter) -> None:
        if waiter in self._waiting:
            self._waiting.remove(waiter)
        elif waiter.ready.done() and not waiter.ready.cancelled():
            self._give(waiter.ready.result())

    def _give(self, slot: int) -> None:
        self._waiting = [waiter for waiter in self._waiting if not waiter.ready.done()]
        if not self._waiting:
            self._free.append(slot)
            return
        chosen = self._next(self._last[slot])
        for waiter in self._waiting[: self._waiting.index(chosen)]:
            waiter.passed += 1
        self._waiting.remove(chosen)
        chosen.ready.set_result(slot)

    def _next(self, last: str) -> _Waiter:
        first = self._waiting[0]
        if first.passed >= PATIENCE:
            return first
        return max(self._waiting, key=lambda waiter: shared(waiter.prompt, last))


def shared(a: str, b: str) -> int:
    """How many characters `a` and `b` begin with in common."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
