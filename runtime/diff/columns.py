"""A table's changes in; per column how many rows differ and how it drifted; what the rows have in common, out."""

from __future__ import annotations

from typing import Literal

from runtime.diff.changes import Changes
from runtime.diff.model import Attribution, ColumnDiff, Drift, RowState
from runtime.diff.schema import types_of
from runtime.measures.kinds import categories
from runtime.query.scratch import quoted
from runtime.tables.manifest import ColumnStats, TableManifest
from runtime.tables.schema import Type

MIN_ROWS = 5
MIN_SHARE = 0.8
MIN_LIFT = 1.5
"""Rows have a value in common when there are five of them, 80% have it, and that is 1.5 times its usual share."""


def column_diffs(changes: Changes) -> tuple[ColumnDiff, ...]:
    """Every column of either version, most changed first."""
    counts = _changed_cells(changes)
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


def _changed_cells(changes: Changes) -> dict[str, int]:
    """For every column the number of rows, of those both versions have, in which it differs."""
    before, after = changes.kept
    if before is None or after is None or not changes.counts.changed:
        return {}
    tests = ", ".join(f"count(*) filter (where {_differs(changes, name)})" for name in changes.columns)
    found = changes.scratch.execute(f"select {tests} from {before} a join {after} b on a._key = b._key").fetchone()
    return dict(zip(changes.columns, found or (), strict=True))


def _differs(changes: Changes, name: str) -> str:
    old, new = types_of(changes.before.schema).get(name), types_of(changes.after.schema).get(name)
    left, right = f"a.{quoted(name)}" if old else "null", f"b.{quoted(name)}" if new else "null"
    if old and new and old.kind != new.kind:
        left, right = f"to_json({left})::varchar", f"to_json({right})::varchar"
    return f"{left} is distinct from {right}"


def attributions(changes: Changes) -> tuple[Attribution, ...]:
    """What nearly all rows of one state have in common, though few rows otherwise do; strongest first."""
    found = [*_common(changes, "changed"), *_common(changes, "added"), *_common(changes, "removed")]
    return tuple(sorted(found, key=lambda a: (-a.rows / a.of, a.base, a.column)))


def _common(changes: Changes, state: RowState) -> list[Attribution]:
    count: int = getattr(changes.counts, state)
    side, relation = (changes.before, changes.kept[0]) if state == "removed" else (changes.after, changes.kept[1])
    if count < MIN_ROWS or relation is None or side.table is None:
        return []
    found = []
    for name in side.schema.names:
        usual = dict(categories(_stats(side.table, name)))
        top = _top_value(changes, relation, state, name) if usual else None
        if top and _telling(top[1] / count, base := usual.get(top[0], 0) / side.rows):
            found.append(Attribution(state, name, top[0], top[1], count, base))
    return found


def _telling(share: float, base: float) -> bool:
    return share >= MIN_SHARE and share >= MIN_LIFT * base


def _top_value(changes: Changes, relation: str, state: RowState, name: str) -> tuple[str, int] | None:
    found: tuple[str, int] | None = changes.scratch.execute(
        f"""select {quoted(name)}::varchar as value, count(*) as rows from {relation}
        where _key in (select _key from {changes.keys} where state = $1) and {quoted(name)} is not null
        group by value order by rows desc, value limit 1""",
        [state],
    ).fetchone()
    return found
