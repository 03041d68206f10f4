"""A store and `dataset@ref` in; a polars frame of its rows out, or a lazy one over the shards themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, overload

from runtime.query.catalog import Located, find
from runtime.query.names import parse_reference
from runtime.store.port import Store

if TYPE_CHECKING:
    import polars as pl


@overload
def load(store: Store, name: str, at: str = "main", *, lazy: Literal[False] = False) -> pl.DataFrame: ...
@overload
def load(store: Store, name: str, at: str = "main", *, lazy: Literal[True]) -> pl.LazyFrame: ...
def load(store: Store, name: str, at: str = "main", *, lazy: bool = False) -> pl.DataFrame | pl.LazyFrame:
    """Rows in key order: the column `key` (as printed), then the table's own. E1031, E1032 for unknown names.

    `name` is `python_qa`, `python_qa@v1`, `python_qa@main.rejected`; `at` is the ref when it gives none.
    """
    located = find(store, parse_reference(name), at)
    frame = _scan(located)
    return frame if lazy else frame.collect()


def _scan(located: Located) -> pl.LazyFrame:
    import polars as pl

    from runtime.tables.schema import arrow_schema

    columns = ["key", *located.schema.names]
    paths = located.paths()
    if paths:
        return pl.scan_parquet(paths).select(columns)
    empty = pl.from_arrow(arrow_schema(located.schema).empty_table())
    if not isinstance(empty, pl.DataFrame):
        raise TypeError("an Arrow table makes a frame")
    return empty.lazy().select(columns)
