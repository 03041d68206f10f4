"""What stands at the top of a file, datasets and tests excepted."""

from __future__ import annotations

from dataclasses import dataclass, field

from dsl.source import Span
from dsl.tree.base import Name, Node
from dsl.tree.expressions import Expr, ObjectExpr, Range
from dsl.tree.shared import Doc, Parameter, Setting
from dsl.tree.templates import Template
from dsl.tree.types import TypeExpr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Declaration(Node):
    """Anything that stands at the top of a file."""

    doc: Doc | None = None


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Edition(Declaration):
    number: int


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Import(Declaration):
    """`from "path" import a, b`"""

    path: str
    path_span: Span = field(repr=False)
    names: tuple[Name, ...]


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Param(Declaration):
    name: Name
    type: TypeExpr
    default: Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Const(Declaration):
    name: Name
    value: Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Enum(Declaration):
    name: Name
    members: tuple[Name, ...]


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Field(Node):
    """`name: Type = default where constraint` of a record."""

    doc: Doc | None = None
    name: Name
    type: TypeExpr
    default: Expr | None
    constraint: Expr | None


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Record(Declaration):
    name: Name
    fields: tuple[Field, ...]


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Input(Declaration):
    """`input name: Type = source { key = … }`"""

    name: Name
    type: TypeExpr
    source: Expr
    settings: tuple[Setting, ...]


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Personas(Declaration):
    name: Name
    source: Expr
    settings: tuple[Setting, ...]


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Criterion(Node):
    doc: Doc | None = None
    text: str
    text_span: Span = field(repr=False)
    weight: Expr | None
    condition: Expr | None


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Criteria(Declaration):
    name: Name
    params: tuple[Parameter, ...]
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Model(Declaration):
    name: Name
    settings: tuple[Setting, ...]


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Prompt(Declaration):
    name: Name
    params: tuple[Parameter, ...]
    template: Template


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Point(Node):
    """`+1 "question"` of a `points` judge (signed), or `3 "description"` of a scale (unsigned)."""

    value: int
    signed: bool
    text: str


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Judge(Declaration):
    """`result` is a `TypeName` (`bool`, `points`) or a `Range` of integers for a scale."""

    name: Name
    params: tuple[Parameter, ...]
    result: TypeExpr | Range
    role: Name
    template: Template
    points: tuple[Point, ...]
    settings: tuple[Setting, ...]


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Mix(Declaration):
    name: Name
    shares: ObjectExpr
