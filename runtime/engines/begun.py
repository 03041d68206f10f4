"""A call in that goes on by itself in the event loop; its end, told by a plain call, out: no task, no coroutine.

Most calls meet nothing on their way: there is room, a connection stands open, the answer is good. Such a call needs
nobody who waits in a coroutine at each of its stations. Whatever is not so goes the long way, in a task.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Protocol

from runtime.engines.protocol import Answer, Batching, Engine, Request

Told = Callable[["Answer | BaseException"], None]
"""Called once, in a later turn of the loop, unless the call was cancelled before."""

ToldAll = Callable[["list[Answer] | BaseException"], None]
"""As `Told`, of calls that go together."""


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


class BeginningAll(Batching, Protocol):
    """An engine that has a short way for several in one exchange."""

    def begin_all(self, requests: Sequence[Request], told: ToldAll) -> Begun | None:
        """As `complete_all`, or None where that is the only way."""
        ...


class InTask:
    """The long way. It is told by the task itself: no turn of the loop lies between an answer and whoever stores it."""

    __slots__ = ("_coroutine", "_task", "_told", "_unwanted")

    def __init__(self, coroutine: Coroutine[Any, Any, Any], told: Callable[[Any], None]) -> None:
        self._coroutine: Coroutine[Any, Any, Any] | None = coroutine
        self._told, self._unwanted = told, False
        self._task = asyncio.ensure_future(self._run())

    def cancel(self) -> None:
        self._unwanted = True
        self._task.cancel()
        if self._coroutine is not None:
            self._coroutine.close()  # it will never begin

    async def _run(self) -> None:
        coroutine, self._coroutine = self._coroutine, None
        assert coroutine is not None
        try:
            fate = await coroutine
        except BaseException as error:
            fate = error
        if not self._unwanted:
            self._told(fate)
        if self._unwanted or isinstance(fate, KeyboardInterrupt | SystemExit):
            _raised(fate)


def _raised(fate: object) -> None:
    """For the loop: an end of all that runs, or a cancellation that came through."""
    if isinstance(fate, asyncio.CancelledError | KeyboardInterrupt | SystemExit):
        raise fate
