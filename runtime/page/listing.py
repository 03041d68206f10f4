"""A diff's table and what rows are wanted of it in; which these are, in key order, and any page of them, out.

The rows are those that differ, by their places in the diff's index, and rows that stand in for what a person decided
about. All stand in the order of their keys, so that deciding about a row moves none.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runtime.decisions.look import find_keys
from runtime.diff import TableDiff
from runtime.diff.model import Predicate, RowChange, RowQuery, RowState
from runtime.diff.rows import TableRows
from runtime.diff.shards import Version
from runtime.page.decided import Decided
from runtime.page.stand_ins import stand_ins
from runtime.tables.keys import encode_key
from runtime.tables.manifest import Shard

if TYPE_CHECKING:
    import numpy as np

    Ints = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Question:
    """`where` is the text of a condition, known by it; `holds` is what it means."""

    only: RowState | None = None
    reason: str | None = None
    flag: str | None = None
    where: str = ""
    sample: int | None = None


@dataclass(frozen=True)
class Listing:
    """`order` are the rows that match: places in the index, and −1, −2 … for the first, second … of `stand_ins`.

    `population` is of how many a sample was drawn; `changed` how many rows are listed, whatever is asked for.
    """

    rows: TableRows
    order: Ints
    stand_ins: Sequence[RowChange]
    population: int
    changed: int

    def page(self, offset: int, limit: int) -> list[RowChange]:
        wanted = self.order[offset : offset + limit]
        fetched = iter(self.rows.fetch(wanted[wanted >= 0]))
        return [next(fetched) if place >= 0 else self.stand_ins[-place - 1] for place in wanted.tolist()]

    def index(self, key: str) -> int | None:
        """Where the row with that printed key stands; None where it does not match."""
        ids = {row.id for row in self.stand_ins if row.key == key} | set(_ids(self.rows, key))
        found = ((bisect_left(range(len(self.order)), id_, key=self._id), id_) for id_ in sorted(ids))
        return next((at for at, id_ in found if at < len(self.order) and self._id(at) == id_), None)

    def _id(self, at: int) -> bytes:
        place = int(self.order[at])
        return self.stand_ins[-place - 1].id if place < 0 else _id(self.rows, place)


def listing(
    table: TableDiff, decided: Sequence[Decided], question: Question, holds: Predicate | None = None
) -> Listing:
    """`holds` is `question.where`, understood."""
    rows = table.source
    assert isinstance(rows, TableRows)
    found = stand_ins(rows, decided)
    query = RowQuery(question.only, where=holds, reason=question.reason, flag=question.flag)
    order = _without(rows.places(query), [place for _, place in found])
    matching = [row for row, _ in found if _matches(row, question, holds)]
    merged = _merged(rows, order, matching)
    listed = rows.changes.total + sum(place is None for _, place in found)
    return Listing(rows, _drawn(rows, merged, matching, question.sample), matching, len(merged), listed)


def _matches(row: RowChange, question: Question, holds: Predicate | None) -> bool:
    """A row that a person decided about was dropped for no reason of the spec's."""
    if question.reason is not None or question.only not in (None, row.state):
        return False
    if question.flag is not None and not any(question.flag.casefold() in flag.casefold() for flag in row.flags):
        return False
    sides = [side for side in (row.before, row.after) if side is not None]
    return holds is None or any(holds({"key": row.key, **side}) for side in sides)


def _without(places: Ints, taken: Sequence[int | None]) -> Ints:
    import numpy as np

    return places[~np.isin(places, [place for place in taken if place is not None])]


def _merged(rows: TableRows, places: Ints, among: Sequence[RowChange]) -> Ints:
    """Both in key order; each row of `among` before the place whose key follows its own."""
    import numpy as np

    def id_at(number: int) -> bytes:
        return _id(rows, int(places[number]))

    ranks = [bisect_left(range(len(places)), row.id, key=id_at) for row in among]
    return np.insert(places, ranks, [-number - 1 for number in range(len(among))])


def _drawn(rows: TableRows, order: Ints, among: Sequence[RowChange], sample: int | None) -> Ints:
    """By the hashes of the keys, as `synth diff --sample` draws: the same rows, whatever is decided meanwhile."""
    if sample is None or sample >= len(order):
        return order
    import numpy as np
    from xxhash import xxh3_64_intdigest

    there = iter(rows.changes.index.keys.take(order[order >= 0]).to_pylist() if (order >= 0).any() else ())
    ids = [next(there) if place >= 0 else among[-place - 1].id for place in order.tolist()]
    ranks = np.fromiter(map(xxh3_64_intdigest, ids), np.uint64, len(ids))
    return order[np.sort(np.argsort(ranks, kind="stable")[:sample])]


def _id(rows: TableRows, place: int) -> bytes:
    found: bytes = rows.changes.index.keys[place].as_py()
    return found


def _ids(rows: TableRows, key: str) -> list[bytes]:
    """The keys that are printed so, in either version."""
    sides = [side for side in (rows.changes.after, rows.changes.before) if side.table is not None]
    found = [find_keys(side.table, side.folder, _local(side), [key]) for side in sides if side.table is not None]
    return [encode_key(typed) for keys in found for typed in keys.values()]


def _local(side: Version) -> Callable[[str, Shard], Path]:
    return lambda _, shard: Path(side.local(shard))
