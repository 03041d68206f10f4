"""A merge in; the lines that tell a person what comes from where, or the same as plain data, out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from dsl.diagnostics.cells import window
from dsl.diagnostics.model import Diagnostic
from runtime.diff.values import ABSENT
from runtime.merge.files import conflict_json
from runtime.merge.model import Conflict, Merged, TableMerge

SHOWN = 10
"""Conflicts that are printed; the file has all."""


def summary(merged: Merged, ours: str, theirs: str) -> Iterator[str]:
    """A line for each table that a side changed; `ours` and `theirs` are what a person calls the sides."""
    for table in merged.tables:
        name = table.dataset if table.table == table.dataset else f"{table.dataset}.{table.table}"
        if parts := list(_parts(table, ours, theirs)):
            whole = ", whole" if merged.datasets.get(table.dataset) == "theirs" else ""
            yield f"{name}  {', '.join(parts)}{whole}"


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
            yield (
                f"{count:,} {'row' if count == 1 else 'rows'} {words}" if words != "resolved" else f"{count:,} resolved"
            )
    if table.conflicts:
        yield f"{table.conflicts:,} {'conflict' if table.conflicts == 1 else 'conflicts'}"


def conflict_lines(merged: Merged, ours: str, theirs: str, width: int) -> Iterator[str]:
    """Each conflict with what every side has there."""
    names = {"base": "before", "ours": ours, "theirs": theirs}
    wide = max(map(len, names.values()))
    for conflict in merged.conflicts[:SHOWN]:
        yield f"{_table(conflict)}  {conflict.key}  {conflict.column or 'the whole row'}"
        for side, name in names.items():
            shown = _shown(getattr(conflict, side))
            yield f"  {name.ljust(wide)}  {window(shown, 0, 0, max(20, width - wide - 4))[0]}"
    if len(merged.conflicts) > SHOWN:
        yield f"… {len(merged.conflicts) - SHOWN:,} more"


def _table(conflict: Conflict) -> str:
    return conflict.dataset if conflict.table == conflict.dataset else f"{conflict.dataset}.{conflict.table}"


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
