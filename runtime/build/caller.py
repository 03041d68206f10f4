"""Requests in; stored answers out: a journal in front of an engine. What was asked once is never asked again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field

from runtime.build.budget import Allowance, OutOfTime, most
from runtime.build.progress import Progress
from runtime.config.model import Budget
from runtime.engines.begun import Begun
from runtime.engines.faults import as_told
from runtime.engines.protocol import Answer, EngineError, Request
from runtime.journal import Journal, Stored
from runtime.journal.flights import Flight
from runtime.program.outcome import Unanswered
from runtime.scheduler.dispatch import Dispatcher


@dataclass
class Caller:
    """A completer. The dispatcher sends what is asked when its turn has come; the answer used is the stored one."""

    dispatcher: Dispatcher
    journal: Journal
    progress: Progress
    allowance: Allowance = field(default_factory=lambda: Allowance(Budget()))

    def __post_init__(self) -> None:
        if self.dispatcher not in self.progress.asked:
            self.progress.asked.append(self.dispatcher)

    def promised(self, request: Request) -> Awaitable[Answer]:
        """As `complete`, with nobody who waits in a coroutine. What a budget bounds goes the long way."""
        long = self.allowance.bounded or not self.journal.shared
        return self.complete(request) if long else _Call(self, request).answer

    async def complete(self, request: Request) -> Answer:
        made: list[Answer] = []

        async def effect() -> bytes:
            made.append(await self._ask(request))
            return made[0].to_json()

        stored = await self.journal.get_or_run(request.digest, effect)
        if stored.fresh:
            return made[0]  # it reads itself back as it is
        self.progress.reused += 1
        return Answer.from_json(stored.value)

    async def _ask(self, request: Request) -> Answer:
        return await (self._within(request) if self.allowance.bounded else self._sent(request))

    async def _within(self, request: Request) -> Answer:
        """Sent when the budget has room for the most that it may cost."""
        need = most(request)
        await self.allowance.take(need, self.progress)
        try:
            return await self._sent(request)
        except OutOfTime:
            pass
        finally:
            self.allowance.give_back(need)
        await self.allowance.stop("minutes", self.progress)
        raise AssertionError("a stop comes back")

    async def _sent(self, request: Request) -> Answer:
        try:
            answer = await self.dispatcher.ask(request, self.allowance.check_time)
        except EngineError as fault:
            raise as_told(fault) from fault
        self.count(answer)
        return answer

    def count(self, answer: Answer) -> None:
        """At once, not when it is stored: what it reserved of the budget is given back next."""
        progress = self.progress
        progress.fresh += 1
        progress.prompt_tokens += answer.prompt_tokens
        progress.completion_tokens += answer.completion_tokens
        progress.cached_tokens += answer.cached_tokens


class _Call(Flight):
    """One call, from the journal's look to its stored answer. Who does not want it any more cancels `answer`."""

    __slots__ = ("_begun", "_caller", "_fresh", "_request", "answer")

    def __init__(self, caller: Caller, request: Request) -> None:
        super().__init__(caller.journal, request.digest)
        self._caller, self._request = caller, request
        self._begun: Begun | None = None
        self._fresh: Answer | None = None
        self.answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.answer.add_done_callback(self._unwanted)
        self.start()

    def begin(self) -> None:
        caller = self._caller
        self._begun = caller.dispatcher.begin(self._request, caller.allowance.check_time, self._came)

    def _came(self, answer: Answer | BaseException) -> None:
        self._begun = None
        try:
            if isinstance(answer, EngineError):
                raise as_told(answer) from answer
            if isinstance(answer, BaseException):
                raise answer
            self._caller.count(answer)
            self._fresh = answer
            self.keep(answer.to_json())
        except BaseException as fault:  # there is nobody above who could be told
            self.fail(fault)

    def told(self, fate: Stored | BaseException) -> None:
        answer = self.answer
        if answer.done():
            return
        answer.remove_done_callback(self._unwanted)
        if isinstance(fate, BaseException):
            answer.set_exception(fate)
        elif fate.fresh and self._fresh is not None:
            answer.set_result(self._fresh)  # it reads itself back as it is
        else:
            self._caller.progress.reused += 1
            answer.set_result(Answer.from_json(fate.value))

    def _unwanted(self, answer: asyncio.Future[Answer]) -> None:
        if self._begun is not None:
            self._begun.cancel()
        self.give_up()


@dataclass
class Recorded:
    """A completer that asks nobody: it answers what the journal holds, and gives up where it holds nothing."""

    journal: Journal

    async def complete(self, request: Request) -> Answer:
        value = self.journal.get(request.digest)
        if value is None:
            raise Unanswered("")
        return Answer.from_json(value)
