"""A comparison in; what differs and why, without rows, as JSON for the page out."""

from __future__ import annotations

from typing import Any

from runtime.diff import View, diff_json
from runtime.diff.model import ColumnDiff
from runtime.page.comparison import Comparison
from runtime.page.tally import tally

Json = Any


def differences(comparison: Comparison) -> list[Json]:
    """The datasets as docs/diff.md has them, with shares, and with what marks rows for a person."""
    found = diff_json(comparison.diff, View(stat=True))["datasets"]
    for shown, dataset in zip(found, comparison.diff.datasets, strict=True):
        for part, table in zip(shown["tables"], dataset.tables, strict=True):
            del part["rows"], part["more"]
            part["columns"] = [_column(*both) for both in zip(part["columns"], table.columns, strict=True)]
            part |= tally(table, comparison.decided_in(dataset.name, table.name))
    return list(found)


def counts(comparison: Comparison) -> list[Json]:
    """One line for each dataset: rows of all its tables."""
    return [
        {
            "name": dataset.name,
            "added": sum(table.counts.added for table in dataset.tables),
            "removed": sum(table.counts.removed for table in dataset.tables),
            "changed": sum(table.counts.changed for table in dataset.tables),
        }
        for dataset in comparison.diff.datasets
    ]


def _column(shown: Json, column: ColumnDiff) -> Json:
    return {**shown, "share": column.share, "nulls": list(column.nulls)}
