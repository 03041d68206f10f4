"""A call in that goes on by itself in the event loop; its end, told by a plain call, out: no task, no coroutine.

Most calls meet nothing on their way: there is room, a connection stands open, the answer is good. Such a call needs
nobody who waits in a coroutine at each of its stations. Whatever is not so goes the long way, in a task.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from runtime.engines.protocol import Answer, Engine, Request

Told = Callable[["Answer | BaseException"], None]
"""Called once, in a later turn of the loop, unless the call was cancelled before."""


class Begun(Protocol):
    """What is on its way."""

    def cancel(self) -> object:
        """Ends it, and nobody is told. Of no effect when it has been told."""
        ...


class Beginning(Engine, Protocol):
    """An engine that has a short way."""

    def begin(self, request: Request, told: Told) -> Begun | None:
        """As `complete`, or None where that is the only way, at the moment or at all."""
        ...


class InTask:
    """The long way."""

    __slots__ = ("_task", "_told")

    def __init__(self, coroutine: Coroutine[Any, Any, Any], told: Callable[[Any], None]) -> None:
        self._told = told
        self._task = asyncio.ensure_future(coroutine)
        self._task.add_done_callback(self._ended)

    def cancel(self) -> None:
        self._task.remove_done_callback(self._ended)
        self._task.cancel()

    def _ended(self, task: asyncio.Task[Any]) -> None:
        if task.cancelled():
            self._told(asyncio.CancelledError())
        else:
            self._told(task.exception() or task.result())
