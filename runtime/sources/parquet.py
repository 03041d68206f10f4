"""Parquet files in; their rows and the types of their columns out, one batch in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from runtime.sources.place import Where
from runtime.sources.plain import NotPlain, plain
from runtime.sources.raw import Raw, unreadable

if TYPE_CHECKING:
    from pathlib import Path

    from compiler.catalog import ColumnType

BATCH = 1024


def rows(where: Where) -> Iterator[Raw]:
    for path in where.files((".parquet",)):
        shown = where.shown(path)
        number = 0
        for batch in _open(where, path).iter_batches(batch_size=BATCH):
            for row in batch.to_pylist():
                number += 1
                place = f"{shown}, row {number}"
                try:
                    yield plain(row), place
                except NotPlain as error:
                    raise unreadable(where, place, f"a value is {error}, which a row cannot hold") from None


def columns(where: Where) -> dict[str, ColumnType]:
    """From the files' schemas alone; a column of different types in different files is `any`."""
    found: dict[str, ColumnType] = {}
    for path in where.files((".parquet",)):
        for item in _open(where, path).schema_arrow:
            kind = column_type(item.type)
            found[item.name] = kind if found.get(item.name, kind) == kind else "any"
    return found


def _open(where: Where, path: Path) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise unreadable(where, where.shown(path), str(error).split(". ")[0]) from None


def column_type(kind: Any) -> ColumnType:
    from pyarrow import types as t

    tests: tuple[tuple[Any, ColumnType], ...] = (
        (t.is_boolean, "bool"),
        (t.is_integer, "int"),
        (t.is_floating, "float"),
        (t.is_string, "str"),
        (t.is_large_string, "str"),
        (t.is_string_view, "str"),
        (t.is_temporal, "str"),
        (t.is_list, "list"),
        (t.is_large_list, "list"),
        (t.is_fixed_size_list, "list"),
        (t.is_struct, "record"),
        (t.is_null, "null"),
    )
    return next((name for test, name in tests if test(kind)), "any")
