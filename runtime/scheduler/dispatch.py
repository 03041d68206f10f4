"""Requests that want to be sent in; their answers, each asked of the engine in its turn, out.

A server with a memory of beginnings computes what prompts share once, if it gets them one after the other: `ByPrefix`
sends them so. Everybody else is sent what comes first, first: `InTurn`. No more calls are in flight than the engine
wants at the moment.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from runtime.engines.begun import Begun, InTask, Told
from runtime.engines.protocol import Answer, Engine, Request
from runtime.scheduler.by_prefix import ByPrefix

Permit = Callable[[], None]
"""Called when a request's turn has come, right before it is sent; what it raises comes out instead of an answer."""


class Lane(Protocol):
    def ask(self, request: Request, permit: Permit) -> Coroutine[Any, Any, Answer]: ...

    def begin(self, request: Request, permit: Permit, told: Told) -> Begun: ...


class Dispatcher:
    """In front of one engine, for all who ask it, in one event loop at a time."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        can = engine.capabilities
        # Of the few rows that are ahead of one call at a time, order saves nothing: the embedded engine keeps theirs.
        one = engine.concurrency == 1 and not can.warm
        self._lane: Lane = ByPrefix(engine, can) if can.prefix_cache and not one else InTurn(engine)

    @property
    def trouble(self) -> str:
        """Why the engine answers nobody at the moment, as far as it can tell; else empty. Read from any thread."""
        return getattr(self.engine, "trouble", "")

    def ask(self, request: Request, permit: Permit = lambda: None) -> Coroutine[Any, Any, Answer]:
        """As the engine's `complete`. Whoever is cancelled is not sent, or its call is cancelled."""
        return self._lane.ask(request, permit)

    def begin(self, request: Request, permit: Permit, told: Told) -> Begun:
        """As `ask`, for who is told and waits in no coroutine."""
        return self._lane.begin(request, permit, told)


class InTurn:
    """First come, first sent."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._begin: Callable[[Request, Told], Begun | None] = getattr(engine, "begin", _begins_nothing)
        self._flying = 0
        self._waiting: deque[asyncio.Future[None] | _Turn] = deque()

    async def ask(self, request: Request, permit: Permit) -> Answer:
        if self._waiting or self._flying >= max(1, self._engine.concurrency):
            await self._turn()
        else:
            self._flying += 1
        try:
            permit()
            return await self._engine.complete(request)
        finally:
            self.over()

    def begin(self, request: Request, permit: Permit, told: Told) -> Begun:
        turn = _Turn(self, request, permit, told)
        if self._waiting or self._flying >= max(1, self._engine.concurrency):
            self._waiting.append(turn)
        else:
            self._flying += 1
            turn.set_result(None)
        return turn

    def go(self, request: Request, told: Told) -> Begun:
        """Its turn has come."""
        return self._begin(request, told) or InTask(self._engine.complete(request), told)

    def over(self) -> None:
        """Makes room for the next one."""
        self._flying -= 1
        self._fill()

    async def _turn(self) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # its turn came in the moment in which it was cancelled
                self.over()
            raise

    def _fill(self) -> None:
        while self._waiting and self._flying < max(1, self._engine.concurrency):
            turn = self._waiting.popleft()
            if not turn.done():
                self._flying += 1
                turn.set_result(None)


class _Turn:
    """One who is told, in the place of a future: its turn comes, its answer, and then the next one's turn."""

    __slots__ = ("_begun", "_came_up", "_lane", "_over", "_permit", "_request", "_told")

    def __init__(self, lane: InTurn, request: Request, permit: Permit, told: Told) -> None:
        self._lane, self._request, self._permit, self._told = lane, request, permit, told
        self._begun: Begun | None = None
        self._came_up = self._over = False

    def done(self) -> bool:
        """Nobody waits for its turn any more."""
        return self._over

    def set_result(self, _: None) -> None:
        self._came_up = True
        try:
            self._permit()
            self._begun = self._lane.go(self._request, self._came)
        except BaseException as fault:  # told later: whoever comes next might have the same to say, and so on
            asyncio.get_running_loop().call_soon(self._came, fault)

    def cancel(self) -> None:
        if self._over:
            return
        self._over = True
        if self._begun is not None:
            self._begun.cancel()
        if self._came_up:
            self._lane.over()

    def _came(self, answer: Answer | BaseException) -> None:
        if self._over:
            return
        self._over = True
        self._begun = None
        self._lane.over()
        self._told(answer)


def _begins_nothing(request: Request, told: Told) -> None:
    """Of an engine that has no short way."""
