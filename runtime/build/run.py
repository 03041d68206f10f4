"""One dataset's candidates in; their outcomes, in the order in which they are run and with their whole story, out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from compiler import plan
from compiler.prefix.order import shows
from runtime.bridge import Running, await_
from runtime.build import plainly
from runtime.build.candidates import Arrange, AxisValues, Candidate, candidates, count, nested
from runtime.build.decided import Decided, Edits
from runtime.build.duplicates import Duplicates
from runtime.build.inputs import Inputs
from runtime.build.meanings import EncoderOf, packaged
from runtime.build.overlaps import Decontaminations
from runtime.build.program import Loaded
from runtime.build.progress import Progress
from runtime.decisions.model import STATEMENT
from runtime.program.outcome import Kept, Outcome, Rejected
from runtime.program.row import Row
from runtime.program.stage import Admit, Bound, Stage, StepText, Tool, no_tools
from runtime.sampling.ahead import Ahead
from runtime.scheduler.groups import Groups
from runtime.scheduler.pace import Pace
from runtime.scheduler.window import Work, released

Ended = tuple[Row, Outcome]
WINDOW = 4
"""Candidates in the window for each call that the engine wants in flight."""


@dataclass
class Job:
    """What one run of a dataset needs. `limit` is how many candidates there may be, `window` how many in flight.

    `arrange` is there for a build: it may run candidates in another order than theirs, the plan's or a test's own.
    """

    loaded: Loaded
    inputs: Inputs
    roles: dict[str, Bound]
    progress: Progress
    window: int
    limit: int | None = None
    tool: Tool = no_tools
    decided: Decided | None = None
    arrange: Arrange | None = None
    encoder: EncoderOf = packaged
    told: Decided = field(init=False)
    duplicates: Duplicates = field(init=False)
    cleared: Decontaminations = field(init=False)
    pace: Pace | Groups = field(init=False)
    ahead: Ahead | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        dataset = self.loaded.plan
        self.told = self.decided or Decided(dataset)
        self.duplicates = Duplicates(dataset, self.encoder)
        given = lambda: against(self.loaded, self.stage())  # noqa: E731
        self.cleared = Decontaminations(dataset, self.inputs.sources, given, self.encoder)
        self.pace = pace_of(dataset, self.window)
        axes = self.inputs.axes(self.loaded)
        self.progress.candidates = _least(count(axes), self.limit)
        self.progress.wanted = _least(self.progress.candidates, wanted(dataset))

    def stage(self) -> Stage:
        dataset = self.loaded.plan
        return Stage(
            dataset=dataset.name,
            seed=dataset.seed,
            sources=self.inputs.handles,
            roles=self.roles,
            steps=step_texts(dataset),
            admit=self.duplicates.admit,
            tool=self.tool,
            overlaps=self.cleared.overlaps,
            wanted=self._wanted,
        )

    def _wanted(self, index: int, group: object) -> bool:
        """Called from a candidate's greenlet."""
        return await_(self.pace.admit(index, group)) if isinstance(self.pace, Groups) else True

    def candidates(self) -> Iterator[Candidate]:
        axes, key = self.inputs.axes(self.loaded), self.loaded.key_of
        if self.arrange is None or not _is_free(self.loaded.plan, axes, self.limit):
            return candidates(axes, key, self.limit)
        order = run_order(self.loaded.plan, axes, self.limit)
        return self.arrange(candidates(axes, key) if order is None else nested(axes, order, key))

    async def outcomes(self) -> AsyncIterator[Ended]:
        """In the order of `candidates`, up to the one that meets the target; those of full groups are passed over."""
        pace, stage, program = self.pace, self.stage(), self.loaded.row

        def begin(candidate: Candidate, ended: Callable[[Work[Ended]], None]) -> Work[Ended]:
            return Running(ended, self._among, candidate, stage, program)

        if pace.done:
            return
        if plainly.suits(self.loaded.plan):
            self.ahead = Ahead(stage.seed, stage.dataset)
            stream = plainly.run(self.candidates(), self.ahead, partial(self._here, self._in_order(stage), program))
        else:
            stream = released(self.candidates(), begin, pace.ahead)
        try:
            async for _, (row, outcome) in stream:
                if pace.saw(row.index, row.grouped, isinstance(outcome, Kept)):
                    self._count(outcome)
                    yield row, outcome
                if pace.done:
                    break
        finally:
            await stream.aclose()

    def _in_order(self, stage: Stage) -> Stage:
        """For candidates that come one after the other: nobody waits for those before it."""
        return replace(stage, admit=self.duplicates.admit_next, wanted=self._wanted_next)

    def _wanted_next(self, index: int, group: object) -> bool:
        return not (isinstance(self.pace, Groups) and self.pace.is_full(group))

    def _among(self, candidate: Candidate, stage: Stage, program: Any) -> Ended:
        """One of many at the same time, in a greenlet of its own."""
        ended = self._here(stage, program, candidate)
        self.duplicates.leave(candidate.index)
        return ended

    def _here(self, stage: Stage, program: Any, candidate: Candidate) -> Ended:
        self.progress.begun += 1
        row, outcome = self._run(candidate, stage, program)
        self.progress.end()
        return row, outcome

    def _run(self, candidate: Candidate, stage: Stage, program: Any) -> tuple[Row, Outcome]:
        """A candidate that people decided about is first run by itself: one that they dropped meets no other's `dedup`,

        and an edited one meets it with its new values. What it asks is asked once: the journal answers then.
        """
        if self.duplicates and self.told.concerns(candidate.key):
            alone, outcome, edits = self._end(candidate, by_itself(stage), program)
            if isinstance(outcome, Rejected) and outcome.step == STATEMENT:
                return alone, outcome
            stage = replace(stage, admit=self._edited(stage.admit, edits))
        row, outcome, _ = self._end(candidate, stage, program)
        return row, outcome

    def _end(self, candidate: Candidate, stage: Stage, program: Any) -> tuple[Row, Outcome, Edits]:
        row = Row(stage, candidate.key, candidate.index, candidate.axes)
        if self.ahead is not None:
            row.draws = self.ahead.draws()
        outcome, edits = self.told.outcome(candidate.key, row.run(program))
        row.values.update(edits)
        return row, outcome, edits

    def _edited(self, admit: Admit, edits: Edits) -> Admit:
        return lambda step, index, key, value: admit(step, index, key, self.told.instead(step, value, edits))

    def _count(self, outcome: Outcome) -> None:
        self.progress.attempted += 1
        if isinstance(outcome, Kept):
            self.progress.kept += 1
        elif isinstance(outcome, Rejected):
            self.progress.rejected[outcome.step] += 1


