"""Columns with logical types in; their JSON and Arrow forms out. A schema is plain data: nothing is ever inferred."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from dsl.diagnostics import Diagnostic, SynthError

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["str", "int", "float", "bool", "json", "list", "record"]
"""`json` is any JSON value, kept as canonical text; `int` has 64 bits."""

RESERVED = ("_key", "key", "_hash")
"""Columns every table has: the key's sortable bytes, the key as printed, the 128-bit hash of the row's content."""


@dataclass(frozen=True, slots=True)
class Type:
    """`element` is set for lists, `fields` for records."""

    kind: Kind
    nullable: bool = False
    element: Type | None = None
    fields: tuple[Column, ...] = ()

    def __str__(self) -> str:
        inner = {"list": f"<{self.element}>", "record": f"{{{', '.join(map(str, self.fields))}}}"}
        return self.kind + inner.get(self.kind, "") + ("?" if self.nullable else "")


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: Type

    def __str__(self) -> str:
        return f"{self.name}: {self.type}"


STR, INT, FLOAT, BOOL, JSON = (
    Type("str"),
    Type("int"),
    Type("float"),
    Type("bool"),
    Type("json"),
)


def optional(base: Type) -> Type:
    return replace(base, nullable=True)


def list_of(element: Type) -> Type:
    return Type("list", element=element)


def record_of(fields: Mapping[str, Type]) -> Type:
    return Type("record", fields=tuple(Column(name, type_) for name, type_ in fields.items()))


@dataclass(frozen=True, slots=True)
class Schema:
    """The user columns of a table, in the order they are shown. Their order is not content: no digest depends on it."""

    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        for name in names:
            if name in RESERVED or names.count(name) > 1:
                raise SynthError(_bad_column(name))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def _bad_column(name: str) -> Diagnostic:
    if name in RESERVED:
        return Diagnostic(
            code="E1014",
            message=f"a table cannot have a column of its own named `{name}`",
            notes=(f"every table has {', '.join(f'`{column}`' for column in RESERVED)} already",),
            help="give the column another name",
        )
    return Diagnostic(code="E1014", message=f"a table has two columns named `{name}`", help="rename one of them")


def schema(columns: Mapping[str, Type]) -> Schema:
    return Schema(tuple(Column(name, type_) for name, type_ in columns.items()))


def schema_json(value: Schema) -> list[dict[str, Any]]:
    return [_column_json(column) for column in value.columns]


def schema_from_json(value: Iterable[Mapping[str, Any]]) -> Schema:
    """KeyError, TypeError or ValueError when the JSON is not a schema."""
    return Schema(tuple(_column_from_json(column) for column in value))


def _column_json(column: Column) -> dict[str, Any]:
    return {"name": column.name, **type_json(column.type)}


def _column_from_json(value: Mapping[str, Any]) -> Column:
    return Column(str(value["name"]), type_from_json(value))


def type_json(value: Type) -> dict[str, Any]:
    out: dict[str, Any] = {"type": value.kind}
    if value.nullable:
        out["nullable"] = True
    if value.element is not None:
        out["element"] = type_json(value.element)
    if value.kind == "record":
        out["fields"] = [_column_json(column) for column in value.fields]
    return out


def type_from_json(value: Mapping[str, Any]) -> Type:
    """KeyError, TypeError or ValueError when the JSON is not a type."""
    if value["type"] not in get_args(Kind):
        raise ValueError(f"unknown type {value['type']!r}")
    element = type_from_json(value["element"]) if value["type"] == "list" else None
    fields = tuple(_column_from_json(column) for column in value.get("fields", ()))
    return Type(value["type"], bool(value.get("nullable", False)), element, fields)


def arrow_type(value: Type) -> pa.DataType:
    """The physical type. Nullability is checked by the writer, not by Arrow, so every Arrow field is nullable."""
    import pyarrow as pa

    if value.kind == "list":
        return pa.list_(arrow_type(cast(Type, value.element)))
    if value.kind == "record":
        return pa.struct([pa.field(column.name, arrow_type(column.type)) for column in value.fields])
    plain = {"str": pa.string(), "int": pa.int64(), "float": pa.float64(), "bool": pa.bool_(), "json": pa.string()}
    return plain[value.kind]


def arrow_schema(value: Schema) -> pa.Schema:
    """A whole table's columns: the three every table has, then the user's."""
    import pyarrow as pa

    own = [pa.field(column.name, arrow_type(column.type)) for column in value.columns]
    fixed = [pa.field("_key", pa.binary()), pa.field("key", pa.string()), pa.field("_hash", pa.binary(16))]
    return pa.schema(fixed + own)
