"""Rows of tables in; plain values, their JSON and their hash out; and an edit's values, checked (E1103)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

from dsl.diagnostics import Diagnostic, SynthError, did_you_mean
from runtime.decisions.model import Json
from runtime.tables.keys import Key
from runtime.tables.schema import Schema, Type

_PYTHON: Mapping[str, tuple[type, ...]] = {"str": (str,), "int": (int,), "bool": (bool,), "float": (float, int)}
_INT64 = range(-(1 << 63), 1 << 63)


def plain_row(schema: Schema, row: Mapping[str, Json]) -> dict[str, Json]:
    """A row as Arrow gives it, its JSON read: what a writer takes."""
    import orjson

    kinds = {column.name: column.type.kind for column in schema.columns}
    return {
        name: orjson.loads(row[name]) if kind == "json" and row[name] is not None else row[name]
        for name, kind in kinds.items()
    }


def row_hashes(schema: Schema, keys: Sequence[Key], rows: Sequence[Mapping[str, Json]]) -> list[str]:
    """The hashes that tables have for such rows, as hex. E1012 for values that do not fit."""
    from runtime.tables.batches import batch_of_rows

    return [found.hex() for found in batch_of_rows(schema, keys, rows).column("_hash").to_pylist()]


def row_json(row: Mapping[str, Json]) -> dict[str, Json]:
    """JSON has no infinity and no NaN; a column of numbers holds no text."""
    return {name: str(value) if _is_odd(value) else value for name, value in row.items()}


def row_of_json(schema: Schema | None, row: Mapping[str, Json]) -> dict[str, Json]:
    """The same row again; without a schema (the table is gone) as it was written."""
    floats = {column.name for column in schema.columns if column.type.kind == "float"} if schema else set()
    return {name: float(value) if name in floats and isinstance(value, str) else value for name, value in row.items()}


def _is_odd(value: object) -> bool:
    return isinstance(value, float) and not isfinite(value)


def check_values(table: str, schema: Schema, values: Mapping[str, Json]) -> None:
    """E1103 for a column that the table does not have, a value that is not of its type, and an edit of nothing."""
    types = {column.name: column.type for column in schema.columns}
    if not values:
        raise SynthError(Diagnostic("E1103", "an edit says what changes", help="name a column and its new value"))
    for name, value in values.items():
        if name not in types:
            raise SynthError(_no_column(table, name, list(types)))
        if not fits(types[name], value):
            raise SynthError(_misfit(name, types[name], value))


def fits(kind: Type, value: Json) -> bool:
    """Whether a JSON value is of a column's type."""
    if value is None:
        return kind.nullable
    if kind.kind == "json":
        return True
    if kind.kind == "list":
        return isinstance(value, list) and kind.element is not None and all(fits(kind.element, item) for item in value)
    if kind.kind == "record":
        return _is_record(kind, value)
    if isinstance(value, bool) != (kind.kind == "bool") or not isinstance(value, _PYTHON[kind.kind]):
        return False
    return not isinstance(value, int) or value in _INT64


def _is_record(kind: Type, value: Json) -> bool:
    if not isinstance(value, Mapping) or not {item.name for item in kind.fields} >= value.keys():
        return False
    return all(fits(item.type, value.get(item.name)) for item in kind.fields)


def _no_column(table: str, name: str, columns: list[str]) -> Diagnostic:
    return Diagnostic(
        "E1103",
        f"table `{table}` has no column `{name}`",
        notes=(f"columns: {', '.join(columns)}",),
        help=did_you_mean(name, columns) or None,
    )


def _misfit(name: str, kind: Type, value: Json) -> Diagnostic:
    return Diagnostic(
        "E1103",
        f"`{value!r:.80}` is no value of column `{name}`",
        notes=(f"its type is {kind}",),
        help=None if value is not None else "reject the row instead, or write the value that it should have",
    )
