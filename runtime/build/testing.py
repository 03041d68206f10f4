"""A dataset's own tests in; what each found out, as failures with a place, out.

A mocked gen, run or judge answers from the test; a call that no mock answers is a failure that names it, unless whoever
runs the test says that the stage answers for what is not mocked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, cast

from compiler import plan
from compiler.functions import library, null
from compiler.functions.canonical import shown
from compiler.testing import Expectation, Test
from compiler.types import Generated, List, Optional, Type
from dsl.diagnostics import Diagnostic, SynthError
from runtime.build.program import Loaded
from runtime.program.outcome import Kept, Outcome, Rejected, Unknown
from runtime.program.row import Row
from runtime.program.stage import Stage
from runtime.sampling.pool import Pool
from runtime.tables.keys import Key


class NotMocked(SynthError):
    """A test reached a call that it does not mock."""


@dataclass(frozen=True, slots=True)
class Answers:
    """One mock: `values` in order of the calls (round, element, sample, attempt), or one value for all of them."""

    name: str
    values: Sequence[Any]
    ordered: bool
    test: Test

    def take(self, call: int, where: str = "") -> object:
        if not self.ordered:
            return self.values[0]
        if call >= len(self.values):
            raise NotMocked(_unanswered(self.test, self.name, call, len(self.values), where))
        return self.values[call]


@dataclass(frozen=True, slots=True)
class Missing:
    """Stands for a gen, run or judge that the test does not mock."""

    name: str
    test: Test

    def take(self, call: int, where: str = "") -> object:
        raise NotMocked(_unanswered(self.test, self.name, call, 0, where))


@dataclass(frozen=True, slots=True)
class Verdict:
    """`failures` is empty when the test passed. `prompts` are those that its mocks answered, where they were asked for.

    `asked` says that it leaves something unmocked and that this was answered otherwise.
    """

    test: Test
    failures: tuple[Diagnostic, ...] = field(default_factory=tuple)
    prompts: tuple[str, ...] = ()
    asked: bool = False


def run_test(
    test: Test, loaded: Loaded, stage: Stage, first: Mapping[str, tuple[Any, object]], asks: bool = False
) -> Verdict:
    """`first` gives each axis' first (key part, value), for axes that the test does not give.

    With `asks` the stage's roles and tool answer for what is not mocked.
    """
    if test.mistakes:
        return Verdict(test, test.mistakes)
    row = Row(_staged(test, loaded.plan, stage, asks), _key(test, first), 0, _axes(test, first))
    try:
        outcome = row.run(loaded.row)
    except NotMocked as error:
        return Verdict(test, error.diagnostics)
    if isinstance(outcome, Unknown):
        return Verdict(test, (_unanswered(test, outcome.cell, 0, 0, "and was never asked"),))
    failures = (_failure(item, outcome, row, test, loaded.namespace) for item in test.expectations)
    return Verdict(test, tuple(found for found in failures if found is not None))


def called(dataset: plan.DatasetPlan) -> list[str]:
    """Everything that a test can mock."""
    steps = (step.name for step in dataset.all_steps() if isinstance(step, plan.Gen | plan.Run))
    return [*steps, *(judge.name for judge in dataset.judges)]


def _staged(test: Test, dataset: plan.DatasetPlan, stage: Stage, asks: bool) -> Stage:
    depths = {step.name: _depth(step.answer) for step in dataset.of(plan.Gen)}
    answered = [name for name in called(dataset) if name in test.mocks or not asks]
    mocks = {name: _mock(name, test, depths.get(name, 0)) for name in answered}
    rows, names = given_rows(test, dataset), given_names(test, dataset)
    sources = {**stage.sources, **{source: _Given(names[source], rows[source], test) for source in rows}}
    return replace(stage, mocks=mocks, given=test.given, sources=sources)


def given_rows(test: Test, dataset: plan.DatasetPlan) -> dict[str, list[Any]]:
    """The rows that a test gives to sources, by source; those of a dataset go to every source that reads it."""
    return {source: list(cast(Sequence[Any], test.given[name])) for source, name in given_names(test, dataset).items()}


def given_names(test: Test, dataset: plan.DatasetPlan) -> dict[str, str]:
    """Under which name a test gives a source its rows: its own, or that of the dataset they come from."""
    named = {item.name: (item.name, item.dataset) for item in dataset.inputs}
    found = {source: next((name for name in names if name in test.given), None) for source, names in named.items()}
    return {source: name for source, name in found.items() if name is not None}


def _mock(name: str, test: Test, depth: int) -> Answers | Missing:
    """A list one level deeper than what one call gives holds an answer for each call, in order."""
    if name not in test.mocks:
        return Missing(name, test)
    value: Any = test.mocks[name]
    ordered = _nested(value) > depth
    return Answers(name, value if ordered else [value], ordered, test)


def _depth(kind: Type) -> int:
    """How many lists deep a type is: 0 for a text, 1 for a list of texts."""
    if isinstance(kind, List):
        return 1 + _depth(kind.element)
    return _depth(kind.base) if isinstance(kind, Optional | Generated) else 0


def _nested(value: object) -> int:
    """How many lists deep a value is; an empty list says no more than that it is one."""
    return 1 + max(map(_nested, value), default=0) if isinstance(value, list) else 0


class _Given:
    """A source whose rows a test gives."""

    def __init__(self, name: str, rows: list[Any], test: Test) -> None:
        self.name, self.rows, self.test = name, rows, test

    @cached_property
    def pool(self) -> Pool[Any]:
        return _Rows(self)


class _Rows(Pool[Any]):
    """Without a row nothing can be drawn, and the test gives none."""

    def __init__(self, given: _Given) -> None:
        super().__init__(given.rows, ids=[str(row) for row in given.rows])
        self.given = given

    def one(self, bits: int) -> Any:
        if not self.elements:
            raise SynthError(no_rows(self.given.name, self.given.test))
        return super().one(bits)


def no_rows(name: str, test: Test) -> Diagnostic:
    """E0911: a candidate takes a row of what the test, or the source itself, leaves empty."""
    given = name in test.given
    return Diagnostic(
        "E0911",
        f"the test needs a row of `{name}`, and there is none",
        test.places[name] if given else test.span,
        label="the test gives none" if given else "",
        help=f"give it one: `given {name} = [{{ … }}]`",
    )


def _axes(test: Test, first: Mapping[str, tuple[Any, object]]) -> dict[str, object]:
    return {name: test.given.get(name, value) for name, (_, value) in first.items()}


def _key(test: Test, first: Mapping[str, tuple[Any, object]]) -> Key:
    parts = (key_part(test.given[name]) if name in test.given else part for name, (part, _) in first.items())
    return tuple(inner for part in parts for inner in (part if isinstance(part, tuple) else (part,)))


def key_part(value: object) -> Any:
    """Given rows are known by their `id` where they have one."""
    if isinstance(value, Mapping):
        return str(value.get("id", "given"))
    return value if isinstance(value, (str, int, float, bool)) else "given"


def _failure(
    expected: Expectation, outcome: Outcome, row: Row, test: Test, namespace: Mapping[str, Any]
) -> Diagnostic | None:
    if expected.kind == "that":
        return _that(expected, row, outcome, test, namespace)
    if expected.kind == "kept":
        return None if isinstance(outcome, Kept) else _failed(expected, outcome, row)
    met = isinstance(outcome, Rejected) and expected.name in outcome.names
    return None if met else _failed(expected, outcome, row)


def _that(
    expected: Expectation, row: Row, outcome: Outcome, test: Test, namespace: Mapping[str, Any]
) -> Diagnostic | None:
    """The expression comes from the checked spec, printed by the compiler; it reaches the program's names alone."""
    values = {**row.axes, **row.values}
    try:
        names = {"fn": library, "ops": null, **namespace, **test.constants}
        held = eval(expected.code or "", names)(values)
    except KeyError as missing:
        return _failed(expected, outcome, row, f"`{missing.args[0]}` has no value: the row did not come that far")
    return None if held else _failed(expected, outcome, row)


def _failed(expected: Expectation, outcome: Outcome, row: Row, note: str = "") -> Diagnostic:
    story = "the row was kept" if isinstance(outcome, Kept) else _story(outcome)
    values = [f"{name} = {shown(value)}" for name, value in row.values.items()]
    return Diagnostic(
        "E0902",
        f"expected: {expected.text.removeprefix('expect ')}",
        expected.span,
        label=story,
        notes=(*([note] if note else []), *values),
    )


def _story(outcome: Outcome) -> str:
    return f"dropped by {outcome.step}: {outcome.reason}" if isinstance(outcome, Rejected) else "the row did not end"


def _unanswered(test: Test, name: str, call: int, given: int, where: str) -> Diagnostic:
    came = f"it gives {given} answer{'s' if given != 1 else ''} and call {call + 1} came"
    was = (came if given else "it is not mocked") + (f" ({where})" if where else "")
    mock = f"add `mock {name} = …` to the test, with an answer for each call"
    return Diagnostic(
        "E0903",
        f"nothing answers `{name}`",
        test.span,
        label=was,
        help=mock if given else f"{mock}; or ask for it: `synth test --live`",
    )
