"""What a build may spend and what it has spent in; leave for each call, or a stop that can be resumed, out.

A call reserves what it may cost at most before it is sent, and gives that back when its answer is there and counted. So
tokens and calls never exceed the budget, however many are in flight. Who finds no room waits for those in flight; when
none is left and nobody who waits finds room, the build stops. All that was asked is answered and stored by then.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

from dsl.diagnostics import Diagnostic, SynthError
from runtime.build.progress import Progress
from runtime.config.model import Budget
from runtime.engines.protocol import Request

GRACE = 0.05
"""Seconds without any call in flight in which somebody may come whose call fits."""
_TURN, _WHOLE = 16, 64
"""Tokens that a chat template adds to a message and to the whole, at most: marks, and a system prompt of its own."""


class OutOfTime(Exception):
    """Raised for a call whose turn comes after the budget's minutes: it is not sent."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a call may cost at most."""

    calls: int = 0
    tokens: int = 0


@dataclass
class Allowance:
    """Used from one event loop. Minutes count from when it is made. All datasets of one build spend from it."""

    budget: Budget
    clock: Callable[[], float] = time.monotonic
    start: float = field(init=False)
    seen: dict[str, Progress] = field(default_factory=dict)
    _flying: int = 0
    _reserved: Need = Need()
    _waiting: deque[tuple[Need, asyncio.Future[bool]]] = field(default_factory=deque)
    _ended: list[asyncio.Future[None]] = field(default_factory=list)
    _closing: asyncio.TimerHandle | None = None
    _over: str = ""

    def __post_init__(self) -> None:
        self.start = self.clock()
        self.bounded = self.budget != Budget()

    async def take(self, need: Need, progress: Progress) -> None:
        """Returns when there is room for `need`, which is reserved then. E0907 when there is none and will be none."""
        self.seen[progress.dataset] = progress
        if self.out_of_time:
            await self.stop("minutes", progress)
        if self._fits(need):
            self._reserve(need)
        elif self._over or not await self._turn(need):
            await self.stop(self._lacking(need) or self._over, progress, need)

    def give_back(self, need: Need) -> None:
        """An answer is there and counted, or there will be none."""
        self._flying -= 1
        self._reserved = Need(self._reserved.calls - need.calls, self._reserved.tokens - need.tokens)
        self._wake()

    async def stop(self, name: str, progress: Progress, need: Need | None = None) -> NoReturn:
        """E0907, as soon as nothing is in flight any more: no call is cancelled that somebody may have answered."""
        self._over = self._over or name
        while self._flying:
            ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._ended.append(ended)
            await ended
        raise SynthError(self._used_up(name, progress, need))

    @property
    def out_of_time(self) -> bool:
        return self.budget.minutes is not None and self._minutes >= self.budget.minutes

    def check_time(self) -> None:
        """Asked when a call is to be sent: it may have waited for long."""
        if self.out_of_time:
            raise OutOfTime

    def calls_left(self, wanted: int) -> int:
        """At most `wanted`, at least 1: a single call is refused by `take` alone."""
        if self.budget.calls is None:
            return wanted
        return max(1, min(wanted, self.budget.calls - self._spent.calls - self._reserved.calls))

    @property
    def _minutes(self) -> float:
        return (self.clock() - self.start) / 60

    @property
    def _spent(self) -> Need:
        found = self.seen.values()
        return Need(sum(one.fresh for one in found), sum(one.tokens for one in found))

    def _fits(self, need: Need) -> bool:
        return not self._over and not self._lacking(need)

    def _lacking(self, need: Need) -> str:
        """What of the budget has no room for it; empty where all has."""
        spent, reserved, budget = self._spent, self._reserved, self.budget
        if budget.tokens is not None and need.tokens and spent.tokens + reserved.tokens + need.tokens > budget.tokens:
            return "tokens"
        if budget.calls is not None and spent.calls + reserved.calls + need.calls > budget.calls:
            return "calls"
        return ""

    def _reserve(self, need: Need) -> None:
        self._flying += 1
        self._reserved = Need(self._reserved.calls + need.calls, self._reserved.tokens + need.tokens)

    # --- waiting for room ---

    async def _turn(self, need: Need) -> bool:
        """Whether room was found, which is reserved then; False once nobody is in flight and nobody finds any."""
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((need, turn))
        self._wake()
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.result():
                self.give_back(need)
            raise

    def _wake(self) -> None:
        """Lets those go who have waited longest, as many as there is room for; others only if none of those can."""
        waiting = self._waiting = deque(item for item in self._waiting if not item[1].done())
        while waiting and self._fits(waiting[0][0]):
            self._admit(waiting[0])
        small = None if self._flying else next((item for item in waiting if self._fits(item[0])), None)
        if small is not None:
            self._admit(small)
        if not self._flying:
            self._ends()

    def _admit(self, item: tuple[Need, asyncio.Future[bool]]) -> None:
        self._waiting.remove(item)
        self._reserve(item[0])
        item[1].set_result(True)

    def _ends(self) -> None:
        """Nobody is in flight. Who waits goes on waiting for a moment: others may be about to ask for less."""
        for ended in self._ended:
            if not ended.done():
                ended.set_result(None)
        self._ended.clear()
        if self._waiting and self._closing is None:
            self._closing = asyncio.get_running_loop().call_later(GRACE, self._close)

    def _close(self) -> None:
        self._closing = None
        if self._flying:
            return
        self._over = next((self._lacking(need) for need, _ in self._waiting), self._over)
        for _, turn in self._waiting:
            if not turn.done():
                turn.set_result(False)
        self._waiting.clear()

    # --- what is told ---

    def _used_up(self, name: str, progress: Progress, need: Need | None) -> Diagnostic:
        spent, allowed = self._spent, getattr(self.budget, name)
        left = allowed - spent.tokens if name == "tokens" else 0
        more = f"; the next call may take {need.tokens:,}, and {left:,} are left" if need and left > 0 else ""
        return Diagnostic(
            "E0907",
            f"the budget is used up: {allowed:,g} {name}{more}",
            notes=(
                f"spent: {spent.calls:,} calls, {spent.tokens:,} tokens, {self._minutes:.1f} minutes",
                so_far(progress),
                "nothing was committed; every answer is stored",
            ),
            help="run the command again, with this budget or another: it goes on where it was; `synth plan` says more",
        )


