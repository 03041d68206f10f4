"""One dataset's candidates in; their outcomes, in candidate order and with their whole story, out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

from compiler import plan
from runtime.bridge import run_in_greenlet
from runtime.build.candidates import Candidate, candidates, count
from runtime.build.duplicates import Duplicates
from runtime.build.inputs import Inputs
from runtime.build.program import Loaded
from runtime.build.progress import Progress
from runtime.program.outcome import Kept, Outcome, Rejected
from runtime.program.row import Row
from runtime.program.stage import Bound, Stage, StepText
from runtime.scheduler.pace import Pace
from runtime.scheduler.window import ordered

WINDOW = 4
"""Candidates in the window for each call that the engine wants in flight."""


@dataclass
class Job:
    """What one run of a dataset needs. `limit` is how many candidates there may be, `window` how many in flight."""

    loaded: Loaded
    inputs: Inputs
    roles: dict[str, Bound]
    progress: Progress
    window: int
    limit: int | None = None
    duplicates: Duplicates = field(init=False)

    def __post_init__(self) -> None:
        self.duplicates = Duplicates(self.loaded.plan)
        axes = self.inputs.axes(self.loaded)
        total = count(axes)
        total = self.limit if total is None else min(total, self.limit) if self.limit is not None else total
        target = self.loaded.plan.target
        self.progress.wanted = total if target is None else target if total is None else min(target, total)

    def stage(self) -> Stage:
        dataset = self.loaded.plan
        return Stage(
            dataset=dataset.name,
            seed=dataset.seed,
            sources=self.inputs.handles,
            roles=self.roles,
            steps=step_texts(dataset),
            admit=self.duplicates.admit,
        )

    def candidates(self) -> Iterator[Candidate]:
        return candidates(self.inputs.axes(self.loaded), self.loaded.key_of, self.limit)

    async def outcomes(self) -> AsyncIterator[tuple[Row, Outcome]]:
        """In candidate order, up to and with the one that meets the target."""
        pace = Pace(self.window, self.loaded.plan.target)
        stage, program = self.stage(), self.loaded.row

        async def work(candidate: Candidate) -> tuple[Row, Outcome]:
            row = Row(stage, candidate.key, candidate.index, candidate.axes)
            outcome = await run_in_greenlet(row.run, program)
            self.duplicates.leave(candidate.index)
            return row, outcome

        if pace.done:
            return
        stream = ordered(self.candidates(), work, pace.ahead)
        try:
            async for _, (row, outcome) in stream:
                pace.saw(isinstance(outcome, Kept))
                self._count(outcome)
                yield row, outcome
                if pace.done:
                    break
        finally:
            await stream.aclose()

    def _count(self, outcome: Outcome) -> None:
        self.progress.attempted += 1
        if isinstance(outcome, Kept):
            self.progress.kept += 1
        elif isinstance(outcome, Rejected):
            self.progress.rejected[outcome.step] += 1


def step_texts(dataset: plan.DatasetPlan) -> dict[str, StepText]:
    """Every statement's own text, and the names that `dropped by` may use, by step id."""
    return {step.id: StepText(step.title, getattr(step, "names", ())) for step in dataset.steps}
