"""A prompt's body as it was written: text, holes, message markers, `{% if %}` and `{% for %}`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsl.tree.base import Name, Node
from dsl.tree.expressions import Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class TemplatePart(Node):
    """A piece of a template's body, in order."""


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class TemplateText(TemplatePart):
    """Literal text, common indentation already removed."""

    text: str


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class TemplateHole(TemplatePart):
    """`{{ expr | filter }}`"""

    value: Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class TemplateMarker(TemplatePart):
    """A line that opens a message: `@system`, `@user`, `@assistant`, `@chat {{ messages }}`, `@open role`, `@raw`.

    `role` is set for `open`; `value` for `chat`. Markers come from the source text alone, never from a value.
    """

    kind: Literal["system", "user", "assistant", "chat", "open", "raw"]
    role: Literal["user", "assistant"] | None = None
    value: Expr | None = None


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class TemplateBranch(Node):
    """One arm of an `{% if %}`; the condition is None for `{% else %}`."""

    condition: Expr | None
    body: tuple[TemplatePart, ...]


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class TemplateIf(TemplatePart):
    branches: tuple[TemplateBranch, ...]


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class TemplateFor(TemplatePart):
    """`{% for target in iterable %} body {% else %} otherwise {% endfor %}`; `loop.index` and friends as in Jinja2."""

    target: Name
    iterable: Expr
    body: tuple[TemplatePart, ...]
    otherwise: tuple[TemplatePart, ...]


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Template(Node):
    parts: tuple[TemplatePart, ...]
