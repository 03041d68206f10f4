"""What a server answers, refuses and drops in; how many exchanges it is sent at once, and when, out.

The number rises to the limit as long as nothing is refused: doubled whenever as many were answered, or a second passed
without a refusal, since refusals come at once and answers do not. The first refusals show how many the server keeps, at
least. From then on it rises after so many answers, by one and, when that went well a few times, by an eighth; with a
refusal it falls by an eighth (additive increase, multiplicative decrease). The pauses belong to the server, not to the
call: while it is gone one call asks for all, and all hear when that one gives up.
"""

from __future__ import annotations

import asyncio
import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field

START = 16
"""Exchanges in flight before anything is known of a server."""
CONSENT = 1.0
"""Seconds without a refusal after which a server is sent more."""
STEADY = 16
"""Answers, at least, between two rises: so few in a hundred are refused where a server takes few at once."""
_WENT_WELL = 4
"""Rises without a refusal after which it rises faster."""
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0


@dataclass(order=True, slots=True)
class _Waiting:
    ticket: int
    turn: asyncio.Future[None] = field(compare=False)
    patient: bool = field(compare=False)


class Load:
    """One server's, on one event loop. Each exchange enters, and ends by exactly one of `answered`, `refused`, `lost`,
    `gone` and `left`. Those that wait enter in the order of their tickets."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.window = min(limit, START)
        self.in_flight = 0
        self.answers = 0
        self.rounds = 0
        """How often, one after the other, everything in flight came to nothing."""
        self.is_gone = False
        self.waiting = 0
        self.mark = 0
        """Tells what was sent before the last cut, whose refusal says nothing new."""
        self._learning = True
        self._since_rise = 0
        self._rises = _WENT_WELL  # since the last refusal; what a burst shows is less than what the server takes
        self._burst = 0
        self._queue: list[_Waiting] = []
        self._paused_until = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def wanted(self) -> int:
        """How many calls to bring: the limit until a refusal shows how many the server takes."""
        return self.limit if self._learning else self.window

    @property
    def paused(self) -> bool:
        """Nothing is sent for a while."""
        return self._paused_until > 0 and self.pause_left > 0

    @property
    def pause_left(self) -> float:
        return max(0.0, self._paused_until - asyncio.get_running_loop().time())

    @property
    def _rising(self) -> bool:
        return self._learning and self.window < self.limit

    # --- in ---

    def try_enter(self) -> bool:
        """Enters if nobody waits and there is room."""
        if self._queue or self.in_flight >= self.window or self._paused_until:
            return False
        self.in_flight += 1
        return True

    async def enter(self, ticket: int, patient: bool = True) -> None:
        """Waits for its turn. Raises what `give_up` is given."""
        turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self._queue, _Waiting(ticket, turn, patient))
        self.waiting += 1
        self._admit()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self.left()  # it was let in, and was cancelled before it heard
            raise
        finally:
            self.waiting -= 1

    def _admit(self) -> None:
        while self._queue and (self._queue[0].turn.done() or self._has_room()):
            turn = heapq.heappop(self._queue).turn
            if not turn.done():
                self.in_flight += 1
                turn.set_result(None)
        if self._queue and self._timer is None:
            self._set_timer()

    def _has_room(self) -> bool:
        return not self._paused_until and self.in_flight < self.window

    def _set_timer(self) -> None:
        loop = asyncio.get_running_loop()
        if self._paused_until:
            self._timer = loop.call_at(self._paused_until, self._tick)
        elif self._rising:
            self._timer = loop.call_later(CONSENT, self._tick)

    def _tick(self) -> None:
        self._timer = None
        if self._paused_until:
            if self.pause_left > 0:  # clocks are not that exact
                self._set_timer()
                return
            self._paused_until = 0.0
        elif self._rising and self.in_flight >= self.window:
            self._double()
        self._admit()

    # --- out ---

    def answered(self) -> None:
        self.answers += 1
        self.rounds = 0
        full = self.in_flight >= self.window
        if self.is_gone:
            self._found_again()
        elif self.window < self.limit and (full or self._rising):
            self._since_rise += 1
            if self._rising and self._since_rise >= self.window:
                self._double()
            elif not self._rising and self._since_rise >= max(self.window, STEADY):
                self._rise()
        self._leave()

    def refused(self, mark: int, pause: float = 0.0) -> bool:
        """`mark` is what it was when the exchange was sent, `pause` the seconds that the server asks for. Whether this
        is the first that shows what the server takes."""
        learnt = self._learning
        if learnt:
            self._learning, self._burst = False, self.in_flight
            self.mark += 1
        if mark == self.mark:
            self._burst = 0
            self._lower()
        elif self._burst:  # what the server kept of the first it was sent is what it takes
            self._burst -= 1
            self.window, self._since_rise = max(1, self._burst), 0
        self._came_to_nothing(pause)
        return learnt

    def lost(self) -> None:
        """The connection ended before the answer."""
        self._came_to_nothing(0.0)

    def gone(self) -> None:
        """There was no connection to be had."""
        self.is_gone = True
        self.window, self._learning, self._burst = 1, False, 0
        self._came_to_nothing(0.0)

    def left(self) -> None:
        """The caller does not want the answer any more, or waited too long."""
        self._leave()

    def give_up(self, error: Callable[[], Exception], *, everyone: bool) -> None:
        """Tells those who wait, and lets who comes next try at once; without `everyone`, only those who do not want to
        wait for a server that is gone are told."""
        if everyone:
            self._paused_until = 0.0
        for waiting in self._queue:
            if (everyone or not waiting.patient) and not waiting.turn.done():
                waiting.turn.set_exception(error())
        self._admit()

    # --- the number in flight ---

    def _double(self) -> None:
        self.window, self._since_rise = min(self.limit, self.window * 2), 0

    def _rise(self) -> None:
        step = max(1, self.window // 8) if self._rises >= _WENT_WELL else 1
        self.window, self._since_rise = min(self.limit, self.window + step), 0
        self._rises += 1

    def _lower(self) -> None:
        self.window, self._since_rise = max(1, self.window - max(1, self.window // 8)), 0
        self._rises = 0
        self.mark += 1

    def _found_again(self) -> None:
        self.is_gone, self._learning = False, True
        self.window, self._since_rise = min(self.limit, START), 0

    def _came_to_nothing(self, asked: float) -> None:
        """When nothing is left in flight whose end could be waited for, time is."""
        last = self.in_flight == 1
        self.rounds += last
        pause = max(asked, random.uniform(0, 2 * nominal_pause(self.rounds)) if last else 0.0)
        if pause:
            self._pause(pause)
        self._leave()

    def _pause(self, seconds: float) -> None:
        until = asyncio.get_running_loop().time() + seconds
        if until > self._paused_until:
            self._paused_until = until
            if self._timer is not None:
                self._timer.cancel()
            self._set_timer()

    def _leave(self) -> None:
        self.in_flight -= 1
        if self._queue:
            self._admit()


def nominal_pause(attempt: int) -> float:
    """Seconds before the retry that follows attempt `attempt`, on average; one waits for anything up to twice that."""
    pause: float = min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE)
    return pause
