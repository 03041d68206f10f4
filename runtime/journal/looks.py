"""Keys asked for in one turn of the event loop in; one look for all of them, and what it found of each, out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Final

HELD_ELSEWHERE: Final = b"held elsewhere"
"""Found of a key that another journal has claimed; told apart by identity."""
_Look = tuple[bytes, "asyncio.Future[bytes | None]"]


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
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._waiting = loop, []  # whoever waited on another loop waits no more
        if not self._waiting:
            loop.call_soon(self._all)
        future: asyncio.Future[bytes | None] = loop.create_future()
        self._waiting.append((key, future))
        return future

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
            future.set_result(found.get(key))
