"""Kept candidates in; the result as its audits see it, out: counts, and columns of values by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from runtime.program.outcome import Kept
from runtime.tables.keys import Key, print_key


class Result:
    """Keeps, of each kept candidate, only the names that audits read: `reads` (all where None).

    `table` is the unnamed emit: its columns go by their own names, other tables' as (table, column). A name of the row
    comes before a column that is called the same, as it does for the checker.
    """

    def __init__(self, table: str, reads: Iterable[str] | None = None) -> None:
        self.table = table
        self.reads = None if reads is None else frozenset(reads)
        self.kept = self.attempted = 0
        self._rows: list[Mapping[str, Any]] = []
        self._others: dict[tuple[str, str], list[Any]] = {}

    def add(self, key: Key, outcome: Kept, values: Mapping[str, object]) -> None:
        row: dict[str, Any] = {}
        for table, _, columns in outcome.rows:
            if table == self.table:
                row |= columns
            else:
                self._add_other(table, columns)
        row |= {**values, "key": print_key(key)}
        self._rows.append(row if self.reads is None else {k: v for k, v in row.items() if k in self.reads})

    def _add_other(self, table: str, columns: Mapping[str, object]) -> None:
        for name, value in columns.items():
            if self.reads is None or name in self.reads or table in self.reads:
                self._others.setdefault((table, name), []).append(value)

    def column(self, name: str, table: str | None = None) -> Sequence[Any]:
        """One value for each kept row, or for each row of another table."""
        if table is not None and table != self.table:
            return self._others.get((table, name), [])
        return [row.get(name) for row in self._rows]

    def each(self, value: Callable[[Mapping[str, Any]], Any], table: str | None = None) -> Sequence[Any]:
        """`value` of each kept row; a row is a mapping of names."""
        if table is not None and table != self.table:
            return [value(row) for row in self._rows_of(table)]
        return [value(row) for row in self._rows]

    def _rows_of(self, table: str) -> list[dict[str, Any]]:
        columns = {name: values for (of, name), values in self._others.items() if of == table}
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
