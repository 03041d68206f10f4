"""Types as the user wrote them; the checker gives them a meaning."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.tree.base import Node
from dsl.tree.expressions import Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class TypeExpr(Node):
    """A type as the user wrote it; the checker gives it a meaning."""


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class TypeName(TypeExpr):
    name: str


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class TypeLiteral(TypeExpr):
    """One member of a closed choice: the `"calm"` of `"calm" | "angry"`."""

    value: str


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class TypeUnion(TypeExpr):
    members: tuple[TypeExpr, ...]


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class TypeOptional(TypeExpr):
    """`T?`"""

    base: TypeExpr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class TypeList(TypeExpr):
    """`T[]`, or `T[length]` where the length may be an expression over the row."""

    element: TypeExpr
    length: Expr | None


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class TypeApply(TypeExpr):
    """`json(schema)`: a type that takes a value."""

    base: TypeExpr
    argument: Expr
