"""`--where` and the tables of a diff in; a predicate over their rows out, checked against the columns they have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    """A mistake in `text` raises SynthError.

    A column that only some of the tables have is null in the others where it may be null at all. Where it may not, or
    is of another type there, what the condition says of it does not hold.
    """
    from compiler.types import STR, Optional
    from compiler.where import where

    columns: dict[str, types.Type] = {"key": STR}
    kinds: dict[str, set[str]] = {}
    for name, type_ in _columns(store, diff):
        columns.setdefault(name, _type(type_, name))
        kinds.setdefault(name, set()).add(type_.kind)
    quoted(Source(NAME, text))
    found = where(text, columns, NAME)
    empty = {name: None for name, type_ in columns.items() if isinstance(type_, Optional)}
    mixed = {name: _fits(columns[name]) for name, seen in kinds.items() if len(seen) > 1}

    def holds(row: Mapping[str, Any]) -> bool:
        there = {name: value for name, value in row.items() if name not in mixed or mixed[name](value)}
        try:
            return found.holds({**empty, **there})
        except KeyError as error:
            if error.args[0] in columns:
                return False
            raise

    return holds


def _fits(type_: types.Type) -> Callable[[Any], bool]:
    """Whether a value is of a type, where tables differ in it: true is no number here."""
    from compiler import types

    base = type_.base if isinstance(type_, types.Optional) else type_
    classes: dict[types.Type, tuple[type, ...]] = {
        types.STR: (str,),
        types.INT: (int,),
        types.FLOAT: (float, int),
        types.BOOL: (bool,),
    }
    wanted = (
        (list,) if isinstance(base, types.List) else (dict,) if isinstance(base, types.Record) else classes.get(base)
    )
    return lambda value: value is None or wanted is None or type(value) in wanted


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
