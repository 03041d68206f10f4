"""Keyed rows in, in any order; a table's shards, put into a store, and the manifest that names them out.

One machinery writes every table of a commit: what a dataset emits, what it rejected, the calls it made. Memory stays
flat: rows become Arrow batches, batches become sorted runs on disk, runs are merged and cut, shard by shard.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from dsl.diagnostics import Diagnostic, SynthError
from runtime.store.port import BLOB_LIMIT, ObjectId
from runtime.tables.keys import Key, KeyPart, decode_key, print_key
from runtime.tables.layout import shard_path
from runtime.tables.manifest import Shard, TableManifest, table_root
from runtime.tables.schema import Schema

if TYPE_CHECKING:
    import pyarrow as pa

    from runtime.tables.cutting import Piece
    from runtime.tables.sorting import KeySorter
    from runtime.tables.stats import TableSummary

Put = Callable[[bytes], ObjectId]
FIRST_BATCH, MAX_BATCH = 64, 2048
BATCH_BYTES = 4 * 1024 * 1024
ENCODERS, IN_FLIGHT = 2, 6


class TableWriter:
    """Writes one table below `folder`. A context manager: leaving it removes what was spilled to disk.

    `previous` is the table in the commit that is built on: shards with the same rows are taken from it, bytes and all.
    """

    def __init__(
        self,
        schema: Schema,
        folder: str,
        put: Put,
        previous: TableManifest | None = None,
        *,
        cut_rows: int | None = None,
        part_bytes: int | None = None,
        run_bytes: int | None = None,
        scratch: Path | None = None,
    ) -> None:
        self._schema, self._folder, self._put = schema, folder, put
        self._previous = {} if previous is None else {shard.logical: shard for shard in previous.shards}
        self._limits = {"cut_rows": cut_rows, "part_bytes": part_bytes}
        self._run_bytes, self._scratch = run_bytes, scratch
        self._sorter: KeySorter | None = None
        self._summary: TableSummary | None = None
        self._keys: list[Key] = []
        self._rows: list[Mapping[str, Any]] = []
        self._batch_rows = FIRST_BATCH
        self.written: dict[str, ObjectId] = {}

    def add(self, key: Key, row: Mapping[str, Any]) -> None:
        """One row: records as mappings; marks of values are not stored. E1012, E1015 (some rows later, too)."""
        self._keys.append(key)
        self._rows.append(row)
        if len(self._keys) >= self._batch_rows:
            self._flush()

    @property
    def batch_rows(self) -> int:
        """How many rows a batch should have: as many as fit its size, judged by the last one's."""
        return self._batch_rows

    def add_columns(self, parts: Sequence[Sequence[KeyPart]], columns: Mapping[str, Sequence[Any] | pa.Array]) -> None:
        """Many rows at once, without a mapping for each: a list for each part of their keys, and for each column."""
        from runtime.tables.batches import batch_of_columns

        self._take(batch_of_columns(self._schema, parts, columns))

    def add_batch(self, key: Sequence[str], table: pa.Table) -> None:
        """Many rows at once: `key` names the table's columns that make the key."""
        from runtime.tables.batches import batch_of_table

        self._sorting().add(batch_of_table(self._schema, key, table))

    def add_keyed(self, table: pa.Table) -> None:
        """Rows that have their `_key` and `key` already, as those of another version's shards do."""
        from runtime.tables.batches import batch_of_keyed

        self._sorting().add(batch_of_keyed(self._schema, table))

    def add_sorted(self, blocks: Iterator[pa.Table]) -> None:
        """Rows as another version's shards have them, in the order of their keys; read when the table is finished."""
        from runtime.tables.batches import as_batch

        self._sorting().add_sorted(as_batch(self._schema, block) for block in blocks)

    def finish(self) -> TableManifest:
        """Cuts and puts the shards. The store has them durably with the commit that names `changes`."""
        from runtime.allocator import give_back

        self._flush()
        shards = tuple(self._shards())
        stats = self.summary.result()
        self.close()
        if shards:
            give_back()
        return TableManifest(
            schema=self._schema,
            root=table_root(self._schema, [shard.logical for shard in shards]),
            rows=sum(shard.rows for shard in shards),
            shards=shards,
            stats=stats,
        )

    @property
    def summary(self) -> TableSummary:
        """Of all rows, once the blocks of `_sorting` are read."""
        from runtime.tables.stats import TableSummary

        if self._summary is None:
            self._summary = TableSummary(self._schema)
        return self._summary

    def close(self) -> None:
        if self._sorter is not None:
            self._sorter.close()

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- rows to batches ---

    def _sorting(self) -> KeySorter:
        from runtime.tables.sorting import RUN_BYTES, KeySorter

        if self._sorter is None:
            self._sorter = KeySorter(self._run_bytes or RUN_BYTES, self._scratch, self.summary.add)
        return self._sorter

    def _flush(self) -> None:
        from runtime.tables.batches import batch_of_rows

        if not self._keys:
            return
        keys, rows, self._keys, self._rows = self._keys, self._rows, [], []
        self._take(batch_of_rows(self._schema, keys, rows))

    def _take(self, batch: pa.Table) -> None:
        """Rows differ by a factor of 10,000 in size, so the next batch's number of them is judged by this one's."""
        self._batch_rows = max(1, min(2 * self._batch_rows, MAX_BATCH, BATCH_BYTES * batch.num_rows // batch.nbytes))
        self._sorting().add(batch)

    # --- batches to shards ---

    def _shards(self) -> Iterator[Shard]:
        """In key order. Parquet is encoded in threads (Arrow lets go of the interpreter); few pieces wait at a time."""
        waiting: deque[Future[Shard]] = deque()
        with ThreadPoolExecutor(ENCODERS) as pool:
            for piece in self.cut(self._sorting().blocks()):
                waiting.append(pool.submit(self.shard, piece))
                if len(waiting) >= IN_FLIGHT:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def cut(self, blocks: Iterable[pa.Table]) -> Iterator[Piece]:
        """Sorted blocks as the pieces that this table's shards are made of."""
        from runtime.tables.cutting import CUT_ROWS, PART_BYTES, cut

        return cut(blocks, self._limits["cut_rows"] or CUT_ROWS, self._limits["part_bytes"] or PART_BYTES)

    def shard(self, piece: Piece) -> Shard:
        """A piece as the shard that holds it: one that `previous` has, or one that is put now."""
        from runtime.tables.shards import logical_digest

        logical = logical_digest(piece.rows)
        known = self._previous.get(logical)
        return self._write(piece, logical) if known is None else _renumbered(known, piece.part)

    def _write(self, piece: Piece, logical: str) -> Shard:
        from runtime.tables.shards import parquet_bytes

        keys = piece.rows.column("_key")
        first, last = decode_key(keys[0].as_py()), decode_key(keys[-1].as_py())
        data = bytes(parquet_bytes(piece.rows, self._schema))
        if len(data) > BLOB_LIMIT:
            raise SynthError(_too_large(first, len(data)))
        name = sha256(data).hexdigest()
        self.written[shard_path(self._folder, name)] = self._put(data)
        return Shard(name, logical, piece.rows.num_rows, len(data), first, last, piece.part)


def _renumbered(known: Shard, part: int) -> Shard:
    """A piece can become another part of its run while its rows stay the same."""
    if known.part == part:
        return known
    return Shard(known.sha256, known.logical, known.rows, known.size, known.first, known.last, part)


def table_changes(
    folder: str, previous: TableManifest | None, table: TableManifest | None, written: Mapping[str, ObjectId]
) -> dict[str, ObjectId | None]:
    """What a commit must change below `folder`: shards that are new, and None for those that no version needs."""
    before = set() if previous is None else {shard.sha256 for shard in previous.shards}
    after = set() if table is None else {shard.sha256 for shard in table.shards}
    gone = {shard_path(folder, name): None for name in before - after}
    return {**gone, **{path: id_ for path, id_ in written.items() if path not in gone}}


def shard_paths(folder: str, table: TableManifest) -> list[str]:
    """The paths of a table's shards in its commit, in key order."""
    return [shard_path(folder, shard.sha256) for shard in table.shards]


def _too_large(key: Key, size: int) -> Diagnostic:
    return Diagnostic(
        code="E1008",
        message=f"row `{print_key(key)}` is too large to store: {size / 2**20:.1f} MB compressed",
        notes=(f"the limit is {BLOB_LIMIT // 2**20} MB",),
        help="emit less of it, or split it into several rows",
    )
