"""Shards' rows in; what a reader wants to know of each column at a glance out: nulls, sizes, frequent values.

Sums are exact (integers), or of sums of shards that are each rounded once (floats), so the figures depend neither on a
library's version nor on where rows are parted.
"""

from __future__ import annotations

import math
from fractions import Fraction

import pyarrow as pa
import pyarrow.compute as pc

from runtime.tables.manifest import ColumnStats
from runtime.tables.schema import Schema, Type

MAX_CATEGORIES = 50
_CATEGORY_CHARACTERS = 100


class ColumnSummary:
    """Adds up one column, batch by batch, in key order."""

    def __init__(self, type_: Type) -> None:
        self._type = type_
        self._nulls = self._count = 0
        self._low: float | int | None = None
        self._high: float | int | None = None
        self._sum: Fraction | int = 0
        self._categories: dict[str, int] | None = {} if type_.kind in ("str", "bool") else None

    def add(self, column: pa.ChunkedArray) -> None:
        self._nulls += column.null_count
        numbers = _numbers(column, self._type)
        if numbers is not None and (count := len(numbers) - numbers.null_count):
            self._count += count
            bounds = pc.min_max(numbers).as_py()
            self._low = bounds["min"] if self._low is None else min(self._low, bounds["min"])
            self._high = bounds["max"] if self._high is None else max(self._high, bounds["max"])
            total = _total(numbers)
            self._sum += Fraction(total) if isinstance(total, float) else total
        self._count_values(column)

    def merge(self, later: ColumnSummary) -> None:
        """Adds up what was added up of rows behind these: the same figures, wherever the rows were parted."""
        self._nulls += later._nulls
        self._count += later._count
        self._low = min((low for low in (self._low, later._low) if low is not None), default=None)
        self._high = max((high for high in (self._high, later._high) if high is not None), default=None)
        self._sum += later._sum
        if self._categories is not None and later._categories is not None:
            for name, number in later._categories.items():
                self._categories[name] = self._categories.get(name, 0) + number
        few = later._categories is not None and len(self._categories or ()) <= MAX_CATEGORIES
        self._categories = self._categories if few else None

    def result(self) -> ColumnStats:
        mean = float(self._sum / self._count) if self._count else None
        return ColumnStats(self._nulls, self._low, self._high, mean, _ranked(self._categories))

    def _count_values(self, column: pa.ChunkedArray) -> None:
        """Stops for good at the first sign that the values are no categories."""
        if self._categories is None:
            return
        for pair in pc.value_counts(column.drop_null().cast(pa.string())).slice(0, MAX_CATEGORIES + 1).to_pylist():
            self._categories[pair["values"]] = self._categories.get(pair["values"], 0) + pair["counts"]
        if len(self._categories) > MAX_CATEGORIES or any(len(name) > _CATEGORY_CHARACTERS for name in self._categories):
            self._categories = None


def _ranked(categories: dict[str, int] | None) -> tuple[tuple[str, int], ...] | None:
    """Most frequent first, then by name."""
    if not categories:
        return None
    return tuple(sorted(categories.items(), key=lambda pair: (-pair[1], pair[0])))


def _numbers(column: pa.ChunkedArray, type_: Type) -> pa.ChunkedArray | None:
    if type_.kind in ("str", "json"):
        return pc.utf8_length(column)
    if type_.kind == "list":
        return pc.list_value_length(column)
    if type_.kind == "float":
        return column.filter(pc.is_finite(column))
    return column if type_.kind == "int" else None


def _total(numbers: pa.ChunkedArray) -> float | int:
    """Integers may sum beyond 64 bits; floats are summed without rounding in between."""
    if pa.types.is_floating(numbers.type):
        return math.fsum(numbers.drop_null().to_pylist())
    largest = max(abs(bound) for bound in pc.min_max(numbers).as_py().values())
    if largest * len(numbers) < 2**63:
        return int(pc.sum(numbers).as_py())
    return sum(map(int, numbers.drop_null().to_pylist()))


class TableSummary:
    """Every column of a table."""

    def __init__(self, schema: Schema) -> None:
        self._columns = {column.name: ColumnSummary(column.type) for column in schema.columns}

    def add(self, rows: pa.Table) -> None:
        for name, summary in self._columns.items():
            summary.add(rows.column(name))

    def merge(self, later: TableSummary) -> None:
        for name, summary in self._columns.items():
            summary.merge(later._columns[name])

    def result(self) -> dict[str, ColumnStats]:
        return {name: summary.result() for name, summary in self._columns.items()}
