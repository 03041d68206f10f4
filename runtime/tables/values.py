"""A column's values, as a program has them, in; a typed Arrow array of plain data out (E1012)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson
import pyarrow as pa

from compiler.functions.plain import marked, plain
from dsl.diagnostics import Diagnostic, SynthError
from runtime.tables.canonical import canonical_json
from runtime.tables.keys import Key, print_key
from runtime.tables.schema import Column, Type, arrow_type

KeyOf = Callable[[int], Key]
"""The key of a row of the batch, for a message."""

_SCALARS = frozenset({str, int, float, bool, type(None)})
_TEXTS = (str, type(None))
"""Arrow takes a text that carries marks for what it says."""
_WHOLE = frozenset({int, type(None)})
_MISFITS = (pa.ArrowException, OverflowError, UnicodeEncodeError)


def column_of(column: Column, values: Sequence[Any] | pa.Array, key_of: KeyOf) -> pa.Array:
    """One array. Values may carry marks (where a text came from, how likely it was); what is stored carries none."""
    try:
        array = values if isinstance(values, pa.Array) else _array(column.type, values)
    except _MISFITS as error:
        raise SynthError(_misfit(column, key_of, values, error)) from error
    if array.null_count and not column.type.nullable:
        row = next(index for index, value in enumerate(values) if value is None)
        raise SynthError(null(column, print_key(key_of(row))))
    return array


def _array(kind: Type, values: Sequence[Any]) -> pa.Array:
    """Arrow would cut off what an integer cannot hold."""
    if kind.kind == "json":
        return pa.array([None if value is None else json_text(value) for value in values], pa.string())
    kinds = set(map(type, values))
    if kinds == {type(None)}:
        return pa.nulls(len(values), arrow_type(kind))
    if not kinds <= _SCALARS and not (kind.kind == "str" and all(issubclass(type_, _TEXTS) for type_ in kinds)):
        values = [plain(value) for value in values]
    if _holds_int(kind) and not kinds <= _WHOLE and _has_fraction(kind, values):
        raise pa.ArrowInvalid("a number with a fraction is no int")
    return pa.array(values, arrow_type(kind))


def json_text(value: Any) -> bytes:
    """The `canonical_json` of what `plain` gives, which orjson finds by itself for all but the rarest values."""
    try:
        return orjson.dumps(value, marked, orjson.OPT_SORT_KEYS)
    except TypeError:
        return canonical_json(plain(value))


def _holds_int(kind: Type) -> bool:
    inner = [kind.element] if kind.element else [item.type for item in kind.fields]
    return kind.kind == "int" or any(map(_holds_int, inner))


def _has_fraction(kind: Type, values: Iterable[Any]) -> bool:
    present = [value for value in values if value is not None]
    if kind.kind == "int":
        return any(isinstance(value, float) and not value.is_integer() for value in present)
    if kind.element is not None:
        return _holds_int(kind) and any(_has_fraction(kind.element, value) for value in present)
    return any(
        _has_fraction(item.type, [value.get(item.name) for value in present])
        for item in kind.fields
        if _holds_int(item.type)
    )


def _misfit(column: Column, key_of: KeyOf, values: Sequence[Any], error: Exception) -> Diagnostic:
    """Arrow does not say which value it was."""
    for row, value in enumerate(values):
        try:
            _array(column.type, [value])
        except _MISFITS as found:
            return unfit(column, f"row {print_key(key_of(row))}", f"{value!r:.80}: {found}")
    return unfit(column, "a row", str(error))


def unfit(column: Column, where: str, why: str) -> Diagnostic:
    message = f"a value of {where} does not fit column `{column}`"
    return Diagnostic(code="E1012", message=message, notes=(why.splitlines()[0],))


def null(column: Column, where: str) -> Diagnostic:
    return Diagnostic(
        code="E1012",
        message=f"column `{column}` is null in {where}",
        help=f"let it be null with `{column.type}?`, or drop such rows with `filter`",
    )
