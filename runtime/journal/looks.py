"""Keys asked for in one turn of the event loop in; one look for all of them, and what it found of each, out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

HELD_ELSEWHERE: Final = b"held elsewhere"
"""Found of a key that another journal has claimed; told apart by identity."""


class Looking(Protocol):
    """Who waits for what a look finds: a future, or one who is told in its place."""

    def done(self) -> bool: ...

    def set_result(self, found: bytes | None, /) -> None: ...

    def set_exception(self, error: BaseException, /) -> None: ...


_Look = tuple[bytes, Looking]


class Looks:
    """`look` is given the keys, each once, and gives what it found of those of which it found something.

    A statement for a hundred keys takes as long as a few for one: each begins and ends a transaction of its own.
    """

    def __init__(self, look: Callable[[Sequence[bytes]], Mapping[bytes, bytes]]) -> None:
        self._look = look
        self._waiting: list[_Look] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    def ask(self, key: bytes) -> asyncio.Future[bytes | None]:
        """Whoever is cancelled before the look is left out of it."""
        future: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        self.add(key, future)
        return future

    def add(self, key: bytes, looking: Looking) -> None:
        """Who is done before the look is left out of it."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._waiting = loop, []  # whoever waited on another loop waits no more
        if not self._waiting:
            loop.call_soon(self._all)
        self._waiting.append((key, looking))

    def _all(self) -> None:
        waiting = [(key, future) for key, future in self._waiting if not future.done()]
        self._waiting = []
        if not waiting:
            return
        try:
            found = self._look([key for key, _ in waiting])
        except BaseException as error:  # it is for those who ask
            for _, future in waiting:
                future.set_exception(error)
            return
        for key, future in waiting:
            if not future.done():
                future.set_result(found.get(key))
