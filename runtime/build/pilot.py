"""A dataset and a number in; so many of its candidates run, spread over all there are, and what they took, out.

The answers stay in the journal: a build asks none of them again. Nothing is committed.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from compiler import plan
from runtime.build import estimate, meanings
from runtime.build.acceptance import Acceptance, acceptance
from runtime.build.budget import Allowance
from runtime.build.caller import Caller
from runtime.build.candidates import AxisValues, Candidate, between, count
from runtime.build.decided import Decided
from runtime.build.foretell import asked
from runtime.build.inputs import Inputs
from runtime.build.program import Loaded
from runtime.build.progress import Progress
from runtime.build.run import WINDOW, Job
from runtime.build.session import Session
from runtime.build.tools import Sandbox
from runtime.program.outcome import Kept
from runtime.program.row import Row
from runtime.scheduler.pace import Pace


@dataclass
class Piloted:
    """`calls` and `tokens` are by statement, of all candidates that were tried."""

    kept: int = 0
    attempted: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    tokens: Counter[str] = field(default_factory=Counter)

    @property
    def acceptance(self) -> Acceptance | None:
        return acceptance(self.kept, self.attempted, f"a pilot of {self.attempted:,}")

    @property
    def rates(self) -> dict[str, estimate.Rate]:
        return {
            cell: estimate.Rate(calls / self.attempted, self.tokens[cell] / calls) for cell, calls in self.calls.items()
        }

    def saw(self, row: Row, kept: bool) -> None:
        self.attempted += 1
        self.kept += kept
        for event in row.events:
            if event.call is not None and event.kind in ("gen", "judge"):
                self.calls[event.cell] += 1
                self.tokens[event.cell] += (event.prompt_tokens or 0) + (event.completion_tokens or 0)


class Spread(Job):
    """Candidates at equal distances, as if they were all there are; the spec's target does not end it."""

    number = 0

    def candidates(self) -> Iterator[Candidate]:
        axes, key = self.inputs.axes(self.loaded), self.loaded.key_of
        for place, index in enumerate(spread(axes, self.number, self.limit)):
            [found] = between(axes, key, index, index + 1)
            yield replace(found, index=place)


def spread(axes: list[AxisValues], number: int, limit: int | None) -> Iterator[int]:
    """Of axes that never end, the first."""
    there = count(axes)
    if there is None:
        yield from range(min(number, limit or number))
        return
    there = there if limit is None else min(there, limit)
    yield from sorted({place * there // number for place in range(number)} if number < there else range(there))


async def pilot(
    loaded: Loaded, session: Session, inputs: Inputs, told: Decided, limit: int | None, number: int
) -> Piloted:
    """Calls the models, within the profile's budget."""
    progress, found = Progress(loaded.plan.name), Piloted()
    allowance = Allowance(session.profile.budget)
    asked.note(session.journal, loaded.plan)
    roles = dict(session.roles(loaded.plan, lambda sender: Caller(sender, session.journal, progress, allowance)))
    tool = Sandbox(session.journal, progress, allowance)
    window = WINDOW * session.concurrency(loaded.plan)
    encoder = meanings.asking(session, loaded.plan, progress, allowance)
    untold = replace(loaded, plan=_without_end(loaded.plan))
    job = Spread(untold, inputs, roles, progress, window, limit, tool, told, encoder=encoder)
    job.number, job.pace = number, Pace(window)
    start = time.monotonic()
    async for row, outcome in job.outcomes():
        found.saw(row, isinstance(outcome, Kept))
    estimate.remember(session.journal, session.identities(loaded.plan).values(), progress, time.monotonic() - start)
    return found


def _without_end(dataset: plan.DatasetPlan) -> plan.DatasetPlan:
    return replace(dataset, target=None, per=None)
