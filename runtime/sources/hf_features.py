"""A schema with Hugging Face's features in; which columns are read, and how class labels become their names, out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

Read = Callable[[Any], Any]


def features(schema: Any) -> Mapping[str, Any]:
    """What `datasets` wrote about the columns; empty where another program wrote the file."""
    try:
        found = orjson.loads((schema.metadata or {}).get(b"huggingface", b"{}"))["info"]["features"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def without_bytes(schema: Any) -> list[Any]:
    """The fields that hold no bytes at any depth: an image is no part of a text row."""
    return [item for item in schema if not _has_bytes(item.type)]


def _has_bytes(kind: Any) -> bool:
    from pyarrow import types as t

    if t.is_binary(kind) or t.is_large_binary(kind) or t.is_fixed_size_binary(kind) or t.is_binary_view(kind):
        return True
    return any(_has_bytes(kind.field(i).type) for i in range(kind.num_fields))


def is_label(feature: Any) -> bool:
    return isinstance(feature, Mapping) and feature.get("_type") == "ClassLabel"


def labelled(feature: Any) -> Read | None:
    """How a value of the feature is read, where class labels are in it; None where it stays as it is."""
    if isinstance(feature, list):
        return _each(labelled(feature[0])) if len(feature) == 1 else None
    if not isinstance(feature, Mapping):
        return None
    kind = feature.get("_type")
    if is_label(feature):
        names = feature.get("names")
        return _named(names) if isinstance(names, list) else None
    if kind in ("List", "LargeList", "Sequence"):
        return _sequence(feature.get("feature"))
    return _fields(feature) if not isinstance(kind, str) else None


def _named(names: list[str]) -> Read:
    """A label that is missing is null, or -1 in test sets."""
    return lambda value: names[value] if isinstance(value, int) and 0 <= value < len(names) else None


def _sequence(feature: Any) -> Read | None:
    """A sequence of records is stored as a record of lists by older versions."""
    read = labelled(feature)
    if read is None or (isinstance(feature, Mapping) and not isinstance(feature.get("_type"), str)):
        return _lists(feature) if isinstance(feature, Mapping) else None
    return _each(read)


def _lists(feature: Mapping[str, Any]) -> Read | None:
    one, many = _fields(feature), _fields({name: [inner] for name, inner in feature.items()})
    if one is None or many is None:
        return None
    each = _each(one)
    return lambda value: many(value) if isinstance(value, dict) else each(value) if each else value


def _each(read: Read | None) -> Read | None:
    return None if read is None else lambda value: None if value is None else [read(item) for item in value]


def _fields(feature: Mapping[str, Any]) -> Read | None:
    readers = {name: read for name, inner in feature.items() if (read := labelled(inner)) is not None}
    if not readers:
        return None
    return lambda value: None if value is None else {k: readers[k](v) if k in readers else v for k, v in value.items()}
