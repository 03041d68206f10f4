"""The version before's table of calls in; its gens by candidate, as rows that need not be made again, out.

They lie in a scratch file, mapped: a candidate's are read by themselves, or with some hundred others where candidates
come in the table's order. The rows of those that were made again as they were are copied from there.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runtime.program.stage import CallPlace, RecordedGen
from runtime.tables.keys import Key, encode_key

if TYPE_CHECKING:
    import pyarrow as pa

    from runtime.scratch.arrow import MappedTable

MOST = 8_000_000
MOST_BYTES = 8 * 1024**3
"""Calls, and bytes of scratch; those beyond go the usual way."""
BLOCK = 1024
"""Neighbours that are read at once."""
ROWS = 4096
"""Rows of a shard that are read, and rows that are copied, at once."""
_PLACE = ("cell", "round", "element", "sample", "attempt")
_SAID = ("role", "arguments", "text", "finish", "logprob", "reasoning", "call", "_hash")
_PLACE_BYTES = 2 + 4 * 9
"""What a call's place adds to its row's key, besides the cell's name."""
_NAMED_TEXT = '"$text"'
_MASK = (1 << 64) - 1


@dataclass
class RecordedGens:
    """`at` of a gen is its place in the mapped table; it is marked in `copied` once its candidate has ended."""

    mapped: MappedTable
    rows: _Rows
    copied: bytearray
    _from: int = 0
    _size: int = 1
    _keys: list[bytes] = field(default_factory=list)
    _places: list[CallPlace] = field(default_factory=list)
    _said: list[RecordedGen] = field(default_factory=list)

    @classmethod
    def read(cls, paths: Sequence[Path], cells: Collection[str], roles: Collection[str]) -> RecordedGens | None:
        """Those of the cells by the roles; None where there are none."""
        from runtime.scratch.arrow import MappedTable

        hashes, starts = array("Q"), array("I")
        mapped = MappedTable.of(_noted(_blocks(paths, cells, roles), hashes, starts))
        if mapped is None:
            return None
        rows = mapped.table.num_rows
        return cls(mapped, _Rows(hashes, starts, rows), bytearray(rows))

    def of(self, key: Key) -> Mapping[CallPlace, RecordedGen]:
        prefix = encode_key(key)
        for first, count in self.rows.find(prefix):
            start = self._here(first, count)
            end = start + count
            if self._keys[start].startswith(prefix) and self._keys[end - 1].startswith(prefix):
                return dict(zip(self._places[start:end], self._said[start:end], strict=True))
        return {}

    def _here(self, first: int, count: int) -> int:
        """Where in what is read the call is: as long as candidates come in order, more and more is read at once."""
        start, end = self._from, self._from + len(self._keys)
        if not (start <= first and first + count <= end):
            self._size = min(4 * self._size, BLOCK) if start < first <= end + self._size else 1
            self._read(first, max(count, self._size))
        return first - self._from

    def _read(self, first: int, count: int) -> None:
        some = self.mapped.table.slice(first, count)
        self._from = first
        self._keys = _values(some.column("_key"))
        self._places = list(zip(*(_values(some.column(name)) for name in _PLACE), strict=True))
        ats = range(first, first + some.num_rows)
        self._said = list(map(RecordedGen, ats, *(_values(_said(some, name)) for name in _SAID)))
        self.mapped.read(count)

    def take(self) -> Iterator[pa.Table]:
        """The rows that were marked, in the order of their keys."""
        import numpy as np
        import pyarrow as pa

        marks = np.frombuffer(self.copied, np.bool_)
        for start in range(0, len(marks), ROWS):
            some = marks[start : start + ROWS]
            if some.any():
                yield self.mapped.table.slice(start, ROWS).filter(pa.array(some))
                self.mapped.read(ROWS)


class _Rows:
    """Where each candidate's gens are, by 64 bits of its key: 16 bytes a candidate."""

    def __init__(self, hashes: Iterable[int], starts: Sequence[int], end: int) -> None:
        import numpy as np

        found, firsts = np.fromiter(hashes, np.uint64), np.array(starts, np.uint32)
        counts = np.diff(np.append(firsts, np.uint32(end))).astype(np.uint32)
        order = np.argsort(found, kind="stable")
        self._hashes = array("Q", found[order].tobytes())
        self._firsts = array("I", firsts[order].tobytes())
        self._counts = array("I", counts[order].tobytes())

    def find(self, prefix: bytes) -> Iterator[tuple[int, int]]:
        """(first, count) of those that may be the candidate's."""
        wanted = hash(prefix) & _MASK
        at = bisect_left(self._hashes, wanted)
        while at < len(self._hashes) and self._hashes[at] == wanted:
            yield self._firsts[at], self._counts[at]
            at += 1


def _blocks(paths: Iterable[Path], cells: Collection[str], roles: Collection[str]) -> Iterator[pa.Table]:
    """Arguments with a long text are kept by its name there, and cannot be compared."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for path in paths:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(ROWS):
                block = pa.Table.from_batches([batch])
                block = block.filter(_fit(block, cells, roles))
                if block.num_rows:
                    yield block


def _fit(calls: pa.Table, cells: Collection[str], roles: Collection[str]) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    fit = pc.and_(pc.equal(calls.column("kind"), "gen"), pc.is_valid(calls.column("call")))
    for name, values in (("cell", cells), ("role", roles)):
        fit = pc.and_(fit, pc.is_in(calls.column(name), pa.array(sorted(values), pa.string())))
    return pc.and_(fit, pc.invert(pc.match_substring(calls.column("arguments"), _NAMED_TEXT)))


def _noted(blocks: Iterable[pa.Table], hashes: array[int], starts: array[int]) -> Iterator[pa.Table]:
    """The blocks, up to as many as are remembered; notes where each candidate begins."""
    rows = size = 0
    last = b""
    for block in blocks:
        last = _note(block, last, rows, hashes, starts)
        yield block
        rows, size = rows + block.num_rows, size + block.nbytes
        if rows >= MOST or size >= MOST_BYTES:
            return


def _note(block: pa.Table, last: bytes, rows: int, hashes: array[int], starts: array[int]) -> bytes:
    """Adds the candidates that begin in the block; gives the key of the one that it ends with."""
    cells = _values(block.column("cell").cast("binary"))
    for at, (key, cell) in enumerate(zip(_values(block.column("_key")), cells, strict=True), rows):
        prefix = key[: -len(cell) - _PLACE_BYTES]
        if prefix != last or not starts:
            last = prefix
            hashes.append(hash(prefix) & _MASK)
            starts.append(at)
    return last


def _said(calls: pa.Table, name: str) -> pa.ChunkedArray:
    """Arguments as the bytes that they are compared as."""
    column = calls.column(name)
    return column.cast("binary") if name == "arguments" else column


def _values(column: pa.ChunkedArray) -> list[Any]:
    """Numbers that may be null have no array of their own."""
    import pyarrow as pa

    if column.null_count == len(column):
        return [None] * len(column)
    if column.null_count and pa.types.is_floating(column.type):
        return list(column.to_pylist())
    return list(column.to_numpy().tolist())
