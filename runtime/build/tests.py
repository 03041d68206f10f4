"""A dataset's tests in; all of them run, and a refusal that shows every failure, out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from compiler import plan
from compiler.analysis import Analysis, analyse
from compiler.testing import Test, tests_of
from dsl.diagnostics import SynthError
from runtime.build.inputs import Inputs
from runtime.build.overlaps import Decontaminations, Rows
from runtime.build.program import Loaded
from runtime.build.run import against, step_texts
from runtime.build.session import Session
from runtime.build.testing import Verdict, given_rows, key_part, run_test
from runtime.program.stage import Stage
from runtime.sources.catalog import ProjectCatalog
from runtime.tables.keys import KeyPart

NOTHING = ("none", None)
"""Stands for the first (key part, value) of an axis that the test gives, or that has none."""


def run_all(analysis: Analysis, loaded: Loaded, inputs: Inputs, session: Session) -> list[Verdict]:
    """Each test's verdict, in file order."""
    catalog = ProjectCatalog(session.project.root, session.facts)
    tests = tests_of(analysis.model, loaded.plan, catalog)
    return [_run(test, analysis, loaded, inputs, catalog) for test in tests]


def _run(test: Test, analysis: Analysis, loaded: Loaded, inputs: Inputs, catalog: ProjectCatalog) -> Verdict:
    if test.params:
        again = analyse(analysis.model.root, catalog, test.params, upto="lower")
        if not again.ok:
            return Verdict(test, again.errors)
        loaded = _same_dataset(again, loaded)
    dataset = loaded.plan
    cleared = Decontaminations(dataset, _rows(test, dataset, inputs), lambda: against(loaded, stage))
    stage = Stage(dataset.name, dataset.seed, inputs.handles, steps=step_texts(dataset), overlaps=cleared.overlaps)
    try:
        return run_test(test, loaded, stage, _first(test, loaded, inputs))
    except SynthError as error:  # rows that the test needs and nobody has: of a dataset that was never built
        return Verdict(test, error.diagnostics)


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
    rows = given_rows(test, loaded.plan)
    given = {step.name: rows[step.source] for step in loaded.plan.of(plan.Axis) if step.source in rows}
    first: dict[str, tuple[Any, object]] = {}
    for axis in inputs.axes(loaded):
        if axis.name in test.given:
            first[axis.name] = NOTHING
        elif axis.name in given:
            first[axis.name] = next(((key_part(row), row) for row in given[axis.name]), NOTHING)
        else:
            first[axis.name] = next(iter(axis.values), NOTHING)
    return first


def _same_dataset(analysis: Analysis, loaded: Loaded) -> Loaded:
    assert analysis.model.plan is not None
    dataset = next(item for item in analysis.model.plan.datasets if item.name == loaded.plan.name)
    return Loaded(dataset, analysis.model.programs[dataset.name])


def enforce(analysis: Analysis, loaded: Loaded, inputs: Inputs, session: Session) -> None:
    """E0902, E0903: a build does not start while a test of its dataset fails."""
    failures = [found for verdict in run_all(analysis, loaded, inputs, session) for found in verdict.failures]
    if failures:
        raise SynthError(*failures)
