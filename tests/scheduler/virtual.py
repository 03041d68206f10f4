"""A coroutine in; its result out, on a loop whose clock jumps to the next thing to happen: hours pass in no time.

Servers of the same loop may be talked to: the clock stands still for as long as something comes through a socket.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

TALK = 0.002
"""Real seconds in which what was sent on loopback surely has arrived, however busy the machine is."""


class Stuck(Exception):
    """Nothing is left to happen and the coroutine has not ended: a deadlock."""


class _Jumping(selectors.DefaultSelector):
    """Waits for sockets alone, and not for long: what it would have waited is added to the clock."""

    def __init__(self, patience: float) -> None:
        super().__init__()
        self.now = 0.0
        self._patience = patience

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise Stuck
        ready = super().select(min(max(timeout, 0), self._patience))
        self.now += 0 if ready else max(timeout, 0)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self, patience: float = 0.0) -> None:
        self.jumping = _Jumping(patience)
        super().__init__(self.jumping)

    def time(self) -> float:
        return self.jumping.now


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(coroutine)


def run_talking(coroutine: Coroutine[Any, Any, T], seconds: float = 3600.0) -> T:
    """As `run`, with servers on the same loop. Raises `TimeoutError` when the clock has come so far."""
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(TALK)) as runner:
        return runner.run(asyncio.wait_for(coroutine, seconds))
