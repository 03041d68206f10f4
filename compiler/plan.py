"""The plan: a dataset as a tuple of small steps, each with a digest and the steps it depends on. Data only.

One reader executes a plan (after lowering), another explains it (`synth plan`), a third compares two (`synth diff`).
Expressions stay checked syntax; lowering prints them as Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

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

    `role` is a model role or the name of a draw over roles. `lifted` are conditions of later `require`s that the engine
    decodes under. `retried` says whether a `require` may ask again.
    """

    name: str
    prompt: str
    arguments: tuple[tuple[str, tree.Expr], ...]
    role: str
    settings: tuple[tree.Setting, ...]
    type: Type
    times: tree.Expr | None
    fors: tuple[tree.ForClause, ...]
    condition: tree.Expr | None
    attempts: int
    salt: str
    lifted: tuple[tree.Expr, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(Step):
    name: str
    tool: str
    arguments: tuple[tree.Expr, ...]
    settings: tuple[tree.Setting, ...]
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
class Column:
    """`value` is None for the columns of a spread, which come from `spread` at `name`."""

    name: str
    type: Type
    value: tree.Expr | None
    spread: tree.Expr | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Emit(Step):
    """`table` is the emit's own name, or the dataset's for the unnamed one."""

    table: str
    kind: str | None
    columns: tuple[Column, ...]
    split: tree.Expr | None
    fors: tuple[tree.ForClause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit(Step):
    condition: tree.Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Later(Step):
    """A statement that checks today and is executed by a later edition of synth; `plan` says so, once."""

    feature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InputPlan:
    """A source of rows: `kind` is the reader (`jsonl`, `parquet`, `python`, `dataset` …), `argument` its path or query.

    `record` is the declared row type, None for personas; `digest` covers the declaration, not the file's content.
    """

    name: str
    kind: str
    arguments: Mapping[str, object]
    record: Type | None
    personas: bool
    key: str | None
    digest: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptPlan:
    """`ends` says how the turn is left open for the model; `digest` covers text and parameter types."""

    name: str
    node: tree.Prompt | tree.Gen | tree.Judge
    params: tuple[tuple[str, Type], ...]
    ends: str  # "assistant" | "user" | "raw"
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgePlan:
    name: str
    node: tree.Judge
    prompt: PromptPlan
    role: str
    kind: str  # "bool" | "points" | "scale"
    threshold: float
    digest: str


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
class DatasetPlan:
    """One dataset, ready to lower. `target` is None without one; `key` None means the axis values.

    data         fingerprint of everything that can change a row (with inputs' declarations, not their content)
    description  fingerprint of everything, comments and docs included
    """

    name: str
    file: str
    target: int | None
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

    def of(self, kind: type[S]) -> tuple[S, ...]:
        """The steps of one kind, in order."""
        return tuple(step for step in self.steps if isinstance(step, kind))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All datasets of a spec, each after the ones it reads."""

    datasets: tuple[DatasetPlan, ...]
    params: Mapping[str, object]
