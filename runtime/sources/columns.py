"""A source in; the types of its columns out: from the schema where there is one, else from the first rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

import orjson

from compiler.catalog import ColumnType
from runtime.sources import raw
from runtime.sources.place import Where

SAMPLE = 200
"""How many rows of a file without a schema a check looks at."""

_INT = re.compile(r"[+-]?\d{1,18}")
_FLOAT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_OF: Mapping[type, ColumnType] = {
    str: "str",
    bool: "bool",
    int: "int",
    float: "float",
    list: "list",
    dict: "record",
    type(None): "null",
}


def columns_of(where: Where) -> dict[str, ColumnType]:
    """Reads as little as it can; a mistake in the rows beyond the first is left to the build. Never runs `python()`."""
    if where.kind == "parquet":
        from runtime.sources import parquet

        return parquet.columns(where)
    if where.kind in raw.DOCUMENTS:
        from runtime.sources import documents

        return documents.columns(where)
    if where.kind == "hf":
        from runtime.sources import hf

        return hf.columns(where)
    if where.kind == "dataset":
        from runtime.sources import stored

        return stored.columns(where)
    if where.kind == "sql":
        from runtime.sources import sql

        return sql.columns(where)
    found = infer((row for row, _ in islice(raw.rows(where), SAMPLE)), textual=where.kind == "csv")
    if not found and where.kind == "csv":
        return dict.fromkeys(raw.header(where), "any")
    if not found and where.kind in ("jsonl", "json"):
        raise where.error("E0608", f"`{where.argument}` has no rows, and only rows say what columns there are")
    return found


def infer(rows: Iterable[Mapping[str, Any]], *, textual: bool = False) -> dict[str, ColumnType]:
    """The type of every column that occurs; `any` for one of several types. With `textual`, of what its cells spell."""
    found: dict[str, ColumnType] = {}
    for row in rows:
        for name, value in row.items():
            kind = spelled(value) if textual else _OF.get(type(value), "any")
            found[name] = joined(found.get(name, kind), kind)
    return found


def joined(left: ColumnType, right: ColumnType) -> ColumnType:
    """The narrowest type that holds both; null joins everything."""
    if left == right or right == "null":
        return left
    if left == "null":
        return right
    return "float" if {left, right} == {"int", "float"} else "any"


def spelled(cell: str) -> ColumnType:
    """What a cell of text can be read as; an empty one says nothing."""
    cell = cell.strip()
    if not cell:
        return "null"
    if _INT.fullmatch(cell):
        return "int"
    if _FLOAT.fullmatch(cell):
        return "float"
    if cell.lower() in ("true", "false"):
        return "bool"
    return _json_kind(cell)


def _json_kind(cell: str) -> ColumnType:
    if cell[0] not in "[{":
        return "str"
    try:
        return "list" if isinstance(orjson.loads(cell), list) else "record"
    except orjson.JSONDecodeError:
        return "str"
