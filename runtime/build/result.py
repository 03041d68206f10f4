"""Kept candidates in; the result as its audits see it, out: counts, and columns of values by name."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from runtime.program.outcome import Kept
from runtime.scratch import Spool
from runtime.tables.keys import Key, print_key


class Seen(dict[str, Any]):
    """Names and their values; what a candidate never came to is null."""

    def __missing__(self, name: str) -> None:
        return None


class Values(Sequence[Any]):
    """A value of each row, worked out when it is asked for: a column takes no memory."""

    def __init__(self, rows: Sequence[Mapping[str, Any]], value: Callable[[Mapping[str, Any]], Any]) -> None:
        self._rows, self._value = rows, value

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Any]:
        return (self._value(row) for row in self._rows)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        return self._value(self._rows[index])


class InOrder(Sequence[Any]):
    """Rows on disk, added in any order; read in that of their candidates, and of one candidate as they were added."""

    def __init__(self) -> None:
        self._rows = Spool()
        self._indexes = array("q")
        self._places: Sequence[int] | None = None
        self._sorted = True

    def append(self, index: int, row: object) -> None:
        self._sorted = self._sorted and (not self._indexes or self._indexes[-1] <= index)
        self._rows.append(row)
        self._indexes.append(index)
        self._places = None

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows) if self._sorted else (self._rows[place] for place in self._order())

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        return self._rows[index if self._sorted else self._order()[index]]

    def _order(self) -> Sequence[int]:
        if self._places is None:
            self._places = array("q", sorted(range(len(self._indexes)), key=self._indexes.__getitem__))
        return self._places


class Nameless(Sequence[Any]):
    """Rows of which no name is read: their number is all that is kept."""

    def __init__(self) -> None:
        self._count = 0

    def append(self, index: int, row: object) -> None:
        self._count += 1

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: Any) -> Any:
        chosen = range(self._count)[index]
        return [Seen() for _ in chosen] if isinstance(chosen, range) else Seen()


class Result:
    """Keeps, of each kept candidate, only the names that audits read: `reads` (all where None). They lie on disk.

    `table` is the unnamed emit: its columns go by their own names, other tables' as (table, column). A name of the row
    comes before a column that is called the same, as it does for the checker. Where the unnamed emit makes `many` rows
    for one candidate it is a table of its own too. An emit that is split is still one.
    """

    def __init__(self, table: str, reads: Iterable[str] | None = None, many: bool = False) -> None:
        self.table, self.many = table, many
        self.reads = None if reads is None else frozenset(reads)
        self.kept = self.attempted = 0
        self._rows: Nameless | InOrder = Nameless() if self.reads == frozenset() else InOrder()
        self._tables: dict[str, InOrder] = {}

    def add(self, key: Key, outcome: Kept, values: Mapping[str, object], index: int = 0) -> None:
        """`index` is the candidate's: audits see rows in candidate order, whichever they were run in."""
        if isinstance(self._rows, Nameless):
            self._rows.append(index, None)
            return
        own = {**values, "key": print_key(key)}
        columns: dict[str, object] = {}
        for table, _, row in outcome.rows:
            emit = table.partition("/")[0]
            if emit == self.table and not self.many:
                columns |= row
            else:
                self._add_to(emit, row, own, index)
        self._rows.append(index, self._seen({**columns, **own}))

    def _add_to(self, emit: str, row: Mapping[str, object], own: Mapping[str, object], index: int) -> None:
        first, last = (row, own) if emit == self.table else (own, row)
        whole = emit in self.reads if self.reads is not None else True
        seen = Seen({**first, **last}) if whole else self._seen({**first, **last})
        if seen:
            self._tables.setdefault(emit, InOrder()).append(index, seen)

    def _seen(self, row: Mapping[str, object]) -> Seen:
        return Seen(row if self.reads is None else {k: v for k, v in row.items() if k in self.reads})

    def column(self, name: str, table: str | None = None) -> Sequence[Any]:
        """One value for each kept row, or for each row of another table."""
        return Values(self._of(table), lambda row: row.get(name))

    def each(self, value: Callable[[Mapping[str, Any]], Any], table: str | None = None) -> Sequence[Any]:
        """`value` of each kept row; a row is a mapping of names."""
        return Values(self._of(table), value)

    def _of(self, table: str | None) -> Sequence[Mapping[str, Any]]:
        if table is None or (table == self.table and not self.many):
            return self._rows
        return self._tables.get(table, ())
