"""Runs sorted by `_key` in; all their rows in key order out, block by block. Memory does not grow with the runs.

Merging is by blocks, not by rows: what is not greater than the smallest last key of the blocks that are read is
complete, and is sorted at once by vectorised code. A block is read when its first key is due, and at most `FAN_IN` runs
are merged at once where each of them has rows everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from runtime.tables.ordering import order_of
from runtime.tables.rows import combined

BLOCK_BYTES = 512 * 1024
"""What each run that has rows to give holds in memory while runs are merged."""
FAN_IN = 32


@dataclass(frozen=True, slots=True)
class Run:
    """Sorted blocks in a file: the first key of each, and the last key of all."""

    path: Path
    firsts: tuple[bytes, ...]
    last: bytes


@dataclass(frozen=True, slots=True)
class Due:
    """A block that begins with the key `first`, and is there when it is asked for."""

    first: bytes
    block: Callable[[], pa.Table]


def write_run(path: Path, blocks: Iterable[pa.Table]) -> Run:
    """Of sorted blocks, of which at least one has rows."""
    firsts: list[bytes] = []
    writer: pa.ipc.RecordBatchFileWriter | None = None
    with pa.OSFile(str(path), "wb") as sink:
        for block in chain.from_iterable(split(table, BLOCK_BYTES) for table in blocks):
            writer = pa.ipc.new_file(sink, block.schema) if writer is None else writer
            writer.write_table(block)
            firsts.append(block.column("_key")[0].as_py())
            last = block.column("_key")[-1].as_py()
        assert writer is not None
        writer.close()
    return Run(path, tuple(firsts), last)


def merged(runs: Sequence[Run], sorted_blocks: Sequence[Iterator[pa.Table]] = ()) -> Iterator[pa.Table]:
    """Where many runs overlap, some of them are first made one. `sorted_blocks` are in order, and read as they come."""
    while _overlapping(runs) > FAN_IN:
        runs = [_joined(runs[start : start + FAN_IN]) for start in range(0, len(runs), FAN_IN)]
    return _merged([*map(_of_run, runs), *map(_as_they_come, sorted_blocks)])


def _overlapping(runs: Sequence[Run]) -> int:
    """How many runs have rows in one place, at most."""
    ends = sorted([*((run.firsts[0], 0) for run in runs), *((run.last, 1) for run in runs)])
    most = now = 0
    for _, is_end in ends:
        now += -1 if is_end else 1
        most = max(most, now)
    return most


def _joined(runs: Sequence[Run]) -> Run:
    """One run of several; their files go."""
    if len(runs) == 1:
        return runs[0]
    joined = write_run(runs[0].path.with_suffix(".joined"), _merged([*map(_of_run, runs)]))
    for run in runs:
        run.path.unlink()
    return Run(joined.path.rename(runs[0].path), joined.firsts, joined.last)


def _of_run(run: Run) -> Iterator[Due]:
    return (Due(first, partial(_read, run.path, place)) for place, first in enumerate(run.firsts))


def _as_they_come(blocks: Iterable[pa.Table]) -> Iterator[Due]:
    for block in blocks:
        if block.num_rows:
            yield Due(block.column("_key")[0].as_py(), lambda block=block: block)  # type: ignore[misc]


def _read(path: Path, place: int) -> pa.Table:
    """The file is opened for each block: there may be more runs than a process may hold files."""
    with pa.OSFile(str(path), "rb") as file:
        return pa.Table.from_batches([pa.ipc.open_file(file).get_batch(place)])


class _Front:
    """The rows of a run that nobody has taken yet; `first` is the next of their keys."""

    def __init__(self, run: Iterator[Due], due: Due) -> None:
        self._run, self._due = run, due
        self._block: pa.Table | None = None
        self.first = due.first

    @property
    def last(self) -> bytes:
        """Of the block that is read; this reads it."""
        if self._block is None:
            self._block = self._due.block()
        return bytes(self._block.column("_key")[-1].as_py())

    def take(self, bound: bytes) -> pa.Table:
        """The rows up to `bound`, of the block that is read."""
        assert self._block is not None
        count = count_up_to(self._block, bound)
        taken, self._block = self._block.slice(0, count), self._block.slice(count)
        return taken

    def goes_on(self) -> bool:
        """Whether it has more rows."""
        if self._block is not None and self._block.num_rows:
            self.first = self._block.column("_key")[0].as_py()
            return True
        due = next(self._run, None)
        if due is not None:
            self._due, self._block, self.first = due, None, due.first
        return due is not None


def _merged(runs: Iterable[Iterator[Due]]) -> Iterator[pa.Table]:
    fronts = [_Front(run, due) for run in runs if (due := next(run, None)) is not None]
    while fronts:
        fronts.sort(key=lambda front: front.first)
        bound, count = fronts[0].last, 1
        while count < len(fronts) and fronts[count].first <= bound:
            bound, count = min(bound, fronts[count].last), count + 1
        ready = [front.take(bound) for front in fronts[:count]]
        fronts = [front for place, front in enumerate(fronts) if place >= count or front.goes_on()]
        yield by_key(pa.concat_tables(ready))


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