def by_itself(stage: Stage) -> Stage:
    """As if there were no other candidate."""
    return replace(stage, admit=lambda step, index, key, value: None, wanted=lambda index, group: True)


def against(loaded: Loaded, stage: Stage) -> Mapping[str, Any]:
    """What a program holds texts against, by statement, where that is no source's column; it reads sources as a row."""
    given = loaded.against
    return {} if given is None else given(Row(stage, (), 0, {}))


def pace_of(dataset: plan.DatasetPlan, window: int) -> Pace | Groups:
    if dataset.per is None or dataset.target is None:
        return Pace(window, dataset.target)
    return Groups(window, dataset.target, None if dataset.per.values is None else frozenset(dataset.per.values))


def wanted(dataset: plan.DatasetPlan) -> int | None:
    """How many rows there can be at most, as far as the targets say and the selects do not."""
    chosen = [step.count for step in dataset.of(plan.Select)]
    if dataset.per is None or dataset.target is None:
        return min(chosen, default=dataset.target)
    return None if dataset.per.values is None else dataset.target * len(dataset.per.values)


def step_texts(dataset: plan.DatasetPlan) -> dict[str, StepText]:
    """Every statement's own text, and the names that `dropped by` may use, by step id."""
    return {step.id: StepText(step.title, getattr(step, "names", ())) for step in dataset.all_steps()}


def run_order(dataset: plan.DatasetPlan, axes: Sequence[AxisValues], limit: int | None) -> tuple[str, ...] | None:
    """The axes, outermost first, as candidates share most of their prompts; None for the spec's own order."""
    names = tuple(axis.name for axis in axes)
    return dataset.order if _is_free(dataset, axes, limit) and dataset.order != names else None


def _is_free(dataset: plan.DatasetPlan, axes: Sequence[AxisValues], limit: int | None) -> bool:
    """Whether nobody can tell in which order candidates were run."""
    return limit is None and not shows(dataset) and count(axes) is not None


def _least(*numbers: int | None) -> int | None:
    return min((number for number in numbers if number is not None), default=None)
