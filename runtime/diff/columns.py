"""A table's changes in; per column how many rows differ and how it drifted; what the rows have in common, out."""

from __future__ import annotations

from typing import Literal

from runtime.diff.cells import Cells
from runtime.diff.changes import Changes
from runtime.diff.model import Attribution, ColumnDiff, Drift, RowState
from runtime.diff.schema import types_of
from runtime.measures.kinds import categories
from runtime.tables.manifest import ColumnStats, TableManifest
from runtime.tables.schema import Type

MIN_ROWS = 5
MIN_SHARE = 0.8
MIN_LIFT = 1.5
"""Rows have a value in common when there are five of them, 80% have it, and that is 1.5 times its usual share."""


def column_diffs(changes: Changes, cells: Cells) -> tuple[ColumnDiff, ...]:
    """Every column of either version, most changed first."""
    counts = cells.counts
    found = [_column(changes, name, counts.get(name, 0)) for name in changes.columns]
    return tuple(sorted(found, key=lambda column: -column.changed))


def _column(changes: Changes, name: str, changed: int) -> ColumnDiff:
    type_ = types_of(changes.after.schema).get(name) or types_of(changes.before.schema)[name]
    before, after = _stats(changes.before.table, name), _stats(changes.after.table, name)
    counts = changes.counts
    return ColumnDiff(
        name=name,
        type=str(type_),
        changed=changed,
        of=counts.changed + counts.same,
        measured=_measured(type_),
        before=before,
        after=after,
        rows_before=counts.before,
        rows_after=counts.after,
        drift=drift(before, after),
    )


def _stats(table: TableManifest | None, name: str) -> ColumnStats | None:
    return table.stats.get(name) if table else None


def _measured(type_: Type) -> Literal["length", "value", ""]:
    if type_.kind in ("str", "list", "json"):
        return "length"
    return "value" if type_.kind in ("int", "float") else ""


def drift(before: ColumnStats | None, after: ColumnStats | None) -> tuple[Drift, ...]:
    """Shares of a column's values before and after, furthest moved first; empty unless categorical on both sides."""
    if not categories(before) or not categories(after):
        return ()
    old, new = _shares(categories(before)), _shares(categories(after))
    drifts = [Drift(value, old.get(value, 0.0), new.get(value, 0.0)) for value in {**old, **new}]
    moved = [drift for drift in drifts if drift.before != drift.after]
    return tuple(sorted(moved, key=lambda drift: (-round(abs(drift.after - drift.before), 9), drift.value)))


def _shares(categories: tuple[tuple[str, int], ...]) -> dict[str, float]:
    total = sum(count for _, count in categories)
    return {value: count / total for value, count in categories} if total else {}


def attributions(changes: Changes, cells: Cells) -> tuple[Attribution, ...]:
    """What nearly all rows of one state have in common, though few rows otherwise do; strongest first."""
    found = [
        *_common(changes, cells, "changed"),
        *_common(changes, cells, "added"),
        *_common(changes, cells, "removed"),
    ]
    return tuple(sorted(found, key=lambda a: (-a.rows / a.of, a.base, a.column)))


def _common(changes: Changes, cells: Cells, state: RowState) -> list[Attribution]:
    """Nothing sets all rows of a table apart from its rows."""
    count: int = getattr(changes.counts, state)
    side = changes.before if state == "removed" else changes.after
    if count < MIN_ROWS or side.table is None or count == side.rows:
        return []
    usual = {name: dict(values) for name in side.schema.names if (values := categories(_stats(side.table, name)))}
    found = []
    for name, (value, rows) in cells.most_common(state, tuple(usual)).items():
        if _telling(rows / count, base := usual[name].get(value, 0) / side.rows):
            found.append(Attribution(state, name, value, rows, count, base))
    return found


def _telling(share: float, base: float) -> bool:
    return share >= MIN_SHARE and share >= MIN_LIFT * base
