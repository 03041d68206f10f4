"""Places whose files were compared together in; the rows of both versions there out, read once where they are stored
alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from runtime.diff.index import Side
from runtime.diff.reading import Picked, Readers
from runtime.diff.schema import types_of
from runtime.diff.shards import ShardFile, Version
from runtime.tables.schema import arrow_schema

if TYPE_CHECKING:
    from runtime.diff.changes import Changes

    Ints = np.ndarray[Any, np.dtype[np.int64]]

Both = tuple[pa.Table, pa.Table]


class Pairs:
    """Reads for one comparison."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        old, new = types_of(changes.before.schema), types_of(changes.after.schema)
        self._common = [name for name, type_ in new.items() if old.get(name) == type_]

    def read(self, places: Ints) -> Both:
        """Old rows and new rows; a place that one version has no row at adds none to that side."""
        changes = self._changes
        old = _picked(changes.old.files, changes.index.old, places, changes.readers)
        new = _picked(changes.new.files, changes.index.new, places, changes.readers)
        before = _read(old, changes.before)
        if len(old) == len(new) == 1 and self._common and _beside(changes, places, old[0], new[0]):
            return before, self._second(before, old[0], new[0])
        return before, _read(new, changes.after)

    def _second(self, before: pa.Table, old: Picked, new: Picked) -> pa.Table:
        """The new rows: what is stored as in the old file is taken from there."""
        names = self._changes.after.schema.names
        alike = set(old.stored_alike(new, self._common))
        rest = new.read([name for name in names if name not in alike])
        return pa.table({name: (before if name in alike else rest).column(name) for name in names})

    def joined(self, parts: Sequence[Both]) -> Both:
        before, after = ([part[side] for part in parts] for side in (0, 1))
        return _joined(before, self._changes.before), _joined(after, self._changes.after)


def _picked(files: tuple[ShardFile, ...], side: Side, places: Ints, readers: Readers) -> list[Picked]:
    """By file. Files follow each other as keys do, so that each file's rows stand together."""
    there = places[side.file[places] >= 0]
    numbers, starts = np.unique(side.file[there], return_index=True)
    rows = np.split(side.row[there], starts[1:])
    return [Picked(readers(files[n].path), own) for n, own in zip(numbers.tolist(), rows, strict=False)]


def _beside(changes: Changes, places: Ints, old: Picked, new: Picked) -> bool:
    """Whether both have their rows at the same places of the same row groups."""
    rows = changes.index.old.row[places], changes.index.new.row[places]
    return old.groups == new.groups and old.sizes == new.sizes and bool((rows[0] == rows[1]).all())


def _read(picked: Sequence[Picked], version: Version) -> pa.Table:
    return _joined([one.read(version.schema.names) for one in picked], version)


def _joined(tables: Sequence[pa.Table], version: Version) -> pa.Table:
    filled = [table for table in tables if table.num_rows]
    if not filled:
        return arrow_schema(version.schema).empty_table()
    return filled[0] if len(filled) == 1 else pa.concat_tables(filled)
