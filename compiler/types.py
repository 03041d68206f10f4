"""Types as the checker means them: a small closed algebra. What a user wrote is in `dsl.tree`; this is what it denotes.

Types are values: two types are equal when they denote the same set. `str(t)` is what a message shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from dsl import tree
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Type:
    """Base of all types."""


@dataclass(frozen=True, slots=True)
class Scalar(Type):
    """`str`, `int`, `float`, `bool`; `null` has one value; `any` is what an earlier mistake leaves behind."""

    name: Literal["str", "int", "float", "bool", "null", "any"]

    def __str__(self) -> str:
        return self.name


STR, INT, FLOAT, BOOL, NULL, ANY = (Scalar(n) for n in ("str", "int", "float", "bool", "null", "any"))


@dataclass(frozen=True, slots=True)
class CheckedText(Type):
    """Text that a real parser has accepted: `python`, `json`, `markdown`. Assignable to `str`."""

    language: Literal["python", "json", "markdown"]

    def __str__(self) -> str:
        return self.language


@dataclass(frozen=True, slots=True)
class JsonOf(Type):
    """`json(schema)`: a value that conforms to a JSON schema which is itself a value of the row."""

    schema: tree.Expr = field(compare=False)

    def __str__(self) -> str:
        return "json(…)"


@dataclass(frozen=True, slots=True)
class Choice(Type):
    """A closed set of strings: an enum (with its name, and where each member stands) or a union of quoted strings."""

    values: tuple[str, ...]
    name: str | None = None
    places: tuple[Span, ...] = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        return self.name or " | ".join(f'"{value}"' for value in self.values)


@dataclass(frozen=True, slots=True)
class RecordField:
    """`constraint` is the checked `where`, read with the record's own fields in scope; `place` is the name declared."""

    name: str
    type: Type
    default: tree.Expr | None = field(default=None, compare=False)
    constraint: tree.Expr | None = field(default=None, compare=False)
    doc: str | None = field(default=None, compare=False)
    place: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Record(Type):
    """A record; `open` ones (personas) have further fields that only the file knows."""

    name: str
    fields: tuple[RecordField, ...]
    open: bool = False

    def field(self, name: str) -> RecordField | None:
        return next((item for item in self.fields if item.name == name), None)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class List(Type):
    """`element[]`. `length` is a fixed count.

    `along` names the list whose elements these are, or stand beside one for one. `size` is the length where only a row
    knows it. `places` are the types by place where they differ, as in what `zip` gives at a time.
    """

    element: Type
    length: int | None = None
    along: str | None = None
    size: tree.Expr | None = field(default=None, compare=False)
    places: tuple[Type, ...] = field(default=(), compare=False)

    def at(self, place: object) -> Type:
        """The type of one element; `place` is a number, or anything else where it is not known."""
        if isinstance(place, int) and -len(self.places) <= place < len(self.places):
            return self.places[place]
        return self.element

    def __str__(self) -> str:
        element = f"({self.element})" if isinstance(self.element, Choice) and not self.element.name else self.element
        return f"{element}[{self.length if self.length is not None else ''}]"


@dataclass(frozen=True, slots=True)
class Optional(Type):
    """`base?`: a value of base or null."""

    base: Type

    def __str__(self) -> str:
        return f"{self.base}?"


@dataclass(frozen=True, slots=True)
class Generated(Type):
    """A value of `base` that a model wrote: it also has `.logprob`, `.reasoning` and `.text`. Assignable to base."""

    base: Type

    def __str__(self) -> str:
        return str(self.base)


@dataclass(frozen=True, slots=True)
class Extended(Type):
    """An element of `base` with one more property: the `.score` of `rank`, the `.support` of `consistency`.

    Assignable to base.
    """

    base: Type
    property: str
    of: Type

    def __str__(self) -> str:
        return str(self.base)


@dataclass(frozen=True, slots=True)
class Verdict(Type):
    """What a judge says: `bool` (with `.p`), `points` (with `.points`), a `scale` from low to high, or a `score`."""

    kind: Literal["bool", "points", "scale", "score"]
    low: int = 0
    high: int = 1

    def __str__(self) -> str:
        return self.kind if self.kind != "scale" else f"{self.low}..{self.high}"


SAID: Mapping[str, Type] = {"bool": BOOL, "points": INT, "scale": INT, "score": FLOAT}
"""The plain type of each kind of verdict."""


@dataclass(frozen=True, slots=True)
class RangeOf(Type):
    """`low..high` over int or float; `endless` for `1..`."""

    of: Type
    endless: bool = False

    def __str__(self) -> str:
        return f"range of {self.of}"


@dataclass(frozen=True, slots=True)
class SourceOf(Type):
    """A declared source of rows: an input, personas, another dataset."""

    row: Type

    def __str__(self) -> str:
        return f"source of {self.row}"


@dataclass(frozen=True, slots=True)
class Pool(Type):
    """A criteria pool with its arguments given; `.pick(k)` draws from it."""

    def __str__(self) -> str:
        return "criteria"


@dataclass(frozen=True, slots=True)
class Distribution(Type):
    """What stands right of `~`: drawing gives a value of `of`."""

    of: Type

    def __str__(self) -> str:
        return f"distribution over {self.of}"


@dataclass(frozen=True, slots=True)
class ToolResult(Type):
    """What a sandboxed tool came back with: `.ok`, `.output`, `.reason`, and the tool's own properties."""

    tool: str
    properties: tuple[tuple[str, Type], ...]

    def __str__(self) -> str:
        return f"result of {self.tool}"


@dataclass(frozen=True, slots=True)
class Role(Type):
    """The name of a model role, as in `~ [writer, second_writer]`; prints as its name."""

    def __str__(self) -> str:
        return "model role"


@dataclass(frozen=True, slots=True)
class MapOf(Type):
    """A constant map, looked up with `topics[area]`; `keys` where they are known."""

    value: Type
    keys: tuple[str, ...] | None = None

    def __str__(self) -> str:
        return f"map of {self.value}"


MESSAGE = Record("Message", (RecordField("role", Choice(("system", "user", "assistant"))), RecordField("content", STR)))
PERSONA = Record(
    "Persona", (RecordField("id", STR), RecordField("text", STR), RecordField("role", Optional(STR))), open=True
)
CONVERSATION = List(MESSAGE)
