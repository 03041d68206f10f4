"""Requests for a server that remembers beginnings in; their answers, sent so that what is shared is computed once, out.

* What waits is sent in the order of `Turns`.
* Where others wait who share a long beginning that nobody has computed, the first has the server compute its prompt
  alone (`warm`), and they follow when it has. A call that writes next to nothing, such as a judge's, leads by itself.
  Nobody is held for longer than `PASSED` sendings, nor more than `HOLDS` times, and a leader that fails frees them.
* Requests that differ in nothing but their seeds go together, as many as there is room for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar, cast

from runtime.engines.begun import Begun, InTask, Told, ToldAll
from runtime.engines.protocol import Answer, Batching, Capabilities, Engine, EngineError, Request, Warming
from runtime.scheduler.beginnings import Beginnings
from runtime.scheduler.holds import HOLDS, Flight, Holds
from runtime.scheduler.turns import Turns
from runtime.scheduler.waiters import Batch, Ready, ToldWaiter, Waiter

Value = TypeVar("Value")

LONG = 400
"""Characters, about a hundred tokens: a shared beginning worth waiting for."""
SHORT = 8
"""Tokens: who writes no more is as good as done when its prompt is computed."""


@dataclass
class ByPrefix:
    """No more than `engine.concurrency` calls are in flight: a warming one is one, a batch as many as its requests."""

    engine: Engine
    can: Capabilities
    _turns: Turns[Waiter] = field(default_factory=Turns)
    _computed: Beginnings = field(default_factory=Beginnings)
    _holds: Holds[Waiter] = field(default_factory=Holds)
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    _flying: int = 0
    _number: int = 0
    _woken: bool = False

    def __post_init__(self) -> None:
        self._begin: Callable[[Request, Told], Begun | None] | None = getattr(self.engine, "begin", None)
        self._begin_all: Callable[[Sequence[Request], ToldAll], Begun | None] | None
        self._begin_all = getattr(self.engine, "begin_all", None)

    async def ask(self, request: Request, permit: Callable[[], None]) -> Answer:
        ready: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        waiter = self._waits(request, permit, ready)
        try:
            answer = await ready
        except asyncio.CancelledError:
            self.abandon(waiter)
            raise
        return await self._alone(waiter) if answer is None else answer

    def begin(self, request: Request, permit: Callable[[], None], told: Told) -> Begun:
        ready = ToldWaiter(self, told)
        ready.waiter = self._waits(request, permit, ready)
        return ready

    def _waits(self, request: Request, permit: Callable[[], None], ready: Ready) -> Waiter:
        self._number += 1
        waiter = Waiter(request, permit, text_of(request), self._number, ready)
        self._turns.add(waiter)
        self._wake()
        return waiter

    def go(self, waiter: Waiter, told: Told) -> Begun:
        """Its turn has come, and nobody waits for it in a coroutine."""
        begun = self._begin(waiter.request, told) if self._begin is not None else None
        return begun or InTask(self.engine.complete(waiter.request), told)

    async def _alone(self, waiter: Waiter) -> Answer:
        try:
            return await self.engine.complete(waiter.request)
        finally:
            self.land(1, waiter.flight)

    def abandon(self, waiter: Waiter) -> None:
        """Wherever it is, it leaves no trace, and no work for nobody."""
        if waiter in self._turns:
            self._turns.remove(waiter)
        elif waiter.batch is not None:
            self._leave(waiter.batch)
        elif not waiter.ready.cancelled():
            if waiter.ready.exception() is None:  # its turn came in the moment in which it was cancelled
                self.land(1, waiter.flight)
        elif waiter.flight is not None:
            self._holds.leave(waiter, waiter.flight)
            self._wake()

    # --- whose turn it is ---

    def _wake(self) -> None:
        """All who come in one turn of the loop are looked at together."""
        if not self._woken:
            self._woken = True
            asyncio.get_running_loop().call_soon(self._send)

    def _send(self) -> None:
        self._woken = False
        most = max(1, self.engine.concurrency)
        while self._flying < most and (waiter := self._turns.take()) is not None:
            if waiter.ready.done():
                continue
            if (flight := self._holds.of(waiter, self._computed, LONG)) is not None:
                self._holds.hold(waiter, flight)
            elif not self._leads(waiter):
                self._start(waiter)
            elif 0 < self._holds.held >= self._room:
                self._turns.back(waiter)  # those who follow have all the room: who leads on further would be too early
                return
            else:
                self._warm(waiter)

    @property
    def _room(self) -> int:
        return max(1, self.engine.concurrency) - self._flying

    def _may(self, waiter: Waiter) -> bool:
        try:
            waiter.permit()
        except Exception as error:  # whatever it is, it is for the one who asks
            waiter.ready.set_exception(error)
            return False
        return True

    def _start(self, waiter: Waiter) -> None:
        if not self._may(waiter):
            return
        self._count_sent(waiter)
        if len(waiter.text) >= LONG:
            self._note(waiter)
        together = [waiter, *self._alike(waiter)]
        if len(together) == 1:
            waiter.ready.set_result(None)
        else:
            self._batch(together)

    def _count_sent(self, waiter: Waiter) -> None:
        self._flying += 1
        self._turns.sent(waiter)
        for flight in self._holds.passed():
            self._free(flight)

    # --- those who lead, and those who follow ---

    def _note(self, waiter: Waiter) -> None:
        """Of a call that writes, nothing tells when its prompt is computed: it is taken to be so at once."""
        if _is_short(waiter.request):
            waiter.flight = self._holds.fly(waiter.text)
        else:
            self._computed.add(waiter.text)

    def _leads(self, waiter: Waiter) -> bool:
        """Whether its prompt is to be warmed: one that waits begins alike, for long enough behind what is computed."""
        if len(waiter.text) < LONG or not self.can.warm or waiter.holds >= HOLDS:
            return False
        if _is_short(waiter.request) or (common := self._turns.shared(waiter.text, LONG)) == 0:
            return False
        return common - self._computed.shared(waiter.text) >= LONG

    def _warm(self, waiter: Waiter) -> None:
        if not self._may(waiter):
            return
        self._flying += 1
        flight: Flight[Waiter] = self._holds.fly(waiter.text)
        self._holds.hold(waiter, flight)
        warming = cast(Warming, self.engine).warm(waiter.request)
        flight.task = self._run(warming, partial(self._warmed, waiter, flight))

    def _warmed(self, waiter: Waiter, flight: Flight[Waiter], task: asyncio.Task[None]) -> None:
        """A server that cannot is asked no more about this prompt; what is wrong shows when the prompt is sent."""
        error = None if task.cancelled() else task.exception()
        self.land(1, flight)
        if error is not None and not isinstance(error, EngineError) and not waiter.ready.done():
            waiter.ready.set_exception(error)

    def land(self, calls: int, flight: Flight[Waiter] | None) -> None:
        self._flying -= calls
        if flight is not None:
            self._free(flight)
        if self._turns:
            self._wake()

    def _free(self, flight: Flight[Waiter]) -> None:
        """Computed or not, it is waited for no more."""
        self._computed.add(flight.text)
        for waiter in self._holds.land(flight):
            self._turns.back(waiter)

    # --- those who go together ---

    def _alike(self, waiter: Waiter) -> list[Waiter]:
        """Those who ask the same under other seeds, taken out of the turns."""
        if not self.can.batch or not (same := self._turns.equal(waiter.text)) or _is_greedy(waiter.request):
            return []
        waiting = (other for other in same if not other.ready.done())
        found = [other for other in waiting if _differ_in_seed(waiter.request, other.request)]
        found = found[: max(0, self._room)]
        for other in found:
            self._turns.remove(other)
        found = [other for other in found if self._may(other)]
        for other in found:
            self._count_sent(other)
        return found

    def _batch(self, waiters: list[Waiter]) -> None:
        batch = Batch(waiters)
        for waiter in waiters:
            waiter.batch = batch
        requests, ended = [waiter.request for waiter in waiters], partial(self._answered, batch)
        begun = self._begin_all(requests, ended) if self._begin_all is not None else None
        batch.way = begun or InTask(self._ask_all(requests), ended)

    def _leave(self, batch: Batch) -> None:
        """What nobody of it waits for any more is given up."""
        if batch.way is not None and all(waiter.ready.done() for waiter in batch.waiters):
            batch.way.cancel()
            self._landed(batch)

    async def _ask_all(self, requests: list[Request]) -> list[Answer]:
        answers = await cast(Batching, self.engine).complete_all(requests)
        if len(answers) != len(requests):
            raise RuntimeError(f"{self.engine.name} gave {len(answers)} answers to {len(requests)} requests")
        return answers

    def _answered(self, batch: Batch, fate: list[Answer] | BaseException) -> None:
        self._landed(batch)
        for index, waiter in enumerate(batch.waiters):
            if waiter.ready.done():
                continue
            if isinstance(fate, BaseException):
                waiter.ready.set_exception(fate)
            else:
                waiter.ready.set_result(fate[index])

    def _landed(self, batch: Batch) -> None:
        batch.way = None
        self.land(len(batch.waiters), batch.waiters[0].flight)

    def _run(
        self, work: Coroutine[Any, Any, Value], ended: Callable[[asyncio.Task[Value]], None]
    ) -> asyncio.Task[Value]:
        """`ended` is called though the task is cancelled before it begins. The loop itself holds tasks weakly."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(ended)
        return task


def text_of(request: Request) -> str:
    """What decides how much two prompts share: equal beginnings here are equal beginnings under any chat template."""
    if request.raw:
        return "".join([message.content for message in request.messages]) + request.prefill
    parts = [f"\0{message.role}\0{message.content}" for message in request.messages]
    return f"{''.join(parts)}\0\0{request.prefill}"


def _is_short(request: Request) -> bool:
    return bool(request.labels) or request.reward or request.sampling.max_tokens <= SHORT


def _is_greedy(request: Request) -> bool:
    return bool(request.labels) or request.reward or request.sampling.temperature <= 0


def _differ_in_seed(one: Request, other: Request) -> bool:
    return replace(one, seed=other.seed) == other
