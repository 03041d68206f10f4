"""A merge in; the lines that tell a person what comes from where, or the same as plain data, out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from dsl.diagnostics.cells import window
from dsl.diagnostics.model import Diagnostic
from runtime.diff.values import ABSENT, same
from runtime.merge.files import conflict_json
from runtime.merge.model import Conflict, Merged, TableMerge

SHOWN = 10
"""Conflicts that are printed; the file has all."""


def summary(merged: Merged, ours: str, theirs: str) -> Iterator[str]:
    """Each dataset's tables that a side changed, in lines; `ours` and `theirs` are what a person calls the sides."""
    for name, how in merged.datasets.items():
        tables = [table for table in merged.tables if table.dataset == name]
        if how == "removed":
            yield f"{name}  removed with its {_rows(sum(table.from_theirs for table in tables))}: not in {theirs}"
            continue
        whole = ", whole" if how == "theirs" else ""
        told = [(table.table, parts) for table in tables if (parts := list(_parts(table, ours, theirs)))]
        yield from (f"{_named(name, table)}  {', '.join(parts)}{whole}" for table, parts in told)
        if not told:
            yield f"{name}  no row changes, only what is told of how they came about"


def _named(dataset: str, table: str) -> str:
    return dataset if table == dataset else f"{dataset}.{table}"


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"


def _parts(table: TableMerge, ours: str, theirs: str) -> Iterator[str]:
    counts = (
        (table.from_theirs, f"from {theirs}"),
        (table.from_ours, f"from {ours}"),
        (table.both, "alike on both"),
        (table.cells, "merged by cells"),
        (table.resolved, "resolved"),
    )
    for count, words in counts:
        if count:
            yield f"{_rows(count)} {words}" if words != "resolved" else f"{count:,} resolved"
    if table.conflicts:
        yield f"{table.conflicts:,} {'conflict' if table.conflicts == 1 else 'conflicts'}"


def conflict_lines(merged: Merged, ours: str, theirs: str, width: int) -> Iterator[str]:
    """Each conflict with what every side has there."""
    names = {"base": "before", "ours": ours, "theirs": theirs}
    wide = max(map(len, names.values()))
    for conflict in merged.conflicts[:SHOWN]:
        place = f"{_named(conflict.dataset, conflict.table)}  {conflict.key}  "
        yield place + (conflict.column or "the whole row")
        told = _differing(conflict)
        for side, name in names.items():
            shown = _shown(told[side])
            yield f"  {name.ljust(wide)}  {window(shown, 0, 0, max(20, width - wide - 4))[0]}"
    if len(merged.conflicts) > SHOWN:
        yield f"… {len(merged.conflicts) - SHOWN:,} more"


def _differing(conflict: Conflict) -> dict[str, Any]:
    """What each side has; of a whole row only the columns that are not alike on every side that has it."""
    sides = {side: getattr(conflict, side) for side in ("base", "ours", "theirs")}
    there = [value for value in sides.values() if value is not ABSENT]
    if conflict.column is not None or not all(isinstance(value, dict) for value in there):
        return sides
    columns = [name for name in dict.fromkeys(name for row in there for name in row) if not _alike(there, name)]
    return {
        side: value if value is ABSENT else {name: value[name] for name in columns if name in value} or value
        for side, value in sides.items()
    }


def _alike(rows: list[dict[str, Any]], column: str) -> bool:
    first, *others = (row.get(column, ABSENT) for row in rows)
    return all(same(first, other) for other in others)


def _shown(value: Any) -> str:
    if value is ABSENT:
        return "(gone)"
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return " ".join(text.split())


def merged_json(merged: Merged) -> dict[str, Any]:
    return {
        "base": merged.base,
        "ours": merged.ours,
        "theirs": merged.theirs,
        "up_to_date": merged.up_to_date,
        "fast_forward": merged.fast_forward,
        "datasets": dict(merged.datasets),
        "tables": [{name: getattr(table, name) for name in TableMerge.__slots__} for table in merged.tables],
        "conflicts": [conflict_json(conflict) for conflict in merged.conflicts],
        "problems": [_problem(found) for found in merged.problems],
    }


def _problem(found: Diagnostic) -> dict[str, Any]:
    return {"code": found.code, "message": found.message, "notes": list(found.notes), "help": found.help}
