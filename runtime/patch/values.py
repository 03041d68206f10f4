"""A column's value in; JSON that keeps it exactly out, and back. And JSON as one line that acts on no terminal."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import orjson

from runtime.tables.schema import Schema, Type

Json = Any
_ACTIVE = re.compile(
    r"[\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
    r"\U000110bd\U000110cd\U00013430-\U00013438\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f]"
)
"""Control and format characters, ends of lines (Cc, Cf, Zl, Zp). JSON itself escapes those below a space."""


def line(value: Json) -> str:
    """Without its end. What could act on a terminal, or hide there, is written as its number."""
    return _ACTIVE.sub(_escaped, orjson.dumps(value).decode())


def _escaped(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def row_json(row: Mapping[str, Any], schema: Schema) -> dict[str, Json]:
    return {column.name: to_json(row[column.name], column.type) for column in schema.columns if column.name in row}


def row_from_json(row: Mapping[str, Json], schema: Schema) -> dict[str, Any]:
    """KeyError for a column that the schema does not have; ValueError, TypeError for a number that is none."""
    types = {column.name: column.type for column in schema.columns}
    return {name: from_json(value, types[name]) for name, value in row.items()}


def to_json(value: Any, type_: Type) -> Json:
    """JSON has no NaN and no infinity: a float column holds them as text."""
    if type_.kind == "float" and value is not None and not math.isfinite(value):
        return repr(value)
    return _mapped(value, type_, to_json)


def from_json(value: Json, type_: Type) -> Any:
    if type_.kind == "float" and isinstance(value, str):
        if value not in ("nan", "inf", "-inf"):
            raise ValueError(f"{value!r} is no number")
        return float(value)
    return _mapped(value, type_, from_json)


def _mapped(value: Any, type_: Type, convert: Any) -> Any:
    """What is inside lists and records, too."""
    if value is None or not _has_float(type_):
        return value
    if type_.kind == "list" and type_.element is not None:
        return [convert(item, type_.element) for item in value]
    if type_.kind == "record":
        return {field.name: convert(value[field.name], field.type) for field in type_.fields}
    return value


def _has_float(type_: Type) -> bool:
    inner = [field.type for field in type_.fields] + ([type_.element] if type_.element else [])
    return type_.kind == "float" or any(map(_has_float, inner))
