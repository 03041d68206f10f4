"""One dataset's work in; its tables, made in this process, and how its audits went, out: the executor `local`."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

from runtime.build import estimate, meanings, plainly, selection
from runtime.build.audits import Gate, audit, audited, enforce
from runtime.build.caller import Caller
from runtime.build.candidates import count
from runtime.build.held import Held, held_calls
from runtime.build.output import Output, Written
from runtime.build.result import Result
from runtime.build.run import WINDOW, Job
from runtime.build.tools import Sandbox
from runtime.executor.port import Work
from runtime.program.outcome import Kept
from runtime.program.stage import Bound

LONG = 10.0
"""Seconds that a dataset takes before it is worth a word that it could take less."""


class Local:
    """An executor."""

    async def run(self, work: Work) -> tuple[Written, tuple[Gate, ...]]:
        loaded, session, progress = work.loaded, work.session, work.progress
        held = await _held(work)
        job, result = _job(work, held), Result(loaded.plan.name, audited(loaded), loaded.plan.makes_many)
        with Output(loaded.plan, session.store.put, work.previous, before=held.recorded if held else None) as output:
            work.watch(progress)
            start, used = time.monotonic(), time.thread_time()
            for key, rejected in work.inputs.rejected(loaded):
                output.reject_input(key, rejected)
            async for end in selection.ends(loaded.plan, job.outcomes(), progress, result.reads, job.encoder):
                if isinstance(end.outcome, Kept):
                    result.add(end.key, end.outcome, end.values, end.index)
                output.take(end, work.told)
            progress.busy = _busy(work, time.monotonic() - start, time.thread_time() - used)
            gates = settle(work, result, time.monotonic() - start, output.kept, output.attempted)
            return await asyncio.to_thread(output.finish), gates


def _busy(work: Work, seconds: float, used: float) -> float:
    """Of a short build, and of one whose candidates wait for nobody, nobody asks."""
    return used / seconds if seconds >= LONG and not plainly.suits(work.loaded.plan) else 0.0


def settle(work: Work, result: Result, seconds: float, kept: int, attempted: int) -> tuple[Gate, ...]:
    """All rows are there: their time is noted for plans, they are audited, and every answer outlives a power cut."""
    session, loaded = work.session, work.loaded
    estimate.remember(session.journal, session.identities(loaded.plan).values(), work.progress, seconds)
    result.kept, result.attempted = kept, attempted
    gates = audit(loaded, result)
    enforce(gates, work.options.audits)
    session.journal.sync()
    return gates


def _job(work: Work, held: Held | None) -> Job:
    loaded, session, progress, allowance = work.loaded, work.session, work.progress, work.allowance
    window = WINDOW * session.concurrency(loaded.plan)
    tool = Sandbox(session.journal, progress, allowance)
    encoder = meanings.asking(session, loaded.plan, progress, allowance)
    roles, options = _roles(work, held), work.options
    return Job(loaded, work.inputs, roles, progress, window, options.limit, tool, work.told, options.arrange, encoder)


async def _held(work: Work) -> Held | None:
    """Read by a thread, mostly outside of the interpreter; meanwhile the inputs are read here."""
    journal, changes, loaded = work.session.journal, work.changes, work.loaded
    held = asyncio.to_thread(held_calls, journal, loaded, changes, work.previous, work.now, work.progress)
    reading = asyncio.get_running_loop().create_task(held)
    await asyncio.sleep(0)
    try:
        count(work.inputs.axes(loaded))
    finally:
        found = await reading
    return found


def _roles(work: Work, held: Held | None) -> dict[str, Bound]:
    """Each asks the version before, the journal, and then its engine."""
    loaded, journal, progress = work.loaded, work.session.journal, work.progress
    asked = work.session.roles(loaded.plan, lambda sender: Caller(sender, journal, progress, work.allowance))
    return {role: replace(bound, held=held) for role, bound in asked.items()}
