"""The version before's table of calls in; its gens by candidate, as rows that need not be made again, out.

A shard of it is read when its first candidate begins, by a thread that then goes on with the next one: rows are run
meanwhile. What was read lies in a scratch file, mapped: a candidate's gens are read by themselves, or with some hundred
others where candidates come in the table's order. The rows of those that were made again as they were are copied from
there.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runtime.program.stage import CallPlace, RecordedGen
from runtime.tables.keys import Key, encode_key
from runtime.tables.manifest import Shard

if TYPE_CHECKING:
    import pyarrow as pa

MOST = 8_000_000
MOST_BYTES = 8 * 1024**3
"""Calls, and bytes of scratch; those beyond go the usual way."""
BLOCK = 1024
"""Neighbours that are read at once."""
ROWS = 4096
"""Rows that are copied at once."""
FEW = 64
"""Rows of which columns are read as they are."""
AHEAD = 1
"""Shards that are read before they are asked for."""
_SLOT = ("round", "element", "sample", "attempt")
_SAID = ("role", "arguments", "text", "finish", "logprob", "reasoning", "call")
_NAMED_TEXT = '"$text"'


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which calls can be the same: of these cells, by these roles. `named`: whether texts may be kept by name."""

    cells: Collection[str]
    roles: Collection[str]
    named: bool = True

    def of(self, calls: pa.Table) -> pa.Table:
        """Arguments with a long text are kept by its name, and cannot be compared."""
        import pyarrow as pa
        import pyarrow.compute as pc

        fit = pc.and_(pc.equal(calls.column("kind"), "gen"), pc.is_valid(calls.column("call")))
        for name, values in (("cell", self.cells), ("role", self.roles)):
            fit = pc.and_(fit, pc.is_in(calls.column(name), pa.array(sorted(values), pa.string())))
        if self.named:
            fit = pc.and_(fit, pc.invert(pc.match_substring(calls.column("arguments"), _NAMED_TEXT)))
        return calls.filter(fit)


