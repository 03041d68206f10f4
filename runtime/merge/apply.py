"""A table's version and what changes in it in; the new version, whose other shards stay as they are, out.

Where a shard ends depends on keys alone, so rows that come, go or change touch the run of shards between two boundaries
that their keys fall into, and the next run where a boundary's own row goes. The result is what writing all rows gives.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from runtime.diff.shards import Version
from runtime.store.port import ObjectId
from runtime.tables.editing import groups, runs, without
from runtime.tables.layout import shard_path
from runtime.tables.manifest import Shard, TableManifest, table_root
from runtime.tables.schema import Schema
from runtime.tables.writer import TableWriter

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Delta:
    """`upserts` are rows with `_key`, `key` and the schema's columns, in any order; `removed` are encoded keys."""

    upserts: pa.Table | None = None
    removed: Sequence[bytes] = ()

    @cached_property
    def keys(self) -> list[bytes]:
        """All that change, sorted."""
        new = [] if self.upserts is None else self.upserts.column("_key").to_pylist()
        return sorted({*new, *self.removed})

    @cached_property
    def _sorted(self) -> tuple[pa.Table, list[bytes]]:
        from runtime.tables.merging import by_key

        assert self.upserts is not None
        rows = by_key(self.upserts)
        return rows, rows.column("_key").to_pylist()

    def between(self, low: bytes, high: bytes) -> pa.Table | None:
        """Rows to write with keys of that range, ends included; None where there is none."""
        if self.upserts is None or not self.upserts.num_rows:
            return None
        rows, keys = self._sorted
        start, end = bisect_left(keys, low), bisect_right(keys, high)
        return rows.slice(start, end - start) if end > start else None


@dataclass
class Applied:
    """The new version of a table; `written` are its new shards."""

    table: TableManifest
    written: dict[str, ObjectId]


def apply(version: Version, other: Version, schema: Schema, delta: Delta, cut_rows: int | None = None) -> Applied:
    """`version` with the changes. Shards that `other`, too, has need not be written again."""
    known = (*other.shards, *version.shards)
    previous = TableManifest(schema, "", 0, known)
    written: dict[str, ObjectId] = {}
    shards: list[Shard] = []
    everything = schema != version.schema
    for run, keys in groups(runs(version.shards), delta.keys, frozenset(delta.removed)):
        if not keys and not everything:
            shards += run
            continue
        with TableWriter(schema, version.folder, version.store.put, previous, cut_rows=cut_rows) as writer:
            for rows in _rows(version, run, keys):
                writer.add_keyed(rows)
            if keys and (new := delta.between(keys[0], keys[-1])) is not None:
                writer.add_keyed(new)
            shards += writer.finish().shards
            written |= writer.written
    atomic = any(one.table is not None and one.table.atomic for one in (version, other))
    return Applied(replace(_table(schema, shards, _finder(version, other, written)), atomic=atomic), written)


def _rows(version: Version, run: Sequence[Shard], keys: Sequence[bytes]) -> Iterator[pa.Table]:
    """The run's rows that stay as they are."""
    from runtime.tables.shards import read_shard

    for shard in run:
        rows = without(read_shard(Path(version.local(shard))), keys)
        if rows.num_rows:
            yield rows


Find = Callable[[Shard], Path]


def _finder(version: Version, other: Version, written: dict[str, ObjectId]) -> Find:
    mine = {shard.sha256 for shard in version.shards}

    def find(shard: Shard) -> Path:
        path = shard_path(version.folder, shard.sha256)
        if path in written:
            return version.store.local_object(written[path], ".parquet")
        return Path((version if shard.sha256 in mine else other).local(shard))

    return find


def _table(schema: Schema, shards: list[Shard], find: Find) -> TableManifest:
    """Statistics are of all rows, added up shard by shard, as a writer does."""
    from runtime.tables.shards import read_shard
    from runtime.tables.stats import TableSummary

    summary = TableSummary(schema)
    for shard in shards:
        summary.add(read_shard(find(shard)))
    return TableManifest(
        schema=schema,
        root=table_root(schema, [shard.logical for shard in shards]),
        rows=sum(shard.rows for shard in shards),
        shards=tuple(shards),
        stats=summary.result(),
    )


def borrowed(applied: Applied, version: Version, other: Version) -> dict[str, ObjectId]:
    """Objects that the result takes from `other`'s commit."""
    mine = {shard.sha256 for shard in version.shards}
    paths = {shard_path(version.folder, shard.sha256) for shard in applied.table.shards if shard.sha256 not in mine}
    missing = sorted(paths - applied.written.keys())
    if other.commit is None:
        return {}
    return {path: entry.id for path in missing for entry in version.store.entries(other.commit, path)}
