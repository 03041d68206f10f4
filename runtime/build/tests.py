"""A dataset's tests in; all of them run, and a refusal that shows every failure, out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from compiler import plan
from compiler.analysis import Analysis, analyse
from compiler.literal import literal
from compiler.testing import Test, tests_of
from dsl.diagnostics import SynthError
from runtime.build import answering
from runtime.build.answering import Answering
from runtime.build.inputs import Inputs
from runtime.build.overlaps import Decontaminations, Rows
from runtime.build.program import Loaded
from runtime.build.rendering import Prompts
from runtime.build.run import against, step_texts
from runtime.build.session import Session
from runtime.build.testing import Verdict, called, given_names, given_rows, key_part, no_rows, run_test
from runtime.program.stage import Stage
from runtime.sources.catalog import ProjectCatalog
from runtime.tables.keys import KeyPart

NOTHING = ("none", None)
"""Stands for the first (key part, value) of an axis that the test gives."""
FAULTS = ("E08", "E0904", "E0905", "E0907")
"""What is the world's fault and no test's: it stops the run."""

Chosen = Callable[[str], bool]
"""A test's title → whether it is to run."""


@dataclass(frozen=True)
class Bench:
    """What the tests of one dataset are run with. `answering` answers for what they leave unmocked; without it nobody
    does. `prompts` says that the prompts which their mocks answer are wanted.
    """

    analysis: Analysis
    loaded: Loaded
    inputs: Inputs
    session: Session
    answering: Answering | None = None
    prompts: bool = False

    @property
    def catalog(self) -> ProjectCatalog:
        return ProjectCatalog(self.session.project.root, self.session.facts)

    def tests(self) -> tuple[Test, ...]:
        return tests_of(self.analysis.model, self.loaded.plan, self.catalog)

    def run(self, chosen: Chosen = lambda title: True) -> Iterator[Verdict]:
        """In file order, each when it is asked for: with `answering`, from a greenlet."""
        return (self._run(test, place) for place, test in enumerate(self.tests()) if chosen(test.title))

    def _run(self, test: Test, place: int) -> Verdict:
        try:
            if not test.params:
                return self._verdict(test)
            again = self._with_params(test)
            return again if isinstance(again, Verdict) else again._verdict(again.tests()[place])
        except SynthError as error:  # rows that the test needs and nobody has: of a dataset that was never built
            if any(found.code.startswith(FAULTS) for found in error.diagnostics):
                raise
            return Verdict(test, error.diagnostics)

    def _with_params(self, test: Test) -> Bench | Verdict:
        """Compiled anew with what the test gives, over what was given before."""
        known = {name: literal(value, test.span) for name, value in self.analysis.model.params.items()}
        seed = self.loaded.plan.seed
        made = analyse(self.analysis.model.root, self.catalog, {**known, **test.params}, upto="lower", seed=seed)
        if not made.ok:
            return Verdict(test, made.errors)
        loaded = _same_dataset(made, self.loaded)
        inputs = Inputs.open(loaded, self.session.project.root, self.session.facts, self.inputs.tables)
        return replace(self, analysis=made, loaded=loaded, inputs=inputs)

    def _verdict(self, test: Test) -> Verdict:
        prompts, dataset = Prompts(), self.loaded.plan
        cleared = Decontaminations(dataset, _rows(test, dataset, self.inputs), lambda: against(self.loaded, stage))
        stage = Stage(
            dataset.name, dataset.seed, self.inputs.handles, steps=step_texts(dataset), overlaps=cleared.overlaps
        )
        asks = self.answering is not None and any(name not in test.mocks for name in called(dataset))
        if self.answering is not None and asks:
            stage = replace(stage, roles=self.answering.roles(dataset), tool=self.answering.tool)
        if self.prompts:
            stage = replace(stage, show=prompts.show)
        verdict = run_test(test, self.loaded, stage, _first(test, self.loaded, self.inputs), asks)
        return replace(verdict, prompts=tuple(prompts.texts), asked=asks)


def run_all(analysis: Analysis, loaded: Loaded, inputs: Inputs, session: Session) -> list[Verdict]:
    """Each test's verdict, in file order. Nobody is asked."""
    return list(Bench(analysis, loaded, inputs, session).run())


@dataclass(frozen=True)
class GivenRows:
    """The rows that a test gives to a source, as a source has them."""

    rows: Sequence[Any]

    def __len__(self) -> int:
        return len(self.rows)

    def row(self, index: int) -> tuple[KeyPart, dict[str, Any]]:
        return key_part(self.rows[index]), self.rows[index]


def _rows(test: Test, dataset: plan.DatasetPlan, inputs: Inputs) -> dict[str, Rows]:
    """What `decontaminate` reads: the test's own rows where it gives some, else the sources'."""
    return {**inputs.sources, **{name: GivenRows(rows) for name, rows in given_rows(test, dataset).items()}}


def _first(test: Test, loaded: Loaded, inputs: Inputs) -> dict[str, tuple[Any, object]]:
    """Each axis' first (key part, value): of the rows that the test gives, or else of what the axis goes through."""
    rows, names = given_rows(test, loaded.plan), given_names(test, loaded.plan)
    sources = {step.name: step.source for step in loaded.plan.of(plan.Axis) if step.source is not None}
    first: dict[str, tuple[Any, object]] = {}
    for axis in inputs.axes(loaded):
        source = sources.get(axis.name, "")
        given = ((key_part(row), row) for row in rows[source]) if source in rows else axis.values
        found = NOTHING if axis.name in test.given else next(iter(given), None)
        if found is None:
            raise SynthError(no_rows(names.get(source) or source or axis.name, test))
        first[axis.name] = found
    return first


def _same_dataset(analysis: Analysis, loaded: Loaded) -> Loaded:
    assert analysis.model.plan is not None
    dataset = next(item for item in analysis.model.plan.datasets if item.name == loaded.plan.name)
    return Loaded(dataset, analysis.model.programs[dataset.name])


def enforce(analysis: Analysis, loaded: Loaded, inputs: Inputs, session: Session) -> None:
    """E0902, E0903: a build does not start while a test of its dataset fails.

    What a test leaves unmocked is answered by what `synth test --live` asked before. Called from a greenlet.
    """
    bench = Bench(analysis, loaded, inputs, session, answering.journal(session))
    failures = [found for verdict in bench.run() for found in verdict.failures]
    if failures:
        raise SynthError(*failures)
