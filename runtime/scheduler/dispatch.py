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

from runtime.engines.protocol import Answer, Engine, Request
from runtime.scheduler.by_prefix import ByPrefix

Permit = Callable[[], None]
"""Called when a request's turn has come, right before it is sent; what it raises comes out instead of an answer."""


class Lane(Protocol):
    def ask(self, request: Request, permit: Permit) -> Coroutine[Any, Any, Answer]: ...


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


class InTurn:
    """First come, first sent."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._flying = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def ask(self, request: Request, permit: Permit) -> Answer:
        if self._waiting or self._flying >= max(1, self._engine.concurrency):
            await self._turn()
        else:
            self._flying += 1
        try:
            permit()
            return await self._engine.complete(request)
        finally:
            self._flying -= 1
            self._fill()

    async def _turn(self) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # its turn came in the moment in which it was cancelled
                self._flying -= 1
                self._fill()
            raise

    def _fill(self) -> None:
        while self._waiting and self._flying < max(1, self._engine.concurrency):
            turn = self._waiting.popleft()
            if not turn.done():
                self._flying += 1
                turn.set_result(None)
