"""A diff's table and what people decided about its rows in; rows to list in place of what the decisions left, out.

A row that was rejected has left its table: it differs no more, or counts as removed. It is listed as it was when it was
decided on. So is a row whose edit made it what it was before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from runtime.diff.model import RowChange, RowState
from runtime.diff.rows import TableRows
from runtime.page.decided import Decided, Json

if TYPE_CHECKING:
    from runtime.diff.rows import Ints

StandIn = tuple[RowChange, int | None]
"""A row, and the place in the diff's index that it takes, where there is one."""


def stand_ins(rows: TableRows, decided: Sequence[Decided]) -> list[StandIn]:
    """In key order."""
    taken = sorted((one for one in decided if one.takes_place), key=lambda one: one.id)
    if not taken:
        return []
    places = _places(rows, [one.id for one in taken])
    there = [place for place, one in zip(places, taken, strict=True) if place is not None and _rejected(one)]
    before = dict(zip(there, rows.fetch(_ints(there)), strict=True))
    return list(_found(rows, taken, places, before))


def _found(
    rows: TableRows, taken: Sequence[Decided], places: Sequence[int | None], before: dict[int, RowChange]
) -> Iterator[StandIn]:
    for one, place in zip(taken, places, strict=True):
        if place is None:
            yield (_row(rows, one, "added", None) if _rejected(one) else _row(rows, one, "changed", one.row)), None
        elif place in before and before[place].before != one.row:
            yield _row(rows, one, "changed", before[place].before), place


def _row(rows: TableRows, one: Decided, state: RowState, before: Mapping[str, Json] | None) -> RowChange:
    return RowChange(
        table=rows.table,
        key=one.decision.key,
        state=state,
        before=before,
        after=one.row,
        columns=rows.changes.columns,
        id=one.id,
        hash_after=one.decision.seen,
        flags=rows.told.flags([one.id], ["added"])[0],
    )


def _rejected(one: Decided) -> bool:
    return one.decision.verdict == "reject"


def _places(rows: TableRows, ids: list[bytes]) -> list[int | None]:
    import pyarrow as pa
    import pyarrow.compute as pc

    found: list[int | None] = pc.index_in(pa.array(ids, pa.binary()), value_set=rows.changes.index.keys).to_pylist()
    return found


def _ints(values: list[int]) -> Ints:
    import numpy as np

    return np.array(values, np.int64)
