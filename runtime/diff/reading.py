"""The path of a shard file in; its keys and hashes, or some of its rows, as Arrow out.

Shards of two versions are mostly the same bytes: what a column of a row group is stored as tells that it is the same
before any of it is decoded.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Ints = np.ndarray[Any, np.dtype[np.int64]]

T = TypeVar("T")
R = TypeVar("R")
THREADS = min(8, 1 + (os.cpu_count() or 1))


def threaded(function: Callable[[T], R], values: Sequence[T]) -> Iterable[R]:
    """In order. Arrow lets go of the interpreter; one value alone needs no thread."""
    return map(function, values) if len(values) < 2 else _pooled(function, values)


def _pooled(function: Callable[[T], R], values: Sequence[T]) -> Iterator[R]:
    with ThreadPoolExecutor(THREADS) as pool:
        yield from pool.map(function, values)


class ShardReader:
    """One file, closed when nothing holds it any more. `sizes` are the rows of each row group.

    Nothing here is a `cached_property` that several threads use: Python 3.11 has one lock for those of all files.
    """

    def __init__(self, path: str) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.path = path
        self._bytes: pa.MemoryMappedFile = pa.memory_map(path)
        self._metadata = pq.read_metadata(self._bytes)
        self._file = pq.ParquetFile(self._bytes, metadata=self._metadata)
        groups = range(self._metadata.num_row_groups)
        self._found: dict[str, list[int]] | None = None
        self.sizes = tuple(self._metadata.row_group(number).num_rows for number in groups)

    def read(self, columns: Sequence[str], groups: Sequence[int] | None = None) -> pa.Table:
        wanted = range(len(self.sizes)) if groups is None else groups
        return self._file.read_row_groups(list(wanted), list(columns), use_threads=False)

    def _leaves(self) -> dict[str, list[int]]:
        """The physical columns that each column is stored in."""
        if self._found is None:
            found: dict[str, list[int]] = {}
            schema = self._metadata.schema
            for number in range(len(schema)):
                found.setdefault(schema.column(number).path.partition(".")[0], []).append(number)
            self._found = found
        return self._found

    def stored(self, column: str, group: int) -> list[tuple[object, ...]] | None:
        """How and as what bytes a column of a row group is stored; None for a column that is not found by its name."""
        leaves = self._leaves().get(column)
        return None if leaves is None else [self._chunk(leaf, group) for leaf in leaves]

    def _chunk(self, leaf: int, group: int) -> tuple[object, ...]:
        chunk = self._metadata.row_group(group).column(leaf)
        start = chunk.dictionary_page_offset or chunk.data_page_offset
        data = self._bytes.read_at(chunk.total_compressed_size, start)
        return chunk.physical_type, chunk.compression, chunk.num_values, data


class Readers:
    """Opens each of a few files once, until `close`; of more than `MOST`, a file anew each time it is asked for."""

    MOST = 400

    def __init__(self, files: int) -> None:
        self._kept: dict[str, ShardReader] | None = {} if files <= self.MOST else None

    def __call__(self, path: str) -> ShardReader:
        if self._kept is None:
            return ShardReader(path)
        found = self._kept.get(path)
        return self._kept.setdefault(path, ShardReader(path)) if found is None else found

    def close(self) -> None:
        self._kept = None


class Picked:
    """Some rows of a file, by their places in it (ascending): which row groups hold them, and where in those."""

    def __init__(self, reader: ShardReader, places: Ints) -> None:
        import numpy as np

        ends = np.cumsum(reader.sizes)
        groups, first = np.unique(np.searchsorted(ends, places, "right"), return_index=True)
        self.groups: list[int] = groups.tolist()
        skipped = (ends - reader.sizes)[groups] - np.cumsum([0, *(reader.sizes[number] for number in groups[:-1])])
        self._local = places - np.repeat(skipped, np.diff([*first, len(places)]))
        self._reader, self.sizes = reader, reader.sizes

    def read(self, columns: Sequence[str]) -> pa.Table:
        """Row groups that hold none of the rows are not read. Rows without columns come with their hash."""
        table = self._reader.read(columns or ["_hash"], self.groups)
        return table if len(self._local) == table.num_rows else table.take(self._local)

    def stored_alike(self, other: Picked, columns: Iterable[str]) -> list[str]:
        """Columns that hold the same in both files' row groups, by their bytes; these are the same row groups."""
        mine, theirs = self._reader, other._reader
        return [
            name
            for name in columns
            if all(mine.stored(name, group) == theirs.stored(name, group) is not None for group in self.groups)
        ]
