"""Whatever has a value: constants, names, calls, operators, ranges, objects, and a hole's filters."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from dsl.source import Span
from dsl.tree.base import Name, Node


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Expr(Node):
    """Anything that has a value. Expressions are total, deterministic and free of effects."""


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Constant(Expr):
    """`"text"`, `3`, `0.5`, `true`, `null`. Strings are unescaped; `1_000` is 1000."""

    value: str | int | float | bool | None


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Quantity(Expr):
    """`10s`, `512MB`, `35%`: a number with a unit, as written. `%` is the unit of a share (35% is 0.35)."""

    number: int | float
    unit: Literal["ms", "s", "min", "h", "KB", "MB", "GB", "%"]


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Ref(Expr):
    """A bare name used as a value."""

    name: str


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Attr(Expr):
    """`base.name`: a field of a record or a property such as `.logprob`."""

    base: Expr
    name: Name


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Index(Expr):
    """`base[index]`; a slice when `index` is a `Range`."""

    base: Expr
    index: Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Arg(Node):
    """One argument of a call, positional when `name` is None."""

    name: Name | None
    value: Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Call(Expr):
    """`callee(args)`. A method call is a call whose callee is an `Attr`."""

    callee: Expr
    args: tuple[Arg, ...]


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Unary(Expr):
    op: Literal["-", "+", "not"]
    operand: Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Binary(Expr):
    """Arithmetic, comparison, membership and logic. Comparisons do not chain."""

    op: Literal["+", "-", "*", "/", "%", "==", "!=", "<=", ">=", "<", ">", "in", "not in", "and", "or"]
    left: Expr
    right: Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Range(Expr):
    """`low..high`, both ends included; `high` is None for the endless `1..`."""

    low: Expr
    high: Expr | None


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Conditional(Expr):
    """`if condition then then else otherwise`."""

    condition: Expr
    then: Expr
    otherwise: Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class ListExpr(Expr):
    items: tuple[Expr, ...]


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Entry(Node):
    """`key: value` of an object; the key is a name or a quoted string."""

    key: str
    key_span: Span = field(repr=False)
    value: Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class ObjectExpr(Expr):
    """`{ key: value, … }`: data."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Weighted(Expr):
    """`weighted { formal: 70%, casual: 30% }`: a distribution over keys."""

    weights: ObjectExpr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Filtered(Expr):
    """`value | filter(args)` inside a template hole; chains nest to the left."""

    value: Expr
    filter: Name
    args: tuple[Arg, ...]
