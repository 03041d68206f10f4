"""Futures with moments by which each must be done in; a `TimeoutError` in those that are not, out. One timer for all.

Nearly all are done long before: a timer for each would be set and cancelled for nothing.
"""

from __future__ import annotations

import asyncio
import math
from typing import Protocol


class Due(Protocol):
    """A future, or what stands for one."""

    def done(self) -> bool: ...

    def set_exception(self, error: Exception, /) -> None: ...


class Deadlines:
    """Belongs to one event loop. Moments are of its clock."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._moments: dict[Due, float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._next = math.inf

    def add(self, future: Due, moment: float) -> None:
        self._moments[future] = moment
        if moment < self._next:
            self._set(moment)

    def remove(self, future: Due) -> None:
        """The timer stays as it is, and finds nothing to do: the next moment is mostly no earlier."""
        self._moments.pop(future, None)

    def close(self) -> None:
        """Leaves no timer behind, if nothing waits any more."""
        if not self._moments:
            self._stop()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._next = None, math.inf

    def _set(self, moment: float) -> None:
        self._stop()
        self._next = moment
        self._timer = self._loop.call_at(moment, self._look)

    def _look(self) -> None:
        self._timer, self._next = None, math.inf
        now = self._loop.time()
        for future in [future for future, moment in self._moments.items() if moment <= now]:
            del self._moments[future]
            if not future.done():
                future.set_exception(TimeoutError())
        if self._moments:
            self._set(min(self._moments.values()))
