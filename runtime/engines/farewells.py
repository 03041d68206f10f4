"""Calls that nobody waits for any more in; the server told of each, in the background, out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress

from runtime.engines.protocol import EngineRejected, EngineUnavailable

_AT_ONCE = 16
_FINISHING = 2.0
"""Seconds that the end of a build waits for servers to hear of it."""


class Farewells:
    """`tell` tells one server of one call. Belongs to one event loop."""

    def __init__(self, tell: Callable[[str], Awaitable[None]]) -> None:
        self._tell = tell
        self._telling: set[asyncio.Task[None]] = set()
        self._mouths = asyncio.Semaphore(_AT_ONCE)

    def say(self, rids: Iterable[str]) -> None:
        for rid in rids:
            task = asyncio.ensure_future(self._told(rid))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def _told(self, rid: str) -> None:
        with suppress(EngineUnavailable, EngineRejected, OSError):  # the closed connection tells it too, in a while
            async with self._mouths:
                await self._tell(rid)

    async def finish(self) -> None:
        """Waits a little until the server has heard of all."""
        if self._telling:
            await asyncio.wait(self._telling, timeout=_FINISHING)
