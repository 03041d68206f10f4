"""A built spec in; stored answers that its engines say they give again, asked for again and compared, out.

Nothing is written: the rows are run against the journal, which notes what was asked. Of the answers that are repeatable
so many are taken whose keys are the least, which is a sample by chance and the same one every time.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field

from compiler.analysis import Analysis
from dsl.diagnostics import Diagnostic, SynthError
from runtime.bridge import run
from runtime.build import commit
from runtime.build.build import Options
from runtime.build.caller import Recorded
from runtime.build.chosen import chosen
from runtime.build.decided import decided
from runtime.build.dry import WINDOW
from runtime.build.inputs import Inputs
from runtime.build.meanings import recorded as recorded_meanings
from runtime.build.program import Loaded
from runtime.build.progress import Progress
from runtime.build.run import Job
from runtime.build.session import Session
from runtime.build.tools import RecordedRuns
from runtime.engines.faults import unavailable
from runtime.engines.protocol import Answer, EngineRejected, EngineUnavailable, Request
from runtime.program.row import Row
from runtime.program.trace import printed_cell
from runtime.scheduler.dispatch import Dispatcher
from runtime.store.port import CommitId
from runtime.tables.keys import print_key

LAST_DIGITS = 1e-4
"""How far a label's log-probability may be from the one that was stored."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the data an answer stands: `qa break-1/2 answer, by writer`."""

    dataset: str
    row: str
    cell: str
    role: str


@dataclass(frozen=True, slots=True)
class Drift:
    """An answer that came out otherwise; `now` is None where the engine refuses what it once answered."""

    engine: str
    place: Place | None
    call: str
    then: Answer
    now: Answer | None


@dataclass(frozen=True, slots=True)
class Verified:
    """So many were asked again, of calls whose answers are `repeatable`; `recorded` ones were left out."""

    asked: int
    repeatable: int
    recorded: int
    drifts: tuple[Drift, ...]

    def warnings(self) -> Iterator[Diagnostic]:
        """W0910 for each engine that does not keep its word."""
        for engine in dict.fromkeys(drift.engine for drift in self.drifts):
            yield _drifted(engine, sum(drift.engine == engine for drift in self.drifts), self.asked)


@dataclass(slots=True)
class _Stored:
    request: Request
    answer: Answer
    sender: Dispatcher
    place: Place | None = None


@dataclass
class Sample:
    """The `wanted` least keys among those noted, each once; the others are only counted, as often as they came."""

    wanted: int
    held: dict[bytes, _Stored] = field(default_factory=dict)
    _largest: list[tuple[int, bytes]] = field(default_factory=list)
    repeatable: int = 0
    recorded: int = 0

    def note(self, request: Request, answer: Answer, sender: Dispatcher) -> None:
        key = request.digest
        if not answer.repeatable:
            self.recorded += 1
            return
        self.repeatable += 1
        if key in self.held:
            return
        heapq.heappush(self._largest, (-int.from_bytes(key, "big"), key))
        self.held[key] = _Stored(request, answer, sender)
        if len(self.held) > self.wanted:
            del self.held[heapq.heappop(self._largest)[1]]

    def place(self, dataset: str, row: Row) -> None:
        for event in row.events:
            stored = self.held.get(bytes.fromhex(event.call)) if event.call else None
            if stored is not None and stored.place is None:
                stored.place = Place(dataset, print_key(row.key), printed_cell(event), event.role or "")


@dataclass
class Noting:
    """A completer that asks nobody, and notes what the journal answered."""

    recorded: Recorded
    sender: Dispatcher
    sample: Sample

    async def complete(self, request: Request) -> Answer:
        answer = await self.recorded.complete(request)
        self.sample.note(request, answer, self.sender)
        return answer


def verify(analysis: Analysis, session: Session, options: Options, head: CommitId | None, number: int) -> Verified:
    """Asks `number` answers again, or all where there are fewer. E0904 for an engine that does not answer."""
    return run(_verify(analysis, session, options, head, number))


async def _verify(
    analysis: Analysis, session: Session, options: Options, head: CommitId | None, number: int
) -> Verified:
    changes, sample = commit.Changes(session.store, head), Sample(number)
    try:
        for loaded in chosen(analysis, options.only):
            if loaded.mix is None:
                await _look(loaded, session, options, changes, sample)
        told = await asyncio.gather(*(_again(key, stored) for key, stored in sorted(sample.held.items())))
    finally:
        await session.close_engines()
    drifts = tuple(drift for drift in told if drift is not None)
    return Verified(len(sample.held), sample.repeatable, sample.recorded, drifts)


async def _look(loaded: Loaded, session: Session, options: Options, changes: commit.Changes, sample: Sample) -> None:
    name = loaded.plan.name
    inputs = Inputs.open(loaded, session.project.root, session.facts, changes.table)
    commit.fill_journal(session, changes, name)
    recorded = Recorded(session.journal)
    roles = dict(session.roles(loaded.plan, lambda sender: Noting(recorded, sender, sample)))
    told, runs = decided(loaded.plan, changes), RecordedRuns(session.journal)
    meant = recorded_meanings(session, loaded.plan)
    job = Job(loaded, inputs, roles, Progress(name), WINDOW, options.limit, runs, told, encoder=meant)
    async for row, _ in job.outcomes():
        sample.place(name, row)


async def _again(key: bytes, stored: _Stored) -> Drift | None:
    engine = stored.sender.engine.name
    try:
        now: Answer | None = await stored.sender.ask(stored.request)
    except EngineUnavailable as fault:
        raise SynthError(unavailable(fault)) from fault
    except EngineRejected:
        now = None
    if now is not None and same(stored.answer, now):
        return None
    return Drift(engine, stored.place, key.hex(), stored.answer, now)


def same(then: Answer, now: Answer) -> bool:
    """Whether rows made of the one are rows made of the other."""
    if (then.text, then.finish, set(then.labels)) != (now.text, now.finish, set(now.labels)):
        return False
    return all(abs(value - now.labels[label]) <= LAST_DIGITS for label, value in then.labels.items())


def _drifted(engine: str, number: int, asked: int) -> Diagnostic:
    return Diagnostic(
        "W0910",
        f"engine `{engine}` does not repeat its answers: {number:,} of {asked:,} came out otherwise",
        notes=("it said of each, when it gave it, that it would give it again",),
        help="see that the server still runs in its deterministic mode; rebuilds come from the journal meanwhile",
    )
