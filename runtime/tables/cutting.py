"""Sorted blocks in; the rows of one shard after the other out, cut where the content says so.

A boundary falls after a row when the hash of its key says so, on average after every `CUT_ROWS` rows; it depends on
that key alone, so an edit moves no other boundary. A run of rows between two boundaries that is too large for one
object is written as several parts; they begin anew after the next boundary.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from xxhash import xxh3_64_intdigest

from dsl.diagnostics import Diagnostic, SynthError
from runtime.tables.batches import SIZE
from runtime.tables.keys import decode_key, print_key
from runtime.tables.rows import combined

CUT_ROWS = 2048
PART_BYTES = 3 * 1024 * 1024
"""Bytes of content in one file, before compression: what a store's limit leaves room for whatever compresses badly."""


_Ints = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Piece:
    """The rows of one shard. `part` counts the pieces since the last boundary."""

    rows: pa.Table
    part: int


@dataclass(frozen=True, slots=True)
class _Open:
    """Rows that no piece has yet: what each counts for, and the positions behind which a boundary falls."""

    rows: pa.Table
    sizes: _Ints
    boundaries: _Ints

    def __add__(self, other: _Open) -> _Open:
        return _Open(
            pa.concat_tables([self.rows, other.rows]),
            np.concatenate([self.sizes, other.sizes]),
            np.concatenate([self.boundaries, other.boundaries + len(self.sizes)]),
        )

    def after(self, start: int) -> _Open:
        return _Open(self.rows.slice(start), self.sizes[start:], self.boundaries[self.boundaries > start] - start)


def cut(blocks: Iterable[pa.Table], cut_rows: int = CUT_ROWS, part_bytes: int = PART_BYTES) -> Iterator[Piece]:
    """Pieces in key order, together all rows. E1013 when two rows have one key."""
    rest: _Open | None = None
    part = 0
    last: bytes | None = None
    for block in blocks:
        last = _check_distinct(last, combined(block.column("_key")))
        open_rows = _opened(block, cut_rows) if rest is None else rest + _opened(block, cut_rows)
        start = 0
        for begin, end, number, following in _pieces(open_rows, part_bytes, part):
            yield Piece(open_rows.rows.slice(begin, end - begin), number)
            start, part = end, following
        rest = open_rows.after(start)
    if rest is not None and rest.rows.num_rows:
        yield Piece(rest.rows, part)


def _opened(block: pa.Table, cut_rows: int) -> _Open:
    return _Open(block, block.column(SIZE).to_numpy(), boundaries(block, cut_rows))


def boundaries(block: pa.Table, cut_rows: int = CUT_ROWS) -> _Ints:
    """The positions behind which a shard ends, whatever rows stand around them: right after the row of such a key."""
    keys = block.column("_key").to_pylist()
    hashes = np.fromiter(map(xxh3_64_intdigest, keys), np.uint64, len(keys))
    return np.flatnonzero(hashes % np.uint64(cut_rows) == 0) + 1


def _pieces(open_rows: _Open, part_bytes: int, part: int) -> Iterator[tuple[int, int, int, int]]:
    """(start, end, its part, the next part) of every piece that is complete, whatever rows follow."""
    boundaries: list[int] = open_rows.boundaries.tolist()
    totals: list[int] = [0, *np.cumsum(open_rows.sizes).tolist()]
    start = 0
    while start < len(totals) - 1:
        following = bisect_right(boundaries, start)
        boundary = boundaries[following] if following < len(boundaries) else None
        full = max(start + 1, bisect_right(totals, totals[start] + part_bytes) - 1)
        if boundary is not None and boundary <= full:
            yield start, boundary, part, 0
            start, part = boundary, 0
        elif full < len(totals) - 1:
            yield start, full, part, part + 1
            start, part = full, part + 1
        else:
            return


def _check_distinct(last: bytes | None, keys: pa.Array) -> bytes | None:
    """The last key of a sorted block, in which equal keys are neighbours; `last` is the key before the block."""
    if not len(keys):
        return last
    neighbours = pc.equal(keys.slice(0, len(keys) - 1), keys.slice(1))
    if last != keys[0].as_py() and not pc.any(neighbours).as_py():
        return bytes(keys[-1].as_py())
    values = [last, *keys.to_pylist()]
    twice = next(b for a, b in pairwise(values) if a == b)
    raise SynthError(
        Diagnostic(
            code="E1013",
            message=f"two rows have the key `{print_key(decode_key(twice))}`",
            help="a key names one row: make the input's key column unique, or put every axis into `key = [...]`",
        )
    )
