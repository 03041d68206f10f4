"""A table's changed keys and what rows are wanted in; those rows with both their versions, page by page, out.

Which rows match is worked out once for a question, as places in the index: a page anywhere in them costs a page.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from runtime.diff.cells import Cells
from runtime.diff.changes import Changes, blocks
from runtime.diff.decoding import decoder
from runtime.diff.model import RowChange, RowQuery, RowState
from runtime.diff.told import Told, matching
from runtime.tables.keys import decode_key, print_key
from runtime.tables.schema import Schema

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Ints = np.ndarray[Any, np.dtype[np.int64]]

PAGE = 1024
REMEMBERED = 16
"""Questions whose matching places are kept: 8 bytes for each row."""


@dataclass(frozen=True)
class TableRows:
    """Implements `RowSource` over shard files."""

    table: str
    changes: Changes
    cells: Cells
    told: Told
    _known: OrderedDict[RowQuery, Ints] = field(default_factory=OrderedDict, repr=False, compare=False)

    def rows(self, query: RowQuery) -> Iterator[RowChange]:
        """A predicate alone is tried row by row, so that the first page comes before the last row is read."""
        stop = None if query.limit is None else query.offset + query.limit
        question = replace(query, offset=0, limit=None)
        if query.where is not None and query.sample is None and question not in self._known:
            yield from islice((row for _, row in self._tried(question)), query.offset, stop)
            return
        yield from self._fetched(self._matching(question)[query.offset : stop], query.columns)

    def count(self, query: RowQuery) -> int:
        return len(self._matching(replace(query, offset=0, limit=None)))

    def places(self, query: RowQuery) -> Ints:
        """Where in the index the rows that match stand, ascending: for who lists other rows among them."""
        return self._matching(replace(query, offset=0, limit=None))

    def fetch(self, places: Ints) -> list[RowChange]:
        """The rows at these places (ascending), with all their columns."""
        return list(self._fetched(places, None))

    def _matching(self, question: RowQuery) -> Ints:
        """The places of the rows that match, ascending."""
        if question not in self._known:
            self._known[question] = self._drawn(question)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return self._known[question]

    def _drawn(self, question: RowQuery) -> Ints:
        """A sample goes by the hashes of the keys: the same rows every time, whatever else differs."""
        import numpy as np
        from xxhash import xxh3_64_intdigest

        if question.where is not None:
            found = [place for place, _ in self._tried(replace(question, sample=None))]
            places = np.array(found, np.int64)
        else:
            places = self._chosen(question)
        if question.sample is None or question.sample >= len(places):
            return places
        keys = self.changes.index.keys.take(places).to_pylist()
        ranks = np.fromiter(map(xxh3_64_intdigest, keys), np.uint64, len(keys))
        return np.sort(places[np.argsort(ranks, kind="stable")[: question.sample]])

    def _tried(self, question: RowQuery) -> Iterator[tuple[int, RowChange]]:
        """Rows for which the predicate holds before or after, with their places."""
        where = question.where
        assert where is not None
        for places in blocks(self._chosen(question), PAGE):
            for place, row in zip(places.tolist(), self._fetched(places, question.columns), strict=True):
                if any(where({"key": row.key, **side}) for side in (row.before, row.after) if side is not None):
                    yield place, row

    def _chosen(self, question: RowQuery) -> Ints:
        """By everything but the predicate: no row is read for it, but for `columns`."""
        import numpy as np

        if not self.changes.total:
            return np.zeros(0, np.int64)
        index = self.changes.index
        places = np.arange(len(index)) if question.only is None else index.of(question.only)
        if question.columns is not None:
            places = places[self._differing(question.columns)[places]]
        for wanted, read in ((question.reason, self._reasons), (question.flag, self._flags)):
            if wanted is not None:
                places = matching(wanted, places, read(places))
        return places

    def _differing(self, columns: tuple[str, ...]) -> np.ndarray[Any, Any]:
        """Rows in which one of these differs; an added or removed row has them all."""
        import numpy as np

        flags = [flags for name, flags in self.cells.differ.items() if name in columns]
        found = np.logical_or.reduce(flags) if flags else np.zeros(len(self.changes.index), bool)
        for state, schema in (("added", self.changes.after.schema), ("removed", self.changes.before.schema)):
            if any(name in schema.names for name in columns):
                found = found | (self.changes.index.state == ("added", "removed").index(state))
        return found

    def _reasons(self, places: Ints) -> list[tuple[str, ...]]:
        return [() if found is None else (found,) for found in self.told.reasons(*self._stated(places))]

    def _flags(self, places: Ints) -> list[tuple[str, ...]]:
        return self.told.flags(*self._stated(places))

    def _stated(self, places: Ints) -> tuple[list[bytes], list[RowState]]:
        from runtime.diff.index import STATES

        index = self.changes.index
        return index.keys.take(places).to_pylist(), [STATES[state] for state in index.state[places].tolist()]

    def _fetched(self, places: Ints, columns: tuple[str, ...] | None) -> Iterator[RowChange]:
        for block in blocks(places, PAGE):
            yield from self._page(block, columns)

    def _page(self, places: Ints, columns: tuple[str, ...] | None) -> Iterator[RowChange]:
        changes, index = self.changes, self.changes.index
        old, new = changes.rows(places)
        before, after = _plain(old, changes.before.schema), _plain(new, changes.after.schema)
        shown = {state: columns or self._columns(state) for state in ("added", "removed", "changed")}
        keys, states = self._stated(places)
        told = zip(self.told.reasons(keys, states), self.told.flags(keys, states), strict=True)
        hashes = zip(_hex(index.old.hash[places]), _hex(index.new.hash[places]), strict=True)
        for key, state, (reason, flags), (was, now) in zip(keys, states, told, hashes, strict=True):
            yield RowChange(
                table=self.table,
                key=print_key(decode_key(key)),
                state=state,
                before=None if state == "added" else next(before),
                after=None if state == "removed" else next(after),
                columns=shown[state],
                id=key,
                hash_before=None if state == "added" else was,
                hash_after=None if state == "removed" else now,
                reason=reason,
                flags=flags,
            )

    def _columns(self, state: str) -> tuple[str, ...]:
        """An added or removed row has the columns of its own version only."""
        sides = {"added": self.changes.after.schema, "removed": self.changes.before.schema}
        columns = self.changes.columns
        return tuple(name for name in columns if name in sides[state].names) if state in sides else columns


def _plain(rows: pa.Table, schema: Schema) -> Iterator[Mapping[str, Any]]:
    """One mapping a row."""
    if not schema.columns:
        return iter([{}] * rows.num_rows)
    columns: Iterable[Any] = (
        map(decoder(column.type), rows.column(column.name).to_pylist()) for column in schema.columns
    )
    return (dict(zip(schema.names, values, strict=True)) for values in zip(*columns, strict=True))


def _hex(hashes: np.ndarray[Any, Any]) -> list[str]:
    width = 2 * hashes.shape[1]
    text = hashes.tobytes().hex()
    return [text[start : start + width] for start in range(0, len(text), width)]
