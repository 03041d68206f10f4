"""A written table and rows that come, change or go in; the table as writing the whole of it anew would give it, out.

Only the content-cut runs that hold those keys are cut and written again; all others keep their shards. Every shard is
still read once, for the statistics are of the whole table.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runtime.store.port import ObjectId
from runtime.tables.keys import Key, encode_key
from runtime.tables.manifest import Shard, TableManifest, table_root
from runtime.tables.writer import Put, TableWriter, table_changes

if TYPE_CHECKING:
    import pyarrow as pa

    from runtime.tables.stats import TableSummary

Local = Callable[[Shard], Path]
"""Where a shard of the table lies as a file."""
Run = tuple[Shard, ...]


@dataclass(frozen=True, slots=True)
class Edited:
    """`changes` are the paths that a commit must change for it."""

    table: TableManifest
    changes: Mapping[str, ObjectId | None]


def edit_table(
    table: TableManifest,
    folder: str,
    put: Put,
    local: Local,
    changes: Mapping[Key, Mapping[str, Any] | None],
    *,
    cut_rows: int | None = None,
    part_bytes: int | None = None,
) -> Edited:
    """Each key's new row, or None where it goes (one that is not there stays away). E1012, E1015 as for a writer.

    Rows are plain values, as `TableWriter.add` takes them, and have the table's own schema.
    """
    if not changes:
        return Edited(table, {})
    with TableWriter(table.schema, folder, put, table, cut_rows=cut_rows, part_bytes=part_bytes) as writer:
        edited = _Editing(table, local, writer, changes).result()
        return Edited(edited, table_changes(folder, table, edited, writer.written))


class _Editing:
    def __init__(
        self,
        table: TableManifest,
        local: Local,
        writer: TableWriter,
        changes: Mapping[Key, Mapping[str, Any] | None],
    ) -> None:
        from runtime.tables.stats import TableSummary

        self._table, self._local, self._writer = table, local, writer
        self._keys = sorted(map(encode_key, changes))
        self._fresh = self._batch({key: row for key, row in changes.items() if row is not None})
        self._gone = frozenset(encode_key(key) for key, row in changes.items() if row is None)
        self._summary: TableSummary = TableSummary(table.schema)

    def result(self) -> TableManifest:
        shards = tuple(self._shards())
        root = table_root(self._table.schema, [shard.logical for shard in shards])
        rows = sum(shard.rows for shard in shards)
        return replace(self._table, root=root, rows=rows, shards=shards, stats=self._summary.result())

    def _shards(self) -> Iterator[Shard]:
        from runtime.tables.shards import read_shard

        for shards, keys in groups(runs(self._table.shards), self._keys, self._gone):
            if keys:
                for piece in self._writer.cut(self._blocks(shards, keys)):
                    self._summary.add(piece.rows)
                    yield self._writer.shard(piece)
                continue
            for shard in shards:
                self._summary.add(read_shard(self._local(shard), list(self._table.schema.names)))
                yield shard

    def _blocks(self, shards: Sequence[Shard], keys: Sequence[bytes]) -> Iterator[pa.Table]:
        """The rows of neighbouring shards with the edits to them; one shard's at a time."""
        import pyarrow as pa

        from runtime.tables.batches import as_batch
        from runtime.tables.merging import by_key
        from runtime.tables.shards import read_shard

        start = 0
        for number, shard in enumerate(shards, start=1):
            last = number == len(shards)
            end = len(keys) if last else bisect_left(keys, encode_key(shard.last) + b"\0")
            there = without(read_shard(self._local(shard)), keys[start:end])
            fresh = self._between(keys[start:end])
            block = by_key(pa.concat_tables([as_batch(self._table.schema, there), fresh]))
            if block.num_rows:
                yield block
            start = end
        if not shards and self._fresh.num_rows:
            yield self._fresh

    def _between(self, keys: Sequence[bytes]) -> pa.Table:
        """The new rows of a stretch of keys; they are sorted."""
        found = self._fresh_keys
        low = bisect_left(found, keys[0]) if keys else 0
        high = bisect_left(found, keys[-1] + b"\0") if keys else 0
        return self._fresh.slice(low, high - low)

    def _batch(self, rows: Mapping[Key, Mapping[str, Any]]) -> pa.Table:
        from runtime.tables.batches import batch_of_rows
        from runtime.tables.merging import by_key

        batch = by_key(batch_of_rows(self._table.schema, list(rows), list(rows.values())))
        self._fresh_keys: list[bytes] = batch.column("_key").to_pylist()
        return batch


def runs(shards: Sequence[Shard]) -> list[Run]:
    """The content-cut runs of a table: a boundary falls behind each but the last, wherever its parts are cut."""
    found: list[list[Shard]] = []
    for shard in shards:
        if shard.part == 0:
            found.append([])
        found[-1].append(shard)
    return [tuple(run) for run in found]


def groups(found: Sequence[Run], keys: Sequence[bytes], gone: frozenset[bytes]) -> Iterator[tuple[Run, list[bytes]]]:
    """All runs in order, each with the keys that are edited in it; joined where the row goes that a boundary is behind.

    A key behind the last row belongs to the last run.
    """
    if not found:
        yield (), list(keys)
        return
    held: Run = ()
    mine: list[bytes] = []
    start = 0
    for number, run in enumerate(found, start=1):
        last = encode_key(run[-1].last)
        end = len(keys) if number == len(found) else bisect_left(keys, last + b"\0", start)
        held, mine = held + run, mine + list(keys[start:end])
        start = end
        if last in gone and number < len(found):
            continue
        yield held, mine
        held, mine = (), []


def without(rows: pa.Table, keys: Sequence[bytes]) -> pa.Table:
    """The rows of all other keys."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not keys:
        return rows
    return rows.filter(pc.invert(pc.is_in(rows.column("_key"), pa.array(keys, pa.binary()))))
