"""A table's diff and what people decided about its rows in; how many rows of a kind the page lists out.

A row that a person rejected stays listed, so it is counted: what stands beside a filter is what the filter leaves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from runtime.diff import TableDiff
from runtime.diff.index import STATES
from runtime.diff.model import RowState
from runtime.diff.rows import TableRows
from runtime.page.decided import Decided
from runtime.page.stand_ins import stand_ins

Json = Any


def tally(table: TableDiff, decided: Sequence[Decided]) -> Json:
    """`listed` by state; `flags` and `reasons` with the rows of each, by name."""
    rows = table.source
    assert isinstance(rows, TableRows)
    found = stand_ins(rows, decided)
    keys, states = _differing(rows, {place for _, place in found if place is not None})
    among = [row for row, _ in found]
    return {
        "listed": dict.fromkeys(STATES, 0) | Counter((*states, *(row.state for row in among))),
        "flags": _counted(
            flag for flags in (*rows.told.flags(keys, states), *(row.flags for row in among)) for flag in flags
        ),
        "reasons": _counted(reason for reason in rows.told.reasons(keys, states) if reason is not None),
    }


def _differing(rows: TableRows, taken: set[int]) -> tuple[list[bytes], list[RowState]]:
    """Keys and states of the rows that differ, but for those that others stand in for."""
    if not rows.changes.total:
        return [], []
    index = rows.changes.index
    keys, states = index.keys.to_pylist(), index.state.tolist()
    left = [place for place in range(len(keys)) if place not in taken]
    return [keys[place] for place in left], [STATES[states[place]] for place in left]


def _counted(names: Iterable[str]) -> list[Json]:
    return [{"name": name, "rows": count} for name, count in sorted(Counter(names).items())]
