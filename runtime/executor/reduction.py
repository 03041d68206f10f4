"""The rows of a range of keys, from all runs, in; the shards of that range, put into the store, and statistics out.

A range ends where a shard ends whatever its neighbours are, so the shards are those that one machine would cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.executor.messages import Run
from runtime.store.port import ObjectId, Store
from runtime.tables.manifest import Shard, TableManifest
from runtime.tables.schema import Schema
from runtime.tables.writer import TableWriter

if TYPE_CHECKING:
    import pyarrow as pa

    from runtime.tables.stats import TableSummary

RANGE_BYTES = 48 * 1024 * 1024
"""Rows of a range are in memory while they are cut."""


@dataclass(frozen=True, slots=True)
class Range:
    """Keys above `low` and up to `high` of the table below `folder`. `distinct`: a row may stand in several runs."""

    folder: str
    schema: Schema
    previous: TableManifest | None
    low: bytes | None = None
    high: bytes | None = None
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class Reduced:
    """`summary` is there only of rows that may stand in several runs; each run knows its own."""

    shards: Sequence[Shard]
    written: Mapping[str, ObjectId]
    summary: TableSummary | None = None


@dataclass(frozen=True, slots=True)
class Gathered:
    """One table, whole."""

    shards: Sequence[Shard]
    written: Mapping[str, ObjectId]
    summary: TableSummary


def reduce(range_: Range, runs: Iterable[pa.Table], store: Store) -> Reduced:
    """E1008 and E1013, as a `TableWriter` raises them."""
    import pyarrow as pa

    from runtime.tables.merging import by_key
    from runtime.tables.stats import TableSummary

    parts = list(runs)
    writer = TableWriter(range_.schema, range_.folder, store.put, range_.previous)
    summary = TableSummary(range_.schema) if range_.distinct else None
    shards = list[Shard]()
    rows = by_key(pa.concat_tables(parts)) if parts else None
    for piece in writer.cut([_once(rows) if range_.distinct else rows] if rows is not None else []):
        shards.append(writer.shard(piece))
        if summary is not None:
            summary.add(piece.rows)
    if writer.written:
        # Other processes see what was put: a store makes all of it readable to read one.
        store.local_object(next(iter(writer.written.values())), ".parquet")
    return Reduced(shards, writer.written, summary)


def joined(parts: Sequence[Reduced], runs: Sequence[Run], schema: Schema) -> Gathered:
    """Ranges of one table, in order, and the runs that they were cut from."""
    from runtime.tables.stats import TableSummary

    summary = TableSummary(schema)
    own = [part.summary for part in parts if part.summary is not None]
    for one in own or [run.summary for run in runs if run.summary is not None]:
        summary.merge(one)
    written = {path: id_ for part in parts for path, id_ in part.written.items()}
    return Gathered([shard for part in parts for shard in part.shards], written, summary)


def ranges_of(whole: Range, runs: Sequence[Run], workers: int) -> list[Range]:
    """A table's ranges: small enough for memory, and a few for each worker where there is much to do."""
    from dataclasses import replace

    from runtime.executor.runs import ranges

    size = sum(run.size for run in runs)
    count = -(-size // RANGE_BYTES)
    count = -(-count // workers) * workers if count > 1 else 1
    borders = (border for run in runs for border in run.borders)
    return [replace(whole, low=low, high=high) for low, high in ranges(borders, count)]


def _once(rows: pa.Table) -> pa.Table:
    """Equal keys mean equal rows: the first of each."""
    import pyarrow as pa
    import pyarrow.compute as pc

    keys = rows.column("_key")
    if len(keys) < 2:
        return rows
    fresh = pc.not_equal(keys.slice(1), keys.slice(0, len(keys) - 1))
    return rows.filter(pa.chunked_array([pa.array([True]), *fresh.chunks]))
