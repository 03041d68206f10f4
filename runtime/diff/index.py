"""Shard files that only one of two versions has in; the keys that differ, in key order, and where their rows lie, out.

Some 100 bytes for each key that differs: pages of rows are found anywhere in it at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from runtime.diff.model import RowState
from runtime.diff.reading import Readers, ShardReader, threaded
from runtime.diff.shards import Group, ShardFile, groups
from runtime.tables.rows import HASH_BYTES, combined

Ints = np.ndarray[Any, np.dtype[np.int64]]
Hashes = np.ndarray[Any, np.dtype[np.uint8]]
STATES: tuple[RowState, ...] = ("added", "removed", "changed")
ADDED, REMOVED, CHANGED = range(3)
NONE = np.zeros(0, np.int64)
NO_HASHES = np.zeros((0, HASH_BYTES), np.uint8)


@dataclass(frozen=True)
class Side:
    """Where each key's row lies in one version: the number of the file and the row in it, -1 where it has none."""

    file: Ints
    row: Ints
    hash: Hashes


@dataclass(frozen=True)
class Index:
    """Arrays of one length, one entry for each key that differs; `group` numbers the files that were compared."""

    keys: pa.Array
    state: Ints
    old: Side
    new: Side
    group: Ints

    def __len__(self) -> int:
        return len(self.state)

    def of(self, state: RowState) -> Ints:
        """The places of the rows of one state, ascending."""
        return np.flatnonzero(self.state == STATES.index(state))


def index_of(old: tuple[ShardFile, ...], new: tuple[ShardFile, ...], readers: Readers) -> Index:
    def compared(group: Group) -> Index:
        return _compared(_files(old, group[0], readers), _files(new, group[1], readers))

    return _joined(list(threaded(compared, list(groups(old, new)))))


Files = list[tuple[int, ShardReader]]


def _files(files: tuple[ShardFile, ...], numbers: list[int], readers: Readers) -> Files:
    return [(number, readers(files[number].path)) for number in numbers]


def _compared(old: Files, new: Files) -> Index:
    if len(old) == len(new) == 1 and _same_keys(old[0][1], new[0][1]):
        return _compared_in_place(old[0], new[0])
    before, after = _rows(old), _rows(new)
    return _index(before, after, *_matched(before, after))


def _same_keys(old: ShardReader, new: ShardReader) -> bool:
    numbers = range(len(old.sizes))
    return old.sizes == new.sizes and all(old.stored("_key", n) == new.stored("_key", n) for n in numbers)


def _compared_in_place(old: tuple[int, ShardReader], new: tuple[int, ShardReader]) -> Index:
    """Only edits: rows stand beside each other, and most row groups are the same bytes."""
    numbers = range(len(old[1].sizes))
    changed = [number for number in numbers if old[1].stored("_hash", number) != new[1].stored("_hash", number)]
    before, after = _rows([old], changed), _rows([new], changed, keys=False)
    rows = np.flatnonzero((before.hash != after.hash).any(axis=1))
    return Index(
        before.keys.take(rows),
        np.full(len(rows), CHANGED),
        Side(before.file[rows], before.row[rows], before.hash[rows]),
        Side(after.file[rows], after.row[rows], after.hash[rows]),
        NONE,
    )


@dataclass(frozen=True)
class _Rows:
    """All rows of some neighbouring files of one version."""

    keys: pa.Array
    hash: Hashes
    file: Ints
    row: Ints

    def side(self, rows: Ints) -> Side:
        """-1 in `rows` stands for no row."""
        there = rows >= 0
        if not len(self.file):
            return Side(rows, rows, np.zeros((len(rows), HASH_BYTES), np.uint8))
        file, row = np.where(there, self.file[rows], -1), np.where(there, self.row[rows], -1)
        return Side(file, row, np.where(there[:, None], self.hash[rows], np.uint8(0)))


def _rows(files: Files, groups: Sequence[int] | None = None, *, keys: bool = True) -> _Rows:
    """Of these row groups, or all."""
    tables = [reader.read(["_key", "_hash"] if keys else ["_hash"], groups) for _, reader in files]
    numbers = [np.full(table.num_rows, number) for (number, _), table in zip(files, tables, strict=True)]
    places = [_places(reader.sizes, groups) for _, reader in files]
    found = [chunk for table in tables if keys for chunk in table.column("_key").chunks]
    hashes = [_bytes(combined(table.column("_hash"))) for table in tables]
    return _Rows(
        pa.concat_arrays(found) if found else pa.array([], pa.binary()),
        np.concatenate([NO_HASHES, *hashes]),
        np.concatenate([NONE, *numbers]),
        np.concatenate([NONE, *places]),
    )


def _places(sizes: Sequence[int], groups: Sequence[int] | None) -> Ints:
    starts = np.cumsum([0, *sizes])
    wanted = range(len(sizes)) if groups is None else groups
    return np.concatenate([NONE, *(np.arange(starts[number], starts[number + 1]) for number in wanted)])


def _bytes(hashes: pa.Array) -> Hashes:
    """A matrix, one row each."""
    if not len(hashes):
        return NO_HASHES
    return np.frombuffer(hashes.buffers()[1], np.uint8, len(hashes) * HASH_BYTES).reshape(-1, HASH_BYTES)


def _matched(old: _Rows, new: _Rows) -> tuple[Ints, Ints]:
    """Pairs of row numbers that differ, -1 where a version has no such key: matched ones, then the others."""
    found = pc.fill_null(pc.index_in(new.keys, value_set=old.keys), -1).to_numpy(zero_copy_only=False).astype(np.int64)
    both = np.flatnonzero(found >= 0)
    differ = both[(new.hash[both] != old.hash[found[both]]).any(axis=1)] if len(both) else both
    came = np.flatnonzero(found < 0)
    there = np.zeros(len(old.file), bool)
    there[found[both]] = True
    went = np.flatnonzero(~there)
    none = np.full(max(len(came), len(went)), -1)
    return (
        np.concatenate([found[differ], none[: len(came)], went]),
        np.concatenate([differ, came, none[: len(went)]]),
    )


def _index(old: _Rows, new: _Rows, before: Ints, after: Ints) -> Index:
    """Sorted by key."""
    keys = pc.coalesce(_keys(new, after), _keys(old, before))
    order = pc.array_sort_indices(keys).to_numpy().astype(np.int64)
    before, after = before[order], after[order]
    state = np.where(before < 0, ADDED, np.where(after < 0, REMOVED, CHANGED))
    return Index(keys.take(order), state, old.side(before), new.side(after), NONE)


def _keys(rows: _Rows, numbers: Ints) -> pa.Array:
    return rows.keys.take(pa.array(numbers, mask=numbers < 0))


def _joined(parts: Sequence[Index]) -> Index:
    return Index(
        combined(pa.chunked_array([part.keys for part in parts], pa.binary())),
        np.concatenate([NONE, *(part.state for part in parts)]),
        _side([part.old for part in parts]),
        _side([part.new for part in parts]),
        np.concatenate([NONE, *(np.full(len(part), number) for number, part in enumerate(parts))]),
    )


def _side(parts: Sequence[Side]) -> Side:
    return Side(
        np.concatenate([NONE, *(part.file for part in parts)]),
        np.concatenate([NONE, *(part.row for part in parts)]),
        cast(Hashes, np.concatenate([NO_HASHES, *(part.hash for part in parts)])),
    )
