"""Shards' rows in; what a reader wants to know of each column at a glance out: nulls, sizes, frequent values.

Sums are exact, so the figures depend neither on a library's version nor on the order and the parts in which rows come.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from runtime.tables.manifest import ColumnStats
from runtime.tables.schema import Schema, Type

MAX_CATEGORIES = 50
_CATEGORY_CHARACTERS = 100
_UNIT = 1127
"""Sums of floats are integers that count 2 ** -_UNIT, which no bit of a mantissa of 53 bits is smaller than."""
_LOW = 26
"""Bits of a mantissa that are summed apart from those above them: either sum has 53 bits for up to 2 ** 26 rows."""


class ColumnSummary:
    """Adds up one column, batch by batch, in any order."""

    def __init__(self, type_: Type) -> None:
        self._type = type_
        self._nulls = self._count = 0
        self._low: float | int | None = None
        self._high: float | int | None = None
        self._sum = 0
        self._float = type_.kind == "float"
        self._categories: dict[str, int] | None = {} if type_.kind in ("str", "bool") else None

    def add(self, column: pa.ChunkedArray) -> None:
        self._nulls += column.null_count
        if column.null_count == len(column):
            return
        numbers = _numbers(column, self._type)
        if numbers is not None and (count := len(numbers) - numbers.null_count):
            self._count += count
            bounds = pc.min_max(numbers).as_py()
            low, high = bounds["min"] + 0, bounds["max"] + 0  # -0.0 and 0.0 are equal: which comes first is no figure
            self._low = low if self._low is None else min(self._low, low)
            self._high = high if self._high is None else max(self._high, high)
            self._sum += _total(numbers)
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
        return ColumnStats(self._nulls, self._low, self._high, self._mean(), _ranked(self._categories))

    def _mean(self) -> float | None:
        if not self._count:
            return None
        if not self._float:
            return self._sum / self._count
        try:
            return float(Fraction(self._sum, 1 << _UNIT)) / self._count
        except OverflowError:  # a sum beyond all floats; its mean is none
            return float(Fraction(self._sum, self._count << _UNIT))

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


def _total(numbers: pa.ChunkedArray) -> int:
    """Integers may sum beyond 64 bits; floats are summed without any rounding."""
    present = numbers.drop_null()
    if pa.types.is_floating(numbers.type):
        return exact_sum(present.to_numpy())
    largest = max(abs(bound) for bound in pc.min_max(numbers).as_py().values())
    if largest * len(numbers) < 2**63:
        return int(pc.sum(numbers).as_py())
    return sum(map(int, present.to_pylist()))


def exact_sum(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> int:
    """Finite floats' sum, counted in 2 ** -_UNIT: mantissas of one exponent are added up as integers."""
    fractions, exponents = np.frexp(values)
    mantissas = np.ldexp(fractions, 53).astype(np.int64)
    places = exponents + (_UNIT - 53)
    low = np.bincount(places, mantissas & ((1 << _LOW) - 1))
    high = np.bincount(places, mantissas >> _LOW)
    used = np.flatnonzero((low != 0) | (high != 0)).tolist()
    return sum(((int(high[place]) << _LOW) + int(low[place])) << place for place in used)


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