def most(request: Request) -> Need:
    """No tokenizer makes more tokens of a text than it has bytes; the answer is no longer than it may be."""
    texts = [message.content for message in request.messages]
    prompt = sum(len(text.encode("utf-8", "surrogatepass")) for text in (*texts, request.prefill))
    marks = 0 if request.raw else _WHOLE + _TURN * (len(texts) + 1)
    labels = max((len(label.encode()) for label in request.labels), default=0)
    return Need(1, prompt + marks + (labels or (0 if request.reward else request.sampling.max_tokens)))


def so_far(progress: Progress) -> str:
    """What is kept, and about how much is left, by what the candidates took that asked something."""
    done = f"`{progress.dataset}`: {progress.kept:,} rows kept of {progress.attempted:,} tried"
    rest, asked = _rest(progress), progress.ended - progress.given
    if rest is None or asked <= 0:
        return done if rest is None else f"{done}; {rest:,.0f} candidates are left"
    calls, tokens = (number * rest / asked for number in (progress.fresh, progress.tokens))
    return f"{done}; about {rest:,.0f} candidates, {calls:,.0f} calls and {tokens:,.0f} tokens are left"


def _rest(progress: Progress) -> float | None:
    """Candidates that are still to be tried, about; None where nobody can tell."""
    left = None if progress.candidates is None else progress.candidates - progress.ended
    if progress.wanted is None or not progress.kept or progress.wanted == progress.candidates:
        return left
    wanted = (progress.wanted - progress.kept) * progress.attempted / progress.kept
    return wanted if left is None else min(left, wanted)
