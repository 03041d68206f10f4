"""`--where` and the tables of a diff in; a predicate over their rows out, checked against the columns they have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dsl.source import Source
from runtime.cli.noted import quoted

if TYPE_CHECKING:
    from compiler import types
    from runtime.diff.model import Diff, Predicate
    from runtime.store.port import Store
    from runtime.tables.schema import Type

NAME = "--where"


def condition(text: str, store: Store, diff: Diff) -> Predicate:
    """A column that only some of the tables have is null in the others. A mistake in `text` raises SynthError."""
    from compiler.types import STR
    from compiler.where import where

    columns: dict[str, types.Type] = {"key": STR}
    for name, type_ in _columns(store, diff):
        columns.setdefault(name, _type(type_, name))
    quoted(Source(NAME, text))
    found, empty = where(text, columns, NAME), dict.fromkeys(columns)
    return lambda row: found.holds({**empty, **row})


def _columns(store: Store, diff: Diff) -> list[tuple[str, Type]]:
    from runtime.query.catalog import dataset_at

    sides = [commit for commit in (diff.b, diff.a) if commit is not None]
    found = [dataset_at(store, dataset.name, commit) for dataset in diff.datasets for commit in sides]
    tables = [table for version in found if version for table in version.manifest.tables.values()]
    return [(column.name, column.type) for table in tables for column in table.schema.columns]


def _type(type_: Type, name: str) -> types.Type:
    """A column's type as the checker means it: values read back from a table may be null."""
    from compiler import types

    scalars: dict[str, Any] = {
        "str": types.STR,
        "int": types.INT,
        "float": types.FLOAT,
        "bool": types.BOOL,
        "json": types.ANY,
    }
    if type_.kind == "list" and type_.element is not None:
        base: types.Type = types.List(_type(type_.element, name))
    elif type_.kind == "record":
        fields = tuple(types.RecordField(field.name, _type(field.type, field.name)) for field in type_.fields)
        base = types.Record(name, fields)
    else:
        base = scalars[type_.kind]
    return types.Optional(base) if type_.nullable else base
