"""The plan: a dataset as a tuple of small steps, each with a digest and the steps it depends on. Data only.

One reader executes a plan (after lowering), another explains it (`synth plan`), a third compares two (`synth diff`).
Expressions stay checked syntax; lowering prints them as Python.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from compiler.prefix.model import Prefix
from compiler.types import Type
from dsl import tree
from dsl.source import Span

S = TypeVar("S", bound="Step")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One statement of a dataset.

    id       unique in its dataset and stable under edits elsewhere: `gen question`, `filter 2` (the second filter)
    title    the statement's own text on one line, for messages and for the reason of a rejected row
    reads    names of steps whose values this one reads, in order of first use
    digest   hex of what this statement says (with prompts, judges, records, functions it uses), not of what it reads
    closure  hex of `digest` and the closures of everything it reads: equal closures mean equal calls for equal inputs
    """

    id: str
    title: str
    span: Span
    reads: tuple[str, ...]
    digest: str
    closure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis(Step):
    """`each name from source` (then `source` is an input's name) or `each name in values`."""

    name: str
    source: str | None
    values: tree.Expr | None
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw(Step):
    name: str
    distribution: tree.Expr
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Let(Step):
    name: str
    value: tree.Expr
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Gen(Step):
    """A model call. `prompt` is a prompt's name (inline templates get one), `arguments` its parameters' values.

    `answer` is the type of what one call gives, `type` that of the name: a list where there are samples or elements.
    `role` is a model role or the name of a draw over roles. `lifted` are conditions of later `require`s that the engine
    decodes under.
    """

    name: str
    prompt: str
    arguments: tuple[tuple[str, tree.Expr], ...]
    role: str
    settings: tuple[tree.Setting, ...]
    type: Type
    answer: Type
    times: tree.Expr | None
    fors: tuple[tree.ForClause, ...]
    condition: tree.Expr | None
    attempts: int
    salt: str
    lifted: tuple[tree.Expr, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(Step):
    """A tool in the sandbox: `arguments` are the texts it is given."""

    name: str
    tool: str
    arguments: tuple[tree.Expr, ...]
    settings: tuple[tree.Setting, ...]
    type: Type
    fors: tuple[tree.ForClause, ...]
    condition: tree.Expr | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Require(Step):
    """`reruns` are the gens asked again on failure (the origin and all derived from it), at most `times` times."""

    condition: tree.Expr
    names: tuple[str, ...]
    times: int
    reruns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter(Step):
    """`names` are what `dropped by x` may name: every name in the condition."""

    condition: tree.Expr
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag(Step):
    value: tree.Expr
    condition: tree.Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Dedup(Step):
    value: tree.Expr
    method: str
    threshold: float | None
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decontaminate(Step):
    """`number` is the length of an n-gram, or a threshold; `source` and `column` are there where `against` is one."""

    value: tree.Expr
    against: tree.Expr
    source: str | None
    column: str | None
    method: str
    number: float | None
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Select(Step):
    """The best `count` by `by`; with a `method`, each so far from those above it."""

    count: int
    by: tree.Expr
    apart: tree.Expr | None
    method: str | None
    threshold: float | None
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`value` is None for the columns of a spread, which come from `spread` at `name`."""

    name: str
    type: Type
    value: tree.Expr | None
    spread: tree.Expr | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Emit(Step):
    """`table` is the emit's own name, or the dataset's for the unnamed one.

    `tables` are those that it can fill: that one, or `table/value` for each value of `split`. `atomic`: a merge never
    puts a row of it together from two.
    """

    table: str
    tables: tuple[str, ...]
    kind: str | None
    columns: tuple[Column, ...]
    split: tree.Expr | None
    fors: tuple[tree.ForClause, ...]
    atomic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Carry:
    """What a loop hands from one round to the next."""

    name: str
    start: tree.Expr
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop(Step):
    """`steps` are run once for each number of the range `over`, which `rounds` counts where it is known.

    `digest` is of the loop's own line; its statements have their own.
    """

    name: str
    over: tree.Range
    rounds: int | None
    carries: tuple[Carry, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Next(Step):
    name: str
    value: tree.Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Until(Step):
    condition: tree.Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit(Step):
    condition: tree.Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class InputPlan:
    """A source of rows: `kind` is the reader (`jsonl`, `parquet`, `python`, `dataset` …), `argument` its path or query.

    `record` is the declared row type, None for personas; `digest` covers the declaration, not the file's content.
    `dataset` names a dataset or mix of this program whose rows these are; `table` is the emit they come from.
    """

    name: str
    kind: str
    arguments: Mapping[str, object]
    record: Type | None
    personas: bool
    key: str | None
    digest: str
    span: Span
    dataset: str | None = None
    table: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptPlan:
    """`ends` says how the turn is left open for the model; `digest` covers text and parameter types."""

    name: str
    node: tree.Prompt | tree.Gen | tree.Judge
    params: tuple[tuple[str, Type], ...]
    ends: str  # "assistant" | "user" | "raw"
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldPlan:
    """The cases that a judge is tested on before anything else is asked.

    `accuracy` is the share that it must get right; a number is right when it is `within` so much of what is expected.
    """

    cases: InputPlan
    accuracy: float
    within: float
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgePlan:
    """`points` are the questions of a sum with what each gives, or the steps of a scale from `low` to `high`.

    `least` and `most` are how many times a row asks it, as far as lists' lengths are known.
    """

    name: str
    node: tree.Judge
    prompt: PromptPlan
    role: str
    kind: str  # "bool" | "points" | "scale" | "score"
    threshold: float
    points: tuple[tuple[str, int], ...]
    low: int
    high: int
    gold: GoldPlan | None
    digest: str
    least: int = 1
    most: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TestPlan:
    title: str
    node: tree.Test
    dataset: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPlan:
    """A role and its sampling defaults (temperature 0.7, max_tokens 512 where it says nothing)."""

    role: str
    settings: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Per:
    """What a target counts by. `values` are all there can be, None where that is not known before the rows.

    `known` and `settled` are ids of steps: after the first the value can be told, and after the second nothing asks it
    anew and nothing compares rows, so that a candidate whose group is full can end there.
    """

    value: tree.Expr
    values: tuple[object, ...] | None
    known: str
    settled: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetPlan:
    """One dataset, ready to lower. `target` is None without one; `key` None means the axis values.

    data         fingerprint of everything that can change a row (with inputs' declarations, not their content)
    description  fingerprint of everything, comments and docs included
    prefixes     what the prompts of its gens and judges are made of
    order        its axes from outermost to innermost as they are run: the spec's own wherever another would show
    """

    name: str
    file: str
    target: int | None
    per: Per | None = None
    seed: int
    key: tuple[tree.Expr, ...] | None
    steps: tuple[Step, ...]
    inputs: tuple[InputPlan, ...]
    prompts: tuple[PromptPlan, ...]
    judges: tuple[JudgePlan, ...]
    models: tuple[ModelPlan, ...]
    tests: tuple[TestPlan, ...]
    data: str
    description: str
    prefixes: tuple[Prefix, ...] = ()
    order: tuple[str, ...] = ()

    def of(self, kind: type[S]) -> tuple[S, ...]:
        """The steps of one kind, in order, those in loops included."""
        return tuple(step for step in self.all_steps() if isinstance(step, kind))

    def all_steps(self) -> Iterator[Step]:
        """Every step in order; a loop stands before its own."""
        for step in self.steps:
            yield step
            if isinstance(step, Loop):
                yield from step.steps

    @property
    def makes_many(self) -> bool:
        """Whether the unnamed emit makes many rows for one candidate."""
        return any(step.fors for step in self.of(Emit) if step.table == self.name)

    @property
    def needs(self) -> tuple[str, ...]:
        """The datasets and mixes of this program that must be there first."""
        return tuple(dict.fromkeys(item.dataset for item in self.inputs if item.dataset is not None))


@dataclass(frozen=True, slots=True, kw_only=True)
class MixPart:
    """`share` is of the whole: those of all parts add up to 1. `step` names the part in a plan and in reasons."""

    name: str
    step: str
    share: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class MixPlan:
    """Rows of several sources at stated shares.

    `dataset` is what the rest of synth knows of it, as of any dataset: its inputs, a step for each part, one emit whose
    columns are the union of theirs. Each part is the input of the same name.
    """

    dataset: DatasetPlan
    parts: tuple[MixPart, ...]

    @property
    def name(self) -> str:
        return self.dataset.name

    @property
    def needs(self) -> tuple[str, ...]:
        return self.dataset.needs


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All datasets and mixes of a spec; `order` has their names, each after the ones it reads."""

    datasets: tuple[DatasetPlan, ...]
    params: Mapping[str, object]
    mixes: tuple[MixPlan, ...] = ()
    order: tuple[str, ...] = ()

    @property
    def ordered(self) -> tuple[DatasetPlan | MixPlan, ...]:
        """All of them, each after the ones it reads."""
        every: list[DatasetPlan | MixPlan] = [*self.datasets, *self.mixes]
        named = {item.name: item for item in every}
        return tuple(named[name] for name in self.order or named)
