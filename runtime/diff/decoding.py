"""A column's type in; a function that turns what Arrow gives for it into plain values out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from runtime.tables.schema import Column, Type

Decode = Callable[[Any], Any]


def decoder(type_: Type) -> Decode:
    """`json` columns are kept as text in shards, also inside lists and records."""
    if type_.kind == "json":
        return lambda value: None if value is None else orjson.loads(value)
    if type_.kind == "list" and type_.element and _has_json(type_.element):
        inner = decoder(type_.element)
        return lambda value: None if value is None else [inner(item) for item in value]
    if type_.kind == "record" and _has_json(type_):
        return _record_decoder(type_.fields)
    return lambda value: value


def _record_decoder(fields: tuple[Column, ...]) -> Decode:
    inner = {field.name: decoder(field.type) for field in fields}
    return lambda value: None if value is None else {name: inner[name](item) for name, item in value.items()}


def _has_json(type_: Type) -> bool:
    below = [column.type for column in type_.fields] + ([type_.element] if type_.element else [])
    return type_.kind == "json" or any(map(_has_json, below))