class RecordedGens:
    """`at` of a gen is its place among all; it is marked in `copied` once its candidate has ended."""

    def __init__(self, shards: Sequence[Shard], path_of: Callable[[Shard], Path], wanted: Wanted) -> None:
        from runtime.scratch.arrow import MappedTables

        self._shards, self._path_of, self._wanted = shards, path_of, wanted
        self._lows = [encode_key(shard.first) for shard in shards]
        self._highs = [encode_key(shard.last) for shard in shards]
        self._offsets = [0, *accumulate(shard.rows for shard in shards)]
        self._mapped = MappedTables()
        self._reader = ThreadPoolExecutor(1, "synth-calls-before")
        self._read: dict[int, Future[_Part | None]] = {}
        self._here = _NOTHING
        self._size, self._next = 1, 0
        self.copied = bytearray(self._offsets[-1])

    def of(self, key: Key) -> Mapping[CallPlace, RecordedGen]:
        """Mostly those that come next in the table."""
        prefix, rank, here = encode_key(key), self._next, self._here
        if here.inner[0] <= rank < here.inner[1] and here.is_at(rank, prefix):
            self._next = rank + 1
            return here.gens(rank)
        found: dict[CallPlace, RecordedGen] = {}
        place = bisect_left(self._highs, prefix)
        while place < len(self._lows) and (self._lows[place] <= prefix or self._lows[place].startswith(prefix)):
            found |= self._within(place, prefix)
            place += 1
        return found

    def digest(self, at: int) -> bytes:
        """Of the whole row."""
        place = bisect_left(self._offsets, at + 1) - 1
        part = self._part(place)
        assert part is not None
        found: bytes = part.table.column("_hash")[at - self._offsets[place]].as_py()
        return found

    def take(self) -> Iterator[pa.Table]:
        """The rows that were marked, in the order of their keys."""
        import numpy as np
        import pyarrow as pa

        marks = np.frombuffer(self.copied, np.bool_)
        for place, read in sorted(self._read.items()):
            part = read.result()
            rows = 0 if part is None else part.table.num_rows
            for start in range(0, rows, ROWS):
                first = self._offsets[place] + start
                some = marks[first : first + min(ROWS, rows - start)]
                if part is not None and some.any():
                    block = part.table.slice(start, ROWS)
                    yield block if some.all() else block.filter(pa.array(some))
                    self._mapped.read(part.row_bytes * block.num_rows)

    # --- a candidate's ---

    def _within(self, place: int, prefix: bytes) -> Mapping[CallPlace, RecordedGen]:
        part = self._part(place)
        rank = None if part is None else part.find(prefix)
        if part is None or rank is None:
            return {}
        here = self._here
        if here.part is not part or not here.start <= rank < here.stop:
            self._look(part, rank)
        self._next = rank + 1
        return self._here.gens(rank) if self._here.is_at(rank, prefix) else {}

    def _look(self, part: _Part, rank: int) -> None:
        """As long as candidates come in order, more and more are read at once."""
        here = self._here
        follows = here.stop <= rank <= here.stop + self._size if here.part is part else rank <= self._size
        most = max(1, BLOCK * part.count // part.table.num_rows)
        self._size = min(4 * self._size, most) if follows else 1
        self._here = _Block.read(part, rank, min(rank + self._size, part.count))
        self._mapped.read(part.row_bytes * len(self._here.said))

    # --- shards ---

    def _part(self, place: int) -> _Part | None:
        for near in range(place, min(place + AHEAD + 1, len(self._shards))):
            if near not in self._read:
                self._read[near] = self._reader.submit(self._loaded, near)
        return self._read[place].result()

    def _loaded(self, place: int) -> _Part | None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        if self._offsets[place] >= MOST or self._mapped.size >= MOST_BYTES:
            return None
        with pq.ParquetFile(self._path_of(self._shards[place])) as file:
            blocks = (
                self._wanted.of(pa.Table.from_batches([batch])) for batch in file.iter_batches(ROWS, use_threads=False)
            )
            table = self._mapped.add(blocks)
        return None if table is None else _Part.of(table, self._offsets[place])


@dataclass(frozen=True, slots=True)
class _Part:
    """A shard's rows that are wanted, mapped, and where each candidate begins; `starts` has their end as well."""

    table: pa.Table
    said: pa.Table
    """What a program needs of it, in one piece."""
    offset: int
    starts: array[int]
    row_bytes: int

    @classmethod
    def of(cls, table: pa.Table, offset: int) -> _Part:
        """Neighbours whose keys are only printed alike are taken for one, which is neither when it is looked at."""
        import numpy as np
        import pyarrow.compute as pc

        printed = table.column("row").combine_chunks()
        changes = pc.not_equal(printed[1:], printed[:-1]).to_numpy(zero_copy_only=False)
        starts = array("I", [0, *(np.flatnonzero(changes) + 1).tolist(), table.num_rows])
        said = table.select(["_key", "cell", *_SLOT, *_SAID]).combine_chunks()
        return cls(table, said, offset, starts, table.nbytes // table.num_rows)

    @property
    def count(self) -> int:
        return len(self.starts) - 1

    def find(self, prefix: bytes) -> int | None:
        """The first candidate that does not stand before this one."""
        keys = self.said.column("_key").chunk(0)
        rank = bisect_left(self.starts, prefix, 0, self.count, key=lambda start: keys[start].as_py())
        return rank if rank < self.count else None


@dataclass(frozen=True, slots=True)
class _Block:
    """Candidates from `start` to `stop` of a part, as a program needs them.

    `inner` are those of them of which no call can stand in another shard.
    """

    part: _Part | None
    start: int
    stop: int
    inner: tuple[int, int]
    starts: Sequence[int]
    keys: Sequence[bytes]
    places: Sequence[CallPlace]
    said: Sequence[RecordedGen]

    @classmethod
    def read(cls, part: _Part, start: int, stop: int) -> _Block:
        first, last = part.starts[start], part.starts[stop]
        some = part.said.slice(first, last - first)
        starts = [at - first for at in part.starts[start : stop + 1]]
        keys = _values(some.column("_key"))
        inner = max(start, 1), min(stop, part.count - 1)
        return cls(part, start, stop, inner, starts, keys, _places(some), _said(some, part.offset + first))

    def is_at(self, rank: int, prefix: bytes) -> bool:
        at = rank - self.start
        keys, start, end = self.keys, self.starts[at], self.starts[at + 1]
        return keys[start].startswith(prefix) and keys[end - 1].startswith(prefix)

    def gens(self, rank: int) -> dict[CallPlace, RecordedGen]:
        at = rank - self.start
        start, end = self.starts[at], self.starts[at + 1]
        return dict(zip(self.places[start:end], self.said[start:end], strict=True))


_NOTHING = _Block(None, 0, 0, (0, 0), (), (), (), ())


def _places(calls: pa.Table) -> list[CallPlace]:
    """Most calls stand in no loop or list, are one sample and the first attempt."""
    cells, slots = _shared(calls.column("cell")), [calls.column(name).to_numpy() for name in _SLOT]
    if any(numbers.any() for numbers in slots):
        return list(zip(cells, *(numbers.tolist() for numbers in slots), strict=True))
    plain = {cell: (cell, 0, 0, 0, 0) for cell in set(cells)}
    return [plain[cell] for cell in cells]


def _said(calls: pa.Table, first: int) -> list[RecordedGen]:
    """Arguments as the bytes that they are compared as."""
    columns = (
        range(first, first + calls.num_rows),
        _shared(calls.column("role")),
        _values(calls.column("arguments").cast("binary")),
        _values(calls.column("text")),
        _shared(calls.column("finish")),
        _values(calls.column("logprob")),
        _values(calls.column("reasoning")),
        _values(calls.column("call")),
    )
    return list(map(tuple.__new__, repeat(RecordedGen), zip(*columns, strict=True)))


def _shared(column: pa.ChunkedArray) -> list[Any]:
    """Values of which there are few, each of them one object where there are many to tell apart."""
    if len(column) < FEW:
        return list(column.to_pylist())
    encoded = column.combine_chunks().dictionary_encode()
    known: list[Any] = encoded.dictionary.to_pylist()
    if len(known) == 1 and not encoded.null_count:
        return known * len(encoded)
    if encoded.null_count:
        return [None if at is None else known[at] for at in encoded.indices.to_pylist()]
    return [known[at] for at in encoded.indices.to_numpy().tolist()]


def _values(column: pa.ChunkedArray) -> list[Any]:
    """Numbers that may be null have no array of their own."""
    import pyarrow as pa

    if column.null_count == len(column):
        return [None] * len(column)
    if column.null_count and pa.types.is_floating(column.type):
        return list(column.to_pylist())
    return list(column.to_numpy().tolist())
