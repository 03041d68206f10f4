"""What stands in a dataset, in the order in which it acts; and the dataset itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsl.tree.base import Name, Node
from dsl.tree.declarations import Declaration
from dsl.tree.expressions import Entry, Expr
from dsl.tree.shared import Doc, Setting, Spread
from dsl.tree.templates import Template
from dsl.tree.types import TypeExpr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Statement(Node):
    doc: Doc | None = None


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Set(Statement):
    """`target = 12`, `seed = 0`, `key = [...]`, `target = 500 per product`."""

    name: Name
    value: Expr
    per: Expr | None


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Each(Statement):
    """An axis: `each page from pages` (rows of a source) or `each take in 1..3` (values)."""

    name: Name
    kind: Literal["from", "in"]
    over: Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Draw(Statement):
    name: Name
    distribution: Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Let(Statement):
    name: Name
    type: TypeExpr | None
    value: Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class ForClause(Node):
    """`for draft in drafts`, `for a, b in zip(xs, ys)`."""

    targets: tuple[Name, ...]
    iterable: Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Gen(Statement):
    """A model call: `prompt` names a declared prompt, or `template` stands inline; never both."""

    name: Name
    type: TypeExpr
    prompt: Expr | None
    role: Name
    times: Expr | None
    settings: tuple[Setting, ...]
    template: Template | None
    fors: tuple[ForClause, ...]
    condition: Expr | None


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Run(Statement):
    """A tool in the sandbox."""

    name: Name
    tool: Expr
    settings: tuple[Setting, ...]
    fors: tuple[ForClause, ...]
    condition: Expr | None


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Retry(Node):
    """`retry times from origin`; `times` is None for a plain `drop`."""

    times: int | None
    origin: Name | None


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Require(Statement):
    condition: Expr
    otherwise: Retry | None


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Filter(Statement):
    condition: Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Flag(Statement):
    value: Expr
    condition: Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Dedup(Statement):
    value: Expr
    method: Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Decontaminate(Statement):
    value: Expr
    against: Expr
    method: Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Select(Statement):
    count: Expr
    by: Expr
    apart: Expr | None
    method: Expr | None


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Carry(Node):
    name: Name
    type: TypeExpr
    start: Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Loop(Statement):
    name: Name
    over: Expr
    carries: tuple[Carry, ...]
    body: tuple[Statement, ...]


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Next(Statement):
    name: Name
    value: Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Until(Statement):
    condition: Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Emit(Statement):
    """`emit atomic sft as name split by x for a in xs { column = value, ...record }`"""

    atomic: Name | None
    kind: Name | None
    name: Name | None
    split: Expr | None
    fors: tuple[ForClause, ...]
    columns: tuple[Setting | Spread | Entry, ...]


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Audit(Statement):
    condition: Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Dataset(Declaration):
    name: Name
    body: tuple[Statement, ...]
