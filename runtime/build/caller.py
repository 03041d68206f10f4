"""Requests in; stored answers out: a journal in front of an engine. What was asked once is never asked again."""

from __future__ import annotations

from dataclasses import dataclass, field

from runtime.build.budget import Allowance, OutOfTime, most
from runtime.build.progress import Progress
from runtime.config.model import Budget
from runtime.engines.faults import as_told
from runtime.engines.protocol import Answer, EngineError, Request
from runtime.journal import Journal
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
        self._count(answer)
        return answer

    def _count(self, answer: Answer) -> None:
        """At once, not when it is stored: what it reserved of the budget is given back next."""
        progress = self.progress
        progress.fresh += 1
        progress.prompt_tokens += answer.prompt_tokens
        progress.completion_tokens += answer.completion_tokens
        progress.cached_tokens += answer.cached_tokens


@dataclass
class Recorded:
    """A completer that asks nobody: it answers what the journal holds, and gives up where it holds nothing."""

    journal: Journal

    async def complete(self, request: Request) -> Answer:
        value = self.journal.get(request.digest)
        if value is None:
            raise Unanswered("")
        return Answer.from_json(value)
