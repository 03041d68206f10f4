"""A key in; what one coroutine made for it out, however many ask for it at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Once(Generic[K, V]):
    """Belongs to one event loop. A failure is forgotten: it may be of the moment, so the next who asks tries again."""

    def __init__(self, make: Callable[[K], Coroutine[Any, Any, V]]) -> None:
        self._make = make
        self._tasks: dict[K, asyncio.Task[V]] = {}
        self._made: dict[K, V] = {}

    def made(self, key: K) -> V | None:
        """What is there already."""
        return self._made.get(key)

    async def get(self, key: K) -> V:
        if key in self._made:
            return self._made[key]
        task = self._tasks.get(key)
        if task is None:
            task = self._tasks[key] = asyncio.ensure_future(self._make(key))
        try:
            found = self._made[key] = await asyncio.shield(task)  # one who is cancelled takes it from nobody else
            return found
        except BaseException:
            if task.done():
                self._tasks.pop(key, None)
            raise
