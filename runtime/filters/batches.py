"""Candidates in any order in; through a statement that compares them, in candidate order and many at a time, out.

Who has come by the end of one turn of the event loop goes through together; so a window of candidates costs one pass
over what they are compared with. How many come at once changes nothing about what is found.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")
MOST = 512


class OrderedBatches(Generic[Item, Answer]):
    """Candidates are numbered from 0 without gaps. Every number must enter or leave, or those behind it wait.

    `work` answers for many items, in order; `threaded`, it runs in a thread, so that calls go on meanwhile.
    """

    def __init__(self, work: Callable[[Sequence[Item]], list[Answer]], *, threaded: bool = False) -> None:
        self.turn = 0
        self._work, self._threaded = work, threaded
        self._left: set[int] = set()
        self._waiting: dict[int, tuple[Item, asyncio.Future[Answer]]] = {}
        self._running = False

    async def enter(self, number: int, item: Item) -> Answer:
        """The answer, when all candidates before this one have theirs or have left."""
        if number < self.turn or number in self._left:
            raise RuntimeError(f"candidate {number} left this statement before")
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[number] = item, future
        self._wake()
        return await future

    def leave(self, number: int) -> None:
        """The candidate will never come, or has its answer. Leaving twice is leaving once."""
        if number >= self.turn and number not in self._waiting:
            self._left.add(number)
            self._wake()

    def _wake(self) -> None:
        if not self._running and self._is_due():
            self._running = True
            self._task = asyncio.ensure_future(self._run())

    def _is_due(self) -> bool:
        while self.turn in self._left:
            self._left.remove(self.turn)
            self.turn += 1
        return self.turn in self._waiting

    async def _run(self) -> None:
        await asyncio.sleep(0)
        try:
            while self._is_due():
                await self._answer(self._take())
        finally:
            self._running = False

    def _take(self) -> list[tuple[Item, asyncio.Future[Answer]]]:
        """Those whose turn it is, one behind the other; a candidate that was cancelled is passed over."""
        taken: list[tuple[Item, asyncio.Future[Answer]]] = []
        while len(taken) < MOST and self._is_due():
            taken.append(self._waiting.pop(self.turn))
            self.turn += 1
        return [(item, future) for item, future in taken if not future.done()]

    async def _answer(self, taken: list[tuple[Item, asyncio.Future[Answer]]]) -> None:
        try:
            items = [item for item, _ in taken]
            answers = await asyncio.to_thread(self._work, items) if self._threaded else self._work(items)
        except Exception as error:
            for _, future in taken:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), answer in zip(taken, answers, strict=True):
            if not future.done():
                future.set_result(answer)
