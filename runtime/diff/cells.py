"""A table's changes in; for every column the rows in which it differs, and the value most rows have, out.

Rows are compared as Arrow columns, block by block, whatever they hold; only a column that changed its type is compared
value by value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from runtime.diff.changes import Changes, blocks
from runtime.diff.decoding import decoder
from runtime.diff.model import RowState
from runtime.diff.schema import types_of
from runtime.diff.values import same
from runtime.tables.schema import arrow_type

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Flags = np.ndarray[Any, np.dtype[np.bool_]]
    Ints = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Cells:
    """Of one table. Nothing is read before it is asked for."""

    changes: Changes

    @cached_property
    def differ(self) -> Mapping[str, Flags]:
        """By column, for each place of the index: whether both versions have the row and the column differs in it."""
        import numpy as np

        changes = self.changes
        if not changes.counts.changed:
            return {}
        found = {name: np.zeros(len(changes.index), bool) for name in changes.columns}
        for places in blocks(changes.index.of("changed")):
            before, after = changes.rows(places)
            for name, flags in found.items():
                flags[places] = self._differs(name, before, after)
        return found

    @property
    def counts(self) -> Mapping[str, int]:
        """In how many of the rows that both versions have each column differs."""
        return {name: int(flags.sum()) for name, flags in self.differ.items()}

    def _differs(self, name: str, before: pa.Table, after: pa.Table) -> Flags:
        """A column that only one version has differs where it is not null."""
        import numpy as np

        from runtime.diff.distinct import distinct
        from runtime.tables.rows import combined

        old, new = (types_of(side.schema).get(name) for side in (self.changes.before, self.changes.after))
        if old is None or new is None:
            alone = combined((before if new is None else after).column(name))
            return np.asarray(alone.is_valid().to_numpy(zero_copy_only=False))
        left, right = combined(before.column(name)), combined(after.column(name))
        if arrow_type(old) == arrow_type(new) and old.kind == new.kind:
            return distinct(left, right)
        pairs = zip(map(decoder(old), left.to_pylist()), map(decoder(new), right.to_pylist()), strict=True)
        return np.array([not same(was, now) for was, now in pairs], bool)

    def most_common(self, state: RowState, columns: tuple[str, ...]) -> dict[str, tuple[str, int]]:
        """For each of these columns of text the value that most rows of one state have, and how many have it."""
        counts: dict[str, Counter[str]] = {name: Counter() for name in columns}
        for places in blocks(self.changes.index.of(state)) if columns else ():
            rows = self.changes.rows(places)[0 if state == "removed" else 1]
            for name, counter in counts.items():
                counter.update(_values(rows.column(name)))
        return {
            name: min(counter.items(), key=lambda pair: (-pair[1], pair[0]))
            for name, counter in counts.items()
            if counter
        }


def _values(column: pa.ChunkedArray) -> dict[str, int]:
    import pyarrow as pa
    import pyarrow.compute as pc

    return {
        pair["values"]: pair["counts"] for pair in pc.value_counts(column.drop_null().cast(pa.string())).to_pylist()
    }
