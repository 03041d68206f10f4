"""Parts that declarations and statements share: documentation, parameters, settings, spreads."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.tree.base import Name, Node
from dsl.tree.expressions import Expr
from dsl.tree.types import TypeExpr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Doc(Node):
    """The text of the `##` lines above a declaration or statement, joined by newlines; describes, never builds."""

    text: str


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Parameter(Node):
    """One typed parameter of a prompt, judge or criteria pool."""

    name: Name
    type: TypeExpr
    default: Expr | None


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Setting(Node):
    """`name = value` inside a settings block."""

    name: Name
    value: Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Spread(Node):
    """`...record` inside an emit block."""

    value: Expr
