"""Workers in; every candidate of a dataset run by one of them, and runs of the rows that belong to its tables, out.

The driver gives out blocks of candidates, hears how they ended, answers what they ask of all others, and says which of
them belong to the tables. A lost worker's blocks that are not safe are run again: the journal has their answers.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from dsl.diagnostics import Diagnostic, SynthError
from runtime.build.progress import Progress
from runtime.executor.dealing import Dealer
from runtime.executor.decisions import Decisions
from runtime.executor.ledger import Ledger
from runtime.executor.messages import Ask, Counts, Ended, Orders, Reply, Report, Run, Sealed
from runtime.executor.port import Link, Lost
from runtime.executor.questions import Questions

DEATHS = 3
"""Workers that are lost one after the other, while no candidate ends, before the build gives up."""
PARTS = 4
"""Blocks that a worker's window is made of."""

Start = Callable[[int], Awaitable[tuple[Link, str]]]
"""A worker's number → the worker, ready for its orders, and the node it is on."""


@dataclass
class Member:
    """A worker as the driver sees it. `outbox` gathers what it is told in one turn of the loop."""

    number: int
    link: Link
    node: str
    outbox: Orders | None = None
    counts: Counts = field(default_factory=Counts)
    trouble: str = ""


@dataclass
class Mapping:
    """`window` is how many candidates a worker has under way at most."""

    start: Start
    workers: int
    window: int
    dealer: Dealer
    decisions: Decisions
    questions: Questions
    progress: Progress
    gather: Callable[[Sealed], None]
    runs: list[Run] = field(default_factory=list)
    members: dict[int, Member] = field(default_factory=dict)
    _ledger: Ledger = field(default_factory=Ledger)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _fault: BaseException | None = None
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    _past: list[Counts] = field(default_factory=list)
    _deaths: int = 0
    _stop: int | None = None
    _sealing: bool = False

    # --- the whole ---

    async def run(self) -> None:
        """Every candidate that counts is safe, in `runs`, when this returns."""
        try:
            await asyncio.gather(*(self._enlist(number) for number in range(self.workers)))
            self.progress.asked.append(self)
            await self._until(lambda: self.decisions.complete)
            self._finish_dealing()
            await self.decisions.choose()
            for member in self.members.values():
                self._settle(member)
            self._seal()
            await self._until(lambda: not self._ledger)
            await self.questions.claims.store()
        finally:
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self.questions.leaves.end()

    @property
    def trouble(self) -> str:
        told = [member.trouble for member in self.members.values()]
        return next(iter(told), "") if told and all(told) else ""

    async def _until(self, done: Callable[[], bool]) -> None:
        while True:
            if self._fault is not None:
                raise self._fault
            if done():
                return
            self._changed.clear()
            await self._changed.wait()

    def _finish_dealing(self) -> None:
        self._stop = self.decisions.looked_at
        self._ledger.cut(self._stop)
        for member in self.members.values():
            self._orders(member).stop = self._stop

    def _seal(self) -> None:
        self._sealing = True
        for member in self.members.values():
            self._orders(member).seal = True

    def _settle(self, member: Member) -> None:
        """Verdicts on all that it holds, once the selects have chosen."""
        for given in self._ledger.held():
            if given.worker == member.number:
                self._tell_verdicts(member, range(given.block.start, given.block.stop))

    # --- workers ---

    async def _enlist(self, number: int) -> None:
        link, node = await self.start(number)
        member = self.members[number] = Member(number, link, node)
        orders = self._orders(member)
        orders.stop, orders.seal = self._stop, self._sealing
        self._do(self._listen(member))
        self._deal(member)

    async def _listen(self, member: Member) -> None:
        try:
            while True:
                self._take(member, await member.link.hear())
        except Lost as lost:
            await self._lose(member, lost)
        except Exception as error:
            self._fail(error)

    async def _lose(self, member: Member, lost: Lost) -> None:
        """A new worker takes its place, and all that was not safe; who comes too late finds nothing to do."""
        self._past.append(member.counts)
        self.members.pop(member.number, None)
        self.questions.lost(member.number)
        self._deaths += 1
        if self._deaths >= DEATHS:
            self._fail(SynthError(_dying(lost)))
            return
        blocks = self._ledger.lose(member.number)
        try:
            await self._enlist(member.number)
        except Exception as error:
            self._fail(error)
            return
        fresh = self.members[member.number]
        for number in blocks:
            self._orders(fresh).blocks.append(self._ledger.move(number, fresh.number))

    def _fail(self, error: BaseException) -> None:
        self._fault = self._fault or error
        self._changed.set()

    # --- orders ---

    def _orders(self, member: Member) -> Orders:
        if member.outbox is None:
            member.outbox = Orders()
            asyncio.get_running_loop().call_soon(self._send, member)
        return member.outbox

    def _send(self, member: Member) -> None:
        orders, member.outbox = member.outbox, None
        if orders is not None:
            member.link.tell(orders)

    def _deal(self, member: Member) -> None:
        """Blocks for as many candidates as it has room for."""
        size = max(1, self.window // PARTS)
        while not self.decisions.complete and self._stop is None:
            room = self.window - self._ledger.running(member.number)
            if room < size:
                return
            part = self.dealer.deal(member.number, size)
            if part is None:
                return
            self._orders(member).blocks.append(self._ledger.give(member.number, *part))

    # --- reports ---

    def _take(self, member: Member, report: Report) -> None:
        if report.mistakes:
            return self._fail(SynthError(*report.mistakes))
        if report.crash:
            return self._fail(RuntimeError(f"worker {member.number} failed:\n{report.crash}"))
        self.questions.claims.landed(report.landed)
        self.questions.claims.missed(report.missed)
        self._count(member, report)
        for ended in report.ended:
            self._end(member, ended)
        for sealed in report.sealed:
            self._keep(sealed)
        self._answer(member, report.asks)
        for other in self.members.values():
            self._deal(other)
        if report.landed:
            self._do(self.questions.claims.store())
        self._changed.set()
        return None

    def _count(self, member: Member, report: Report) -> None:
        member.counts, member.trouble = report.counts, report.trouble
        self.progress.sandbox = report.sandbox or self.progress.sandbox
        total: Counter[str] = Counter()
        for counts in (*self._past, *(other.counts for other in self.members.values())):
            total.update({item.name: getattr(counts, item.name) for item in fields(Counts)})
        for name, number in total.items():
            setattr(self.progress, name, number)
        for need in report.back:
            self.questions.leaves.give_back(member.number, need)

    def _end(self, member: Member, ended: Ended) -> None:
        self.questions.duplicates.leave(ended.index)
        if self._ledger.end(member.number, ended.block, ended.position) and self._stop is None:
            self._deaths = 0
            for looked_at in self.decisions.take(ended):
                self._tell_verdict(looked_at.block, looked_at.position)
        else:
            self._tell_verdict(ended.block, ended.position)

    def _tell_verdict(self, block: int, position: int) -> None:
        holder = self._ledger.holder(block)
        if self.decisions.ordered and holder in self.members:
            self._tell_verdicts(self.members[holder], (position,))

    def _tell_verdicts(self, member: Member, positions: Iterable[int]) -> None:
        for position in positions:
            verdict = self.decisions.verdict(position) if self.decisions.ordered else None
            if verdict is not None:
                self._orders(member).verdicts.append((position, verdict))

    def _keep(self, sealed: Sealed) -> None:
        """Rows are safe once; what a lost worker sealed before is not run again."""
        self.runs.extend(sealed.runs)
        self.gather(sealed)
        for block, positions in sealed.positions.items():
            self._ledger.seal(block, positions)
            self.decisions.forget(positions)
            self.questions.forget(positions)

    # --- questions ---

    def _answer(self, member: Member, asks: Sequence[Ask]) -> None:
        replies, rest = self.questions.at_once(member.number, asks)
        if replies:
            self._orders(member).replies.extend(replies)
        for ask in rest:
            self._do(self._reply(member, ask))

    async def _reply(self, member: Member, ask: Ask) -> None:
        try:
            value = await self.questions.said(member.number, ask)
        except Exception as error:
            self._fail(error)
            return
        if self.members.get(member.number) is member:
            self._orders(member).replies.append(Reply(ask.number, value))
        else:
            self.questions.unheard(member.number, ask)

    def _do(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _dying(lost: Lost) -> Diagnostic:
    return Diagnostic(
        "E0962",
        f"{DEATHS} workers were lost one after the other",
        notes=(str(lost), "nothing was committed; every answer is stored"),
        help="a machine may lack memory: ask for fewer workers, and run again: it goes on where it was",
    )
