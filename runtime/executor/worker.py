"""Orders in; reports out: a worker runs blocks of candidates in its event loop, and keeps their rows until safe.

Everything that it is given it starts at once: the driver bounds how much that is. So a candidate that waits for others,
at a `dedup` or for room in its group, never keeps those others from being run.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import traceback
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, cast

from dsl.diagnostics import SynthError
from runtime.bridge import Running
from runtime.build import meanings
from runtime.build.budget import Need
from runtime.build.caller import Caller
from runtime.build.held import held_calls
from runtime.build.program import Loaded
from runtime.build.progress import Progress
from runtime.build.run import WINDOW
from runtime.build.selection import End
from runtime.build.tools import Sandbox
from runtime.executor.holding import Holding
from runtime.executor.leave import Leave
from runtime.executor.messages import Ask, Block, Counts, Hello, Orders, Reply, Report, Verdict
from runtime.executor.opening import WorkerSession, changes_of, open_inputs
from runtime.executor.part import Part, end_of
from runtime.executor.reduction import Range, Reduced, reduce
from runtime.executor.segment import segment
from runtime.executor.shipment import Shipment
from runtime.program.outcome import Kept, Rejected


class Worker:
    """One dataset's worker, in one event loop."""

    def __init__(self, shipment: Shipment, node: str) -> None:
        self.shipment, self.node = shipment, node
        self._report = Report()
        self._news, self._urgent = asyncio.Event(), asyncio.Event()
        self._asked: dict[int, tuple[Ask, asyncio.Future[Any]]] = {}
        self._number = 0
        self._running: dict[Running[None], int] = {}
        self._idle: asyncio.Future[None] | None = None
        self._early: dict[int, Verdict] = {}
        self._stop: int | None = None
        self._sealing = False
        self._ended = False
        self.progress = Progress(shipment.plan.name)
        self._folder = Path(shipment.spill)

    # --- from the first order to the last ---

    async def begin(self) -> Hello:
        try:
            self._open()
        except SynthError as error:
            return Hello(self.node, os.getpid(), error.diagnostics)
        return Hello(self.node, os.getpid())

    def _open(self) -> None:
        shipment = self.shipment
        loaded = Loaded(shipment.plan, shipment.text)
        self.session = WorkerSession.opened(shipment, self._journal)
        inputs = open_inputs(loaded, self.session, shipment)
        allowance, journal = Leave(shipment.budget, self._leave, self._back, self._over), self.session.journal
        roles = self.session.roles(loaded.plan, lambda sender: Caller(sender, journal, self.progress, allowance))
        changes = changes_of(self.session, shipment)
        held = held_calls(journal, loaded, changes, shipment.previous, shipment.now, self.progress)
        self.job = Part(
            loaded,
            inputs,
            {role: replace(bound, held=held) for role, bound in roles.items()},
            self.progress,
            WINDOW * self.session.concurrency(loaded.plan),
            tool=Sandbox(journal, self.progress, allowance),
            decided=shipment.told,
            encoder=meanings.asking(self.session, loaded.plan, self.progress, allowance),
            enter=self._enter,
            room=self._room,
            order=shipment.order,
            reads=shipment.reads,
        )
        recorded = None if held is None else held.recorded
        self._holding = Holding(loaded.plan, self.job.told, self._folder, self.node, recorded)

    def _journal(self, folder: Path) -> Any:
        return segment(folder, self._claim, self._landed, self._missed)

    async def end(self, made: bool) -> None:
        """Whatever runs is stopped; answers that came back are stored."""
        self._ended = True
        await self.stop()
        self._wake(urgent=True)
        if hasattr(self, "session"):
            await self.session.end(made)
        if hasattr(self, "_holding"):
            self._holding.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def stop(self) -> None:
        """Ends all candidates."""
        for running in self._running:
            running.cancel()
        if self._running:
            self._idle = asyncio.get_running_loop().create_future()
            await self._idle

    # --- orders ---

    def tell(self, orders: Orders) -> None:
        for reply in orders.replies:
            self._answer(reply)
        for position, verdict in orders.verdicts:
            self._judge(position, verdict)
        if orders.stop is not None:
            self._stop_at(orders.stop)
        for block in orders.blocks:
            self._start(block)
        self._sealing = self._sealing or orders.seal
        self._seal_if_due()

    def _answer(self, reply: Reply) -> None:
        """What was granted to a candidate that was called off meanwhile goes back."""
        ask, future = self._asked.pop(reply.number)
        if not future.done():
            future.set_result(reply.value)
        elif ask.kind == "leave":
            self._back(cast(Need, ask.asked[0]))
        elif ask.kind == "claim" and reply.value is None:
            self._missed(cast(bytes, ask.asked[0]))

    def _start(self, block: Block) -> None:
        try:
            for position, candidate in self.job.block(block):
                if self._stop is None or position < self._stop:
                    self._running[Running(self._done, self._run, block.number, position, candidate)] = position
        except Exception as error:
            self._fault(error)

    def _stop_at(self, stop: int) -> None:
        self._stop = stop
        for running, position in self._running.items():
            if position >= stop:
                running.cancel()
        self._holding.drop_from(stop)

    def _judge(self, position: int, verdict: Verdict) -> None:
        found = self._holding.release(position)
        if found is None:
            self._early[position] = verdict
        else:
            self._write(*found, position, verdict)

    # --- candidates ---

    def _run(self, block: int, position: int, candidate: Any) -> None:
        row, outcome = self.job.end(candidate)
        self._report.ended.append(self.job.told_of(block, position, row, outcome))
        if not self.shipment.decides:
            self._write(block, end_of(row, outcome), position, True)
        elif position in self._early:
            self._write(block, end_of(row, outcome), position, self._early.pop(position))
        else:
            self._holding.hold(block, position, end_of(row, outcome))
        self._wake()

    def _write(self, block: int, end: End, position: int, verdict: Verdict) -> None:
        if verdict is False or not isinstance(end.outcome, Kept | Rejected):
            self._holding.pass_over(block, position)
        elif isinstance(verdict, Rejected):
            self._holding.write(block, position, not_chosen(end, verdict))
        else:
            self._holding.write(block, position, end)
        if self._holding.full:
            self._seal()

    def _done(self, running: Running[None]) -> None:
        self._running.pop(running, None)
        if not running.cancelled() and (error := running.exception()) is not None and not self._ended:
            self._fault(error)
        if not self._running:
            self._wake(urgent=True)
            if self._idle is not None and not self._idle.done():
                self._idle.set_result(None)
        self._seal_if_due()

    def _seal_if_due(self) -> None:
        if self._sealing and not self._running and not self._holding.waits:
            self._seal()

    def _seal(self) -> None:
        try:
            sealed = self._holding.seal()
        except Exception as error:
            self._fault(error)
            return
        if sealed is not None:
            self._report.sealed.append(sealed)
            self._wake(urgent=True)

    def _fault(self, error: BaseException) -> None:
        if isinstance(error, SynthError):
            self._report.mistakes = error.diagnostics
        else:
            self._report.crash = "".join(traceback.format_exception(error))
        self._wake(urgent=True)

    # --- questions ---

    async def _enter(self, step: str, index: int, prepared: tuple[str, Any]) -> str | None:
        found: str | None = await self._ask("admit", step, index, prepared)
        return found

    async def _room(self, index: int, group: object) -> bool:
        return bool(await self._ask("wanted", index, group))

    async def _claim(self, key: bytes) -> bytes | None:
        found: bytes | None = await self._ask("claim", key)
        return found

    async def _leave(self, need: Need) -> None:
        await self._ask("leave", need)

    async def _over(self, name: str) -> None:
        await self._ask("over", name)

    def _back(self, need: Need) -> None:
        """With the count of what it cost, which is told in the same report."""
        self._report.back.append(need)
        self._wake(urgent=True)

    async def _ask(self, kind: Any, *asked: object) -> Any:
        self._number += 1
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        ask = Ask(self._number, kind, asked)
        self._asked[ask.number] = ask, future
        self._report.asks.append(ask)
        self._wake(urgent=True)
        return await future

    def _landed(self, key: bytes, value: bytes) -> None:
        self._report.landed.append((key, value))
        self._wake()

    def _missed(self, key: bytes) -> None:
        self._report.missed.append(key)
        self._wake(urgent=True)

    # --- reports ---

    def _wake(self, urgent: bool = False) -> None:
        self._news.set()
        if urgent:
            self._urgent.set()

    async def hear(self) -> Report:
        await self._news.wait()
        if not self._urgent.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._urgent.wait(), self.shipment.gather)
        if self._urgent.is_set():
            await asyncio.sleep(self.shipment.urgent)
        self._news.clear()
        self._urgent.clear()
        report, self._report = self._report, Report()
        report.counts, report.sandbox, report.trouble = (
            counted(self.progress),
            self.progress.sandbox,
            self.progress.trouble,
        )
        return report

    # --- shards ---

    def part(self, paths: Iterable[str], range_: Range) -> list[Any]:
        from runtime.executor.runs import read_range

        return read_range(list(paths), range_.low, range_.high)

    def reduce(self, range_: Range, parts: Iterable[list[Any]]) -> Reduced:
        return reduce(range_, [piece for part in parts for piece in part], self.session.store)


def not_chosen(end: End, verdict: Rejected) -> End:
    """A row that no `select` chose is not marked for a person either."""
    return replace(end, outcome=verdict, events=[event for event in end.events if event.kind != "flag"])


def counted(progress: Progress) -> Counts:
    return Counts(**{item.name: getattr(progress, item.name) for item in fields(Counts)})
