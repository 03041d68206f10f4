"""An ordered window: work is started ahead of need within a bound, and released strictly in the order it was given.

The first fault stops everything at once: what is in flight is cancelled, and nothing after the fault is released.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


async def ordered(
    items: Iterator[Item],
    work: Callable[[Item], Awaitable[Result]],
    ahead: Callable[[], int],
) -> AsyncGenerator[tuple[Item, Result], None]:
    """Yields (item, result) in the order of `items`, with at most `ahead()` items started and not yet released.

    `ahead` is asked before each start, so that it can shrink as a target comes near; it is taken as at least 1.
    Closing the iterator early cancels what is in flight.
    """
    flight: deque[tuple[Item, asyncio.Task[Result]]] = deque()
    fault: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    try:
        while True:
            _fill(flight, items, work, max(1, ahead()), fault)
            if not flight:
                return
            item, task = flight[0]
            if not task.done():
                await asyncio.wait((task, fault), return_when=asyncio.FIRST_COMPLETED)
            if fault.done():
                fault.result()
            flight.popleft()
            yield item, task.result()
    finally:
        await _cancel([task for _, task in flight])
        fault.cancel()


def _fill(
    flight: deque[tuple[Item, asyncio.Task[Result]]],
    items: Iterator[Item],
    work: Callable[[Item], Awaitable[Result]],
    bound: int,
    fault: asyncio.Future[None],
) -> None:
    loop = asyncio.get_running_loop()
    while len(flight) < bound:
        try:
            item = next(items)
        except StopIteration:
            return
        flight.append((item, loop.create_task(_run(work, item, fault))))


async def _run(work: Callable[[Item], Awaitable[Result]], item: Item, fault: asyncio.Future[None]) -> Result:
    try:
        return await work(item)
    except asyncio.CancelledError:
        raise
    except BaseException as error:
        if not fault.done():
            fault.set_exception(error)
        raise


async def _cancel(tasks: list[asyncio.Task[Result]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
