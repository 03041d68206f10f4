"""A dataset and a cluster in; its tables, made by the workers, and how its audits went, out: map, decide, reduce."""

from __future__ import annotations

import asyncio
import shutil
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from compiler import plan
from compiler.prefix.order import shows
from dsl.diagnostics import Diagnostic, SynthError
from runtime.build import meanings
from runtime.build.audits import Gate, audited
from runtime.build.local import settle
from runtime.build.output import Written
from runtime.build.result import Result
from runtime.build.run import WINDOW, Job, pace_of, run_order
from runtime.executor.claims import Claims
from runtime.executor.dealing import Dealer, InTurns, Stretches
from runtime.executor.decisions import Decisions, decides
from runtime.executor.gates import Numbered, Room
from runtime.executor.gathering import HERE, Gathering
from runtime.executor.leave import left_of
from runtime.executor.mapping import DEATHS, Mapping
from runtime.executor.port import Cluster, Link, Lost, Work
from runtime.executor.questions import Questions
from runtime.executor.scratch import scratch
from runtime.executor.shipment import Shipment, machine
from runtime.executor.writing import Spread
from runtime.journal.claims import among_others
from runtime.scheduler.groups import Groups
from runtime.sources.source import Lent


@dataclass
class Driver:
    """An executor. `own_journals`: workers have journals of their own even on this machine."""

    cluster: Cluster
    own_journals: bool = False

    async def run(self, work: Work) -> tuple[Written, tuple[Gate, ...]]:
        spill = str(scratch("runs"))
        links: dict[int, Link] = {}
        made = False
        try:
            with (
                Spread(work.loaded.plan, work.session.store.put, work.previous) as output,
                among_others(work.session.journal.folder),
            ):
                found = await Dataset(self, work, output, spill, links).made()
            made = True
            return found
        finally:
            await asyncio.gather(*(link.end(made) for link in links.values()), return_exceptions=True)
            await asyncio.to_thread(shutil.rmtree, spill, ignore_errors=True)


@dataclass
class Dataset:
    """One dataset on its way. `links` are all the workers that were started."""

    driver: Driver
    work: Work
    output: Spread
    spill: str
    links: dict[int, Link]

    async def made(self) -> tuple[Written, tuple[Gate, ...]]:
        work, output = self.work, self.output
        work.watch(work.progress)
        begun = time.monotonic()
        for key, rejected in work.inputs.rejected(work.loaded):
            output.reject_input(key, rejected)
        result = Result(work.loaded.plan.name, audited(work.loaded), work.loaded.plan.makes_many)
        mapping = self._mapping(result)
        await mapping.run()
        decisions = mapping.decisions
        gates = settle(work, result, time.monotonic() - begun, decisions.kept, decisions.attempted)
        output.kept, output.attempted, output.reasons = decisions.kept, decisions.attempted, decisions.reasons
        await self._gathered(mapping)
        return await asyncio.to_thread(output.finish), gates

    # --- map ---

    def _mapping(self, result: Result) -> Mapping:
        work, workers = self.work, max(1, self.driver.cluster.workers)
        dataset = work.loaded.plan
        window = WINDOW * work.session.concurrency(dataset)
        encoder = meanings.asking(work.session, dataset, work.progress, work.allowance)
        pace = pace_of(dataset, window)
        room = Room(pace) if isinstance(pace, Groups) else None
        self._expect(window)
        total = work.progress.candidates
        decisions = Decisions(dataset, pace, work.progress, result, encoder, total)
        if room is not None:
            decisions.past = room.passed
        dealer: Dealer = Stretches(total, workers)
        if shows(dataset):
            dealer = InTurns(total, workers, pace.ahead, lambda: decisions.looked_at)
        return Mapping(
            self._start,
            workers,
            max(1, -(-window // workers)),
            dealer,
            decisions,
            Questions(Numbered(dataset, encoder), room, Claims(work.session.journal), work.allowance, work.progress),
            work.progress,
            self.output.gather,
        )

    def _expect(self, window: int) -> None:
        """How many candidates and rows there will be, in `progress`, as a job of this process would say."""
        work = self.work
        Job(work.loaded, work.inputs, {}, work.progress, window, work.options.limit)

    async def _start(self, number: int) -> tuple[Link, str]:
        for left in reversed(range(DEATHS)):
            try:
                return await self._begun(number)
            except Lost as lost:
                if not left:
                    raise SynthError(_unbegun(lost)) from lost
        raise AssertionError("the last try ends in an answer or a message")

    async def _begun(self, number: int) -> tuple[Link, str]:
        link = await self.driver.cluster.start(number)
        self.links[number] = link
        hello = await link.begin(self._shipment(number))
        if hello.mistakes:
            raise SynthError(*hello.mistakes)
        return link, hello.node

    def _shipment(self, number: int) -> Shipment:
        work = self.work
        loaded, session, changes = work.loaded, work.session, work.changes
        return Shipment(
            number=number,
            workers=self.driver.cluster.workers,
            project=session.project,
            profile=session.profile,
            engine=session.engine,
            plan=loaded.plan,
            text=loaded.text,
            head=changes.head,
            paths=changes.paths,
            made=changes.made,
            told=work.told,
            order=self._order(),
            reads=self._reads(),
            decides=decides(loaded.plan),
            digests=work.inputs.content(),
            machine="" if self.driver.own_journals else machine(),
            spill=f"{self.spill}/{number}",
            budget=left_of(work.allowance),
            previous=work.previous,
            now=work.now,
            lent=self._lent,
        )

    @cached_property
    def _lent(self) -> dict[str, Lent] | None:
        if not self.driver.cluster.near:
            return None
        folder = Path(self.spill)
        named = enumerate(self.work.inputs.sources.items())
        return {name: source.lend(folder, f"input-{place}") for place, (name, source) in named}

    def _order(self) -> tuple[str, ...] | None:
        work = self.work
        return run_order(work.loaded.plan, work.inputs.axes(work.loaded), work.options.limit)

    def _reads(self) -> frozenset[str] | None:
        dataset = self.work.loaded.plan
        selects = dataset.of(plan.Select)
        if not selects and not dataset.of(plan.Audit):
            return None
        return audited(self.work.loaded) | {name for step in selects for name in step.names}

    # --- reduce ---

    async def _gathered(self, mapping: Mapping) -> None:
        runs = [*mapping.runs, *self.output.drain(Path(self.spill) / "driver", HERE)]
        try:
            near = self.work.session.store if self.driver.cluster.near else None
            await Gathering(self.output, runs, list(mapping.members.values()), near).place()
        except SynthError as error:
            raise self.output.placed(error) from None


def _unbegun(lost: Lost) -> Diagnostic:
    return Diagnostic(
        "E0965",
        "a worker's process ended before it made a row",
        notes=(str(lost), "nothing was asked of a model by it, and nothing was committed"),
        help="ask for fewer workers where memory is short; without `--workers` the build's own process makes all rows",
    )
