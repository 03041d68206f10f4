"""A request that waits for its turn in; that it has come, or the answer where it was sent with others, told, out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from runtime.engines.begun import Begun, Told
from runtime.engines.protocol import Answer, Request
from runtime.scheduler.holds import Flight

if TYPE_CHECKING:
    from runtime.scheduler.by_prefix import ByPrefix


class Ready(Protocol):
    """A future, or one who is told in its place."""

    def done(self) -> bool: ...

    def cancelled(self) -> bool: ...

    def exception(self) -> BaseException | None: ...

    def set_result(self, answer: Answer | None, /) -> None: ...

    def set_exception(self, error: BaseException, /) -> None: ...


@dataclass(eq=False, slots=True)
class Waiter:
    """`ready` gives None when it is to be sent by the one who waits, or the answer where it was sent with others."""

    request: Request
    permit: Callable[[], None]
    text: str
    number: int
    ready: Ready
    came: int = 0
    holds: int = 0
    flight: Flight[Waiter] | None = None
    batch: Batch | None = None


@dataclass(eq=False, slots=True)
class Batch:
    """`way` is the exchange, until its end is told."""

    waiters: list[Waiter]
    way: Begun | None = None


class ToldWaiter:
    """One who is told, in the place of a future: of its turn, or of its answer where it was sent with others."""

    __slots__ = ("_begun", "_came_up", "_failed", "_lane", "_over", "_told", "waiter")

    def __init__(self, lane: ByPrefix, told: Told) -> None:
        self.waiter: Waiter
        self._lane, self._told = lane, told
        self._begun: Begun | None = None
        self._came_up = self._failed = self._over = False

    def cancel(self) -> None:
        if self._over:
            return
        self._over = True
        if not self._came_up:
            self._lane.abandon(self.waiter)
            return
        if self._begun is not None:
            self._begun.cancel()
        self._lane.land(1, self.waiter.flight)

    # --- as a future, until its turn has come ---

    def done(self) -> bool:
        return self._over or self._failed

    def cancelled(self) -> bool:
        return self._over

    def exception(self) -> BaseException | None:
        return None

    def set_result(self, answer: Answer | None) -> None:
        if answer is not None:
            self._end(answer)
            return
        self._came_up = True
        try:
            self._begun = self._lane.go(self.waiter, self._came)
        except BaseException as fault:  # told later, as every end is
            asyncio.get_running_loop().call_soon(self._came, fault)

    def set_exception(self, error: BaseException) -> None:
        self._failed = True
        asyncio.get_running_loop().call_soon(self._end, error)

    def _came(self, answer: Answer | BaseException) -> None:
        if not self._over:
            self._lane.land(1, self.waiter.flight)
            self._end(answer)

    def _end(self, fate: Answer | BaseException) -> None:
        if not self._over:
            self._over, self._begun = True, None
            del self.waiter  # each would keep the other, for the collector to find
            self._told(fate)
