"""Batches in any order in; blocks sorted by key out, with memory that does not grow: runs on disk, merged.

Merging is by blocks, not by rows: what is not greater than the smallest last key of the runs' current blocks is
complete, and is sorted at once by vectorised code.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from runtime.tables.ordering import order_of
from runtime.tables.rows import combined

RUN_BYTES = 8 * 1024 * 1024
"""A run is sorted in memory; sorting holds about three times this."""
BLOCK_BYTES = 512 * 1024
"""What each run holds in memory while runs are merged."""


Saw = Callable[[pa.Table], None]


class KeySorter:
    """Sorts tables by `_key`. Runs beyond the first go to a temporary folder, which `close` removes.

    One run is sorted and written by a thread (Arrow lets go of the interpreter) while the next one fills. `saw` is told
    of each run, all rows once, by that thread or by who takes the blocks.
    """

    def __init__(self, run_bytes: int = RUN_BYTES, scratch: Path | None = None, saw: Saw = lambda run: None) -> None:
        self._run_bytes, self._scratch, self._saw = run_bytes, scratch, saw
        self._pending: list[pa.Table] = []
        self._pending_bytes = 0
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._pool = ThreadPoolExecutor(1)
        self._runs: list[Future[Path]] = []
        self._sorted: list[Iterator[pa.Table]] = []
        self.size = 0
        """Bytes of what was added."""

    def add(self, batch: pa.Table) -> None:
        self.size += batch.nbytes
        self._pending.append(batch)
        self._pending_bytes += batch.nbytes
        if self._pending_bytes >= self._run_bytes:
            self._spill()

    def add_sorted(self, blocks: Iterator[pa.Table]) -> None:
        """Rows that are in order already, read when all are merged. They count in no `size`: none is kept."""
        self._sorted.append(blocks)

    def blocks(self) -> Iterator[pa.Table]:
        """All rows in key order; equal keys stand side by side. Once."""
        if not self._runs and not self._sorted:
            yield from split(self._only_run(), self._run_bytes)
            return
        if self._pending:
            self._spill()
        yield from _merged([*(_read(run.result()) for run in self._runs), *map(self._seen, self._sorted)])

    def _seen(self, blocks: Iterator[pa.Table]) -> Iterator[pa.Table]:
        for block in blocks:
            self._saw(block)
            yield block

    def _only_run(self) -> pa.Table | None:
        if not self._pending:
            return None
        run = by_key(pa.concat_tables(self._pending))
        self._saw(run)
        return run

    def close(self) -> None:
        self._pool.shutdown()
        self._pending.clear()
        if self._folder is not None:
            self._folder.cleanup()

    def _spill(self) -> None:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="synth-sort-", dir=self._scratch)
        if self._runs:
            self._runs[-1].result()
        path = Path(self._folder.name) / f"{len(self._runs)}.arrow"
        self._runs.append(self._pool.submit(_write_run, path, self._pending, self._saw))
        self._pending, self._pending_bytes = [], 0


def _write_run(path: Path, batches: list[pa.Table], saw: Saw) -> Path:
    run = by_key(pa.concat_tables(batches))
    saw(run)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, run.schema) as writer:
        for block in split(run, BLOCK_BYTES):
            writer.write_table(block)
    return path


def give_back() -> None:
    """What a burst of work has freed goes back to the system: the allocator would keep it, 30 MB here.

    Once a table: to ask for it again page by page is not free.
    """
    pa.default_memory_pool().release_unused()


def by_key(table: pa.Table) -> pa.Table:
    """Sorted by `_key` and contiguous; a table that is sorted already is not moved."""
    table = table.combine_chunks()
    keys = table.column("_key")
    if pc.all(pc.less_equal(keys.slice(0, len(keys) - 1), keys.slice(1))).as_py() is not False:
        return table
    return table.take(order_of(combined(keys)))


def split(table: pa.Table | None, size: int) -> Iterator[pa.Table]:
    """Slices of about `size` bytes."""
    if table is None or not table.num_rows:
        return
    rows = max(1, int(size / max(1.0, table.nbytes / table.num_rows)))
    for start in range(0, table.num_rows, rows):
        yield table.slice(start, rows)


def _read(path: Path) -> Iterator[pa.Table]:
    with pa.OSFile(str(path), "rb") as file:
        reader = pa.ipc.open_file(file)
        for index in range(reader.num_record_batches):
            yield pa.Table.from_batches([reader.get_batch(index)])


def _merged(runs: list[Iterator[pa.Table]]) -> Iterator[pa.Table]:
    """`current` holds each unfinished run's block; a run without a next block bounds nothing, once it is used up."""
    current = [(run, block) for run in runs if (block := next(run, None)) is not None]
    while current:
        bound = min(block.column("_key")[-1].as_py() for _, block in current)
        ready: list[pa.Table] = []
        left: list[tuple[Iterator[pa.Table], pa.Table]] = []
        for run, block in current:
            taken = count_up_to(block, bound)
            ready.append(block.slice(0, taken))
            rest = block.slice(taken) if taken < block.num_rows else next(run, None)
            if rest is not None:
                left.append((run, rest))
        current = left
        yield by_key(pa.concat_tables(ready))


def count_up_to(block: pa.Table, bound: bytes) -> int:
    """How many rows of a sorted block have a key up to `bound`."""
    keys = block.column("_key")
    low, high = 0, len(keys)
    while low < high:
        middle = (low + high) // 2
        if keys[middle].as_py() <= bound:
            low = middle + 1
        else:
            high = middle
    return low
