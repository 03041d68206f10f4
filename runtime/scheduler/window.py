"""An ordered window: work is started ahead of need within a bound, and released strictly in the order it was given.

The first fault stops everything at once: what is in flight is cancelled, and nothing after the fault is released.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Iterator
from typing import Any, Generic, Protocol, TypeVar, cast

Item = TypeVar("Item")
Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)


class Work(Protocol[Result_co]):
    """What runs: a task, or what reads like one."""

    def done(self) -> bool: ...

    def cancelled(self) -> bool: ...

    def exception(self) -> BaseException | None: ...

    def result(self) -> Result_co: ...

    def cancel(self) -> object: ...


Begin = Callable[[Item, Callable[[Work[Result]], None]], Work[Result]]
"""Starts an item's work, and says in a later turn of the loop that it has ended."""


def ordered(
    items: Iterator[Item],
    work: Callable[[Item], Awaitable[Result]],
    ahead: Callable[[], int],
) -> AsyncGenerator[tuple[Item, Result], None]:
    """As `released`, of work that is a coroutine."""

    def begin(item: Item, ended: Callable[[Work[Result]], None]) -> Work[Result]:
        task = asyncio.get_running_loop().create_task(cast(Coroutine[Any, Any, Result], work(item)))
        task.add_done_callback(ended)
        return task

    return released(items, begin, ahead)


async def released(
    items: Iterator[Item], begin: Begin[Item, Result], ahead: Callable[[], int]
) -> AsyncGenerator[tuple[Item, Result], None]:
    """Yields (item, result) in the order of `items`, with at most `ahead()` items started and not yet released.

    `ahead` is asked before each start, so that it can shrink as a target comes near; it is taken as at least 1.
    Closing the iterator early cancels what is in flight.
    """
    window = _Window(begin)
    try:
        while True:
            window.fill(items, max(1, ahead()))
            if not window.flight:
                return
            item, work = window.flight[0]
            if not work.done():
                await window.head_or_fault()
            if window.fault is not None:
                raise window.fault
            window.flight.popleft()
            yield item, work.result()
    finally:
        await window.cancel()


class _Window(Generic[Item, Result]):
    def __init__(self, begin: Begin[Item, Result]) -> None:
        self.flight: deque[tuple[Item, Work[Result]]] = deque()
        self.fault: BaseException | None = None
        self._begin = begin
        self._running = 0
        self._closing = False
        self._news: asyncio.Future[None] | None = None

    def fill(self, items: Iterator[Item], bound: int) -> None:
        while len(self.flight) < bound:
            try:
                item = next(items)
            except StopIteration:
                return
            self._running += 1
            self.flight.append((item, self._begin(item, self._ended)))

    async def head_or_fault(self) -> None:
        """Until the first one's work is done, or any has failed."""
        self._news = asyncio.get_running_loop().create_future()
        await self._news

    async def cancel(self) -> None:
        """Until all have come to their ends."""
        self._closing = True
        for _, work in self.flight:
            work.cancel()
        while self._running:
            self._news = asyncio.get_running_loop().create_future()
            await self._news

    def _ended(self, work: Work[Result]) -> None:
        self._running -= 1
        if not work.cancelled() and self.fault is None:
            self.fault = work.exception()
        if self._news is None or self._news.done():
            return
        if not self._running if self._closing else (self.fault is not None or work is self.flight[0][1]):
            self._news.set_result(None)
