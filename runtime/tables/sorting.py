"""Batches in any order in; blocks sorted by key out, with memory that does not grow: runs on disk, merged."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa

from runtime.tables.merging import Run, by_key, merged, split, write_run

RUN_BYTES = 8 * 1024 * 1024
"""A run is sorted in memory; sorting holds about three times this."""

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
        self._runs: list[Future[Run]] = []
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
        yield from merged([run.result() for run in self._runs], [*map(self._seen, self._sorted)])

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


def _write_run(path: Path, batches: list[pa.Table], saw: Saw) -> Run:
    run = by_key(pa.concat_tables(batches))
    saw(run)
    return write_run(path, [run])
