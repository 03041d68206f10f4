"""The version before's table of calls in; its gens by candidate, as rows that need not be made again, out.

They lie in a scratch file, mapped: a candidate's are read by themselves, or with some hundred others where candidates
come in the table's order. The rows of those that were made again as they were are copied from there.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
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
    _table: pa.Table
    """What is read of it."""
    _from: int = 0
    _size: int = 1
    _next: int = 0
    _starts: list[int] = field(default_factory=lambda: [0])
    _keys: list[bytes] = field(default_factory=list)
    _places: list[CallPlace] = field(default_factory=list)
    _said: list[RecordedGen] = field(default_factory=list)

    @classmethod
    def read(
        cls, paths: Sequence[Path], cells: Collection[str], roles: Collection[str], named: bool = True
    ) -> RecordedGens | None:
        """Those of the cells by the roles; None where there are none. `named`: whether texts may be kept by name."""
        from runtime.scratch.arrow import MappedTable

        hashes, starts = array("Q"), array("I")
        mapped = MappedTable.of(_noted(_blocks(paths, cells, roles, named), hashes, starts))
        if mapped is None:
            return None
        rows = mapped.table.num_rows
        starts.append(rows)
        table = mapped.table.select(["_key", *_PLACE, *_SAID])
        return cls(mapped, _Rows(hashes, starts), bytearray(rows), table)

    def of(self, key: Key) -> Mapping[CallPlace, RecordedGen]:
        """Mostly those that come next in the table."""
        prefix = encode_key(key)
        rank: int | None = self._next
        if not self._is(self._next, prefix):
            rank = next((rank for rank in self.rows.find(prefix) if self._is(self._here(rank), prefix)), None)
        if rank is None:
            return {}
        at = rank - self._from
        start, end = self._starts[at : at + 2]
        self._next = rank + 1
        return dict(zip(self._places[start:end], self._said[start:end], strict=True))

    def _is(self, rank: int, prefix: bytes) -> bool:
        """Whether the candidate is among what is read, and is this one."""
        at = rank - self._from
        if not 0 <= at < len(self._starts) - 1:
            return False
        keys, (start, end) = self._keys, self._starts[at : at + 2]
        return keys[start].startswith(prefix) and keys[end - 1].startswith(prefix)

    def _here(self, rank: int) -> int:
        """Reads the candidate: as long as they come in order, more and more are read at once."""
        end = self._from + len(self._starts) - 1
        if not self._from <= rank < end:
            most = max(1, BLOCK * len(self.rows) // len(self.copied))
            self._size = min(4 * self._size, most) if self._from < rank <= end + self._size else 1
            self._read(rank)
        return rank

    def _read(self, rank: int) -> None:
        starts = self.rows.starts[rank : rank + self._size + 1].tolist()
        first, last = starts[0], starts[-1]
        some = self._table.slice(first, last - first)
        self._from, self._starts = rank, [start - first for start in starts]
        self._keys = _values(some.column("_key"))
        self._places = list(zip(*(_values(some.column(name)) for name in _PLACE), strict=True))
        said = zip(range(first, last), *(_values(_said(some, name)) for name in _SAID), strict=True)
        self._said = list(map(tuple.__new__, repeat(RecordedGen), said))
        self.mapped.read(last - first)

    def take(self) -> Iterator[pa.Table]:
        """The rows that were marked, in the order of their keys."""
        import numpy as np
        import pyarrow as pa

        marks = np.frombuffer(self.copied, np.bool_)
        for start in range(0, len(marks), ROWS):
            some = marks[start : start + ROWS]
            if some.any():
                block = self.mapped.table.slice(start, ROWS)
                yield block if some.all() else block.filter(pa.array(some))
                self.mapped.read(ROWS)


class _Rows:
    """Where each candidate's gens begin, in the table's order, and its place there by 64 bits of its key.

    `starts` has the table's end as well. It takes 16 bytes a candidate.
    """

    def __init__(self, hashes: array[int], starts: array[int]) -> None:
        import numpy as np

        found = np.frombuffer(hashes, np.uint64)
        order = np.argsort(found, kind="stable")
        self._hashes = array("Q", found[order].tobytes())
        self._ranks = array("I", order.astype(np.uint32).tobytes())
        self.starts = starts

    def __len__(self) -> int:
        return len(self._ranks)

    def find(self, prefix: bytes) -> Iterator[int]:
        """Those that may be the candidate."""
        wanted = hash(prefix) & _MASK
        at = bisect_left(self._hashes, wanted)
        while at < len(self._hashes) and self._hashes[at] == wanted:
            yield self._ranks[at]
            at += 1


def _blocks(paths: Iterable[Path], cells: Collection[str], roles: Collection[str], named: bool) -> Iterator[pa.Table]:
    """Arguments with a long text are kept by its name there, and cannot be compared."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for path in paths:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(ROWS):
                block = pa.Table.from_batches([batch])
                block = block.filter(_fit(block, cells, roles, named))
                if block.num_rows:
                    yield block


def _fit(calls: pa.Table, cells: Collection[str], roles: Collection[str], named: bool) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    fit = pc.and_(pc.equal(calls.column("kind"), "gen"), pc.is_valid(calls.column("call")))
    for name, values in (("cell", cells), ("role", roles)):
        fit = pc.and_(fit, pc.is_in(calls.column(name), pa.array(sorted(values), pa.string())))
    return pc.and_(fit, pc.invert(pc.match_substring(calls.column("arguments"), _NAMED_TEXT))) if named else fit


def _noted(blocks: Iterable[pa.Table], hashes: array[int], starts: array[int]) -> Iterator[pa.Table]:
    """The blocks, up to as many as are remembered; notes where each candidate begins."""
    rows = size = 0
    last = ""
    for block in blocks:
        last = _note(block, last, rows, hashes, starts)
        yield block
        rows, size = rows + block.num_rows, size + block.nbytes
        if rows >= MOST or size >= MOST_BYTES:
            return


def _note(block: pa.Table, last: str, rows: int, hashes: array[int], starts: array[int]) -> str:
    """Adds the candidates that begin in the block; gives the printed key of the one that it ends with.

    Neighbours whose keys are only printed alike are taken for one, which is neither when it is looked up.
    """
    import numpy as np
    import pyarrow.compute as pc

    printed = block.column("row").combine_chunks()
    begins = np.append(True, pc.not_equal(printed[1:], printed[:-1]).to_numpy(zero_copy_only=False))
    begins[0] = not starts or printed[0].as_py() != last
    places = np.flatnonzero(begins)
    first = block.select(["_key", "cell"]).take(places)
    for key, cell in zip(_values(first.column("_key")), _values(first.column("cell").cast("binary")), strict=True):
        hashes.append(hash(key[: -len(cell) - _PLACE_BYTES]) & _MASK)
    starts.extend((places + rows).tolist())
    found: str = printed[-1].as_py()
    return found


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
