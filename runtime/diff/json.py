"""A diff in; plain JSON values with a stable shape (docs/diff.md) out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from runtime.diff.model import ColumnDiff, DatasetDiff, Diff, RowChange, TableDiff
from runtime.diff.values import ABSENT, CellChange
from runtime.diff.view import View, coverage, shown_rows
from runtime.tables.manifest import ColumnStats

FORMAT = 1
Object = dict[str, Any]


def diff_json(diff: Diff, view: View | None = None) -> Object:
    """Every key is always there, null where nothing stands, except `before` and `after` of a cell (see docs)."""
    shown = view or View(limit=None)
    return {
        "format": FORMAT,
        "a": {"name": diff.a_name, "commit": diff.a},
        "b": {"name": diff.b_name, "commit": diff.b},
        "different": bool(diff),
        "datasets": [_dataset(dataset, shown) for dataset in diff.datasets],
    }


def _dataset(dataset: DatasetDiff, view: View) -> Object:
    return {
        "name": dataset.name,
        "state": dataset.state,
        "causes": [asdict(cause) for cause in dataset.causes],
        "sources": [{**asdict(source), "lines": list(source.lines)} for source in dataset.sources],
        "tables": [_table(table, view) for table in dataset.tables],
        "measures": [asdict(measure) for measure in dataset.measures],
        "reasons": [{**asdict(reason), "examples": list(reason.examples)} for reason in dataset.reasons],
        "unexplained": asdict(dataset.fate),
    }


def _table(table: TableDiff, view: View) -> Object:
    rows, more = shown_rows(table, view)
    drawn = coverage(table, view)
    return {
        "name": table.name,
        "state": table.state,
        "counts": asdict(table.counts),
        "schema": [asdict(change) for change in table.schema],
        "columns": [_column(column) for column in table.columns if not view.columns or column.name in view.columns],
        "attribution": [asdict(found) for found in table.attribution],
        "rows": [row_json(row) for row in rows],
        "more": more,
        "coverage": drawn and {"shown": drawn.shown, "of": drawn.of},
    }


def _column(column: ColumnDiff) -> Object:
    return {
        "name": column.name,
        "type": column.type,
        "changed": column.changed,
        "of": column.of,
        "measured": column.measured or None,
        "before": _stats(column.before),
        "after": _stats(column.after),
        "drift": [asdict(drift) for drift in column.drift],
    }


def _stats(stats: ColumnStats | None) -> Object | None:
    if stats is None:
        return None
    return {"nulls": stats.nulls, "low": stats.low, "high": stats.high, "mean": stats.mean}


def row_json(row: RowChange) -> Object:
    """A changed row as its cells, an added or removed one as its columns."""
    whole = row.after if row.state == "added" else row.before
    cells = [_cell(cell) for cell in row.cells] if row.state == "changed" else []
    values = {name: whole[name] for name in row.columns if name in whole} if whole and row.state != "changed" else None
    told = {"reason": row.reason, "flags": list(row.flags)}
    return {"key": row.key, "state": row.state, "cells": cells, "values": values, **told}


def _cell(cell: CellChange) -> Object:
    out: Object = {"column": cell.column, "path": cell.path}
    sides = {"before": cell.before, "after": cell.after}
    out |= {name: value for name, value in sides.items() if value is not ABSENT}
    marks = cell.marks
    return out | {"marks": None if marks is None else [[mark.op, mark.text] for mark in marks]}
