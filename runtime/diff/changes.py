"""Two versions of a table in; the keys that came, went or hold another row, and the rows behind them, out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from runtime.diff.model import RowCounts
from runtime.diff.schema import all_columns
from runtime.diff.shards import Differing, Version

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from runtime.diff.index import Index
    from runtime.diff.reading import Readers

    Ints = np.ndarray[Any, np.dtype[np.int64]]

BLOCK = 8_192
KEPT_ROWS = 20_000
KEPT_BYTES = 64 * 2**20
"""Up to so many rows, out of shards of so many bytes, are read once and kept; more are read when they are asked for."""


@dataclass(frozen=True)
class Changes:
    """The keys of table `name` that differ, by their place in key order, and the rows of both versions."""

    name: str
    before: Version
    after: Version

    @cached_property
    def old(self) -> Differing:
        return Differing(self.before, self.after)

    @cached_property
    def new(self) -> Differing:
        return Differing(self.after, self.before)

    @property
    def columns(self) -> tuple[str, ...]:
        return all_columns(self.before.schema, self.after.schema)

    @cached_property
    def index(self) -> Index:
        from runtime.diff.index import index_of

        return index_of(self.old.files, self.new.files, self.readers)

    @cached_property
    def readers(self) -> Readers:
        """What the index has opened is open still when the rows are read, once."""
        from runtime.diff.reading import Readers

        return Readers(len(self.old.files) + len(self.new.files))

    @cached_property
    def counts(self) -> RowCounts:
        """A table that one version has alone is counted by its manifest."""
        old, new = self.before, self.after
        if old.table is None or new.table is None or old.table.root == new.table.root:
            same = new.rows if old.table and new.table else 0
            return RowCounts(new.rows - same, old.rows - same, 0, same)
        added, removed, changed = (len(self.index.of(state)) for state in ("added", "removed", "changed"))
        return RowCounts(added, removed, changed, new.rows - added - changed)

    @property
    def total(self) -> int:
        return self.counts.added + self.counts.removed + self.counts.changed

    def rows(self, places: Ints) -> tuple[pa.Table, pa.Table]:
        """For each side the rows of these places (ascending) that it has, with that side's own columns."""
        import numpy as np

        if self._kept is None:
            return self._read(places)
        sides = []
        for table, side in zip(self._kept, (self.index.old, self.index.new), strict=True):
            there = side.file >= 0
            sides.append(table.take((np.cumsum(there) - 1)[places[there[places]]]))
        return sides[0], sides[1]

    @cached_property
    def _kept(self) -> tuple[pa.Table, pa.Table] | None:
        """Both sides of every place; None where that is too much to keep."""
        import numpy as np

        size = sum(file.size for file in (*self.old.files, *self.new.files))
        if len(self.index) > KEPT_ROWS or (size > KEPT_BYTES and len(self.index) > BLOCK):
            return None
        return self._read(np.arange(len(self.index)))

    def _read(self, places: Ints) -> tuple[pa.Table, pa.Table]:
        """Files that were compared together are read together, each lot in a thread."""
        import numpy as np

        from runtime.diff.pairs import Pairs
        from runtime.diff.reading import threaded

        pairs = Pairs(self)
        starts = np.flatnonzero(np.diff(self.index.group[places], prepend=-1))
        found = list(threaded(pairs.read, np.split(places, starts[1:]))) if len(places) else []
        return pairs.joined(found)


def blocks(places: Ints, size: int = BLOCK) -> Iterator[Ints]:
    """All of these places, so many at a time."""
    for start in range(0, len(places), size):
        yield places[start : start + size]
