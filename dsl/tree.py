"""The syntax tree: what the parser makes of a file and every pass reads. Frozen, with a span on every node.

Nodes compare by identity, so that passes can keep what they find out (types, symbols, digests) in tables keyed by node.
Nothing here knows what a name means or what type an expression has.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Literal

from dsl.source import Span


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Node:
    span: Span = field(repr=False)


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below `node`, in source order of its fields."""
    for attribute in _attributes(type(node)):
        value = getattr(node, attribute)
        for element in value if isinstance(value, tuple) else (value,):
            if isinstance(element, Node):
                yield element


_ATTRIBUTES: dict[type[Node], tuple[str, ...]] = {}


def _attributes(kind: type[Node]) -> tuple[str, ...]:
    """The names of a node's own fields; looking them up anew costs more than visiting them."""
    if kind not in _ATTRIBUTES:
        _ATTRIBUTES[kind] = tuple(item.name for item in fields(kind) if item.name != "span")
    return _ATTRIBUTES[kind]


def walk(node: Node) -> Iterator[Node]:
    """`node` and all nodes below it, parents first."""
    yield node
    for child in children(node):
        yield from walk(child)


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Name(Node):
    """An identifier where something is declared, assigned or referred to."""

    text: str


# --- expressions ---


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


# --- types as written ---


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


# --- parts shared by declarations and statements ---


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


# --- templates ---


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


# --- declarations ---


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


# --- statements of a dataset ---


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
    """`emit sft as name split by x for a in xs { column = value, ...record }`"""

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


# --- statements of a test ---


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Given(Statement):
    name: Name
    value: Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Mock(Statement):
    name: Name
    value: Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class ExpectRow(Statement):
    """`expect kept` (`dropped_by` is None) or `expect dropped by name`."""

    dropped_by: Expr | None


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class ExpectThat(Statement):
    condition: Expr


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Test(Declaration):
    title: str
    title_span: Span = field(repr=False)
    dataset: Name | None
    body: tuple[Statement, ...]


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class File(Node):
    """One parsed file. `broken` holds the spans of statements that were cut out after a mistake in them, `lost` the
    names that these would have declared: an unknown name among them is no second mistake."""

    doc: Doc | None
    declarations: tuple[Declaration, ...]
    broken: tuple[Span, ...] = ()
    lost: frozenset[str] = frozenset()
