"""Sorted blocks of a table in; a run of them in a file, and the rows of a range of keys back from it, out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pyarrow as pa

from runtime.tables.cutting import CUT_ROWS, boundaries
from runtime.tables.merging import count_up_to, split

BLOCK_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class RunFile:
    path: Path
    rows: int
    size: int
    borders: tuple[bytes, ...]


def write_run(blocks: Iterable[pa.Table], path: Path) -> RunFile | None:
    """`borders` are the keys after which a shard ends, wherever the run is cut."""
    rows = size = 0
    borders: list[bytes] = []
    writer: pa.ipc.RecordBatchFileWriter | None = None
    with pa.OSFile(str(path), "wb") as sink:
        for table in blocks:
            for block in split(table, BLOCK_BYTES):
                writer = pa.ipc.new_file(sink, block.schema) if writer is None else writer
                writer.write_table(block)
                borders += [block.column("_key")[place - 1].as_py() for place in boundaries(block, CUT_ROWS).tolist()]
                rows, size = rows + block.num_rows, size + block.nbytes
        if writer is not None:
            writer.close()
    if not rows:
        path.unlink()
        return None
    return RunFile(path, rows, size, tuple(borders))


def read_range(paths: Sequence[str], low: bytes | None, high: bytes | None) -> list[pa.Table]:
    """Of each run, its rows with a key above `low` and up to `high`; None is no bound."""
    found = [piece for path in paths for piece in _within(Path(path), low, high)]
    return [piece for piece in found if piece.num_rows]


def _within(path: Path, low: bytes | None, high: bytes | None) -> Iterator[pa.Table]:
    with pa.memory_map(str(path)) as file:
        reader = pa.ipc.open_file(file)
        firsts = _Firsts(reader)
        start = 0 if low is None else max(0, bisect_right(firsts, low) - 1)
        stop = len(firsts) if high is None else bisect_right(firsts, high)
        for place in range(start, stop):
            block = pa.Table.from_batches([reader.get_batch(place)])
            begin = 0 if low is None else count_up_to(block, low)
            end = block.num_rows if high is None else count_up_to(block, high)
            yield block.slice(begin, end - begin)


class _Firsts(Sequence[bytes]):
    """The first key of each block, read when it is looked at."""

    def __init__(self, reader: pa.ipc.RecordBatchFileReader) -> None:
        self._reader = reader

    def __len__(self) -> int:
        return int(self._reader.num_record_batches)

    def __getitem__(self, place: int) -> bytes:  # type: ignore[override]
        return bytes(self._reader.get_batch(place).column(0)[0].as_py())


def ranges(borders: Iterable[bytes], count: int) -> list[tuple[bytes | None, bytes | None]]:
    """At most `count` ranges that hold about as many rows each, (above, up to), and end where a shard ends anyway."""
    known = sorted(set(borders))
    cuts = sorted({known[len(known) * place // count] for place in range(1, count)}) if known else []
    ends: list[bytes | None] = [None, *cuts, None]
    return list(pairwise(ends))
