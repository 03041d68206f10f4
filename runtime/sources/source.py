"""A checked declaration of an input in; its rows by key and by index, its digest and its columns out.

Everything is checked when the rows are first asked for, and nothing runs on a source with a mistake in it. A row that
fails its record's `where` is no mistake: it is rejected, with its reason.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from compiler.catalog import ColumnType
from compiler.types import Record
from dsl.diagnostics import Diagnostic
from runtime.sources import raw
from runtime.sources.columns import columns_of, infer
from runtime.sources.digests import Facts, files_digest
from runtime.sources.loading import Loaded, load
from runtime.sources.pile import Pile
from runtime.sources.place import Where
from runtime.sources.stored import KIND, Table, located
from runtime.tables.canonical import digest
from runtime.tables.keys import Key, KeyPart

SHOWN = 8
"""Files that a warning names."""

Accept = Callable[[Mapping[str, Any]], str | None]
"""The record's `where`: the reason why a row does not hold, None when it does."""


@dataclass(frozen=True, slots=True)
class Lent:
    """Rows that were read and checked, in files of this machine: another process of it need not do so again."""

    rows: tuple[Path, array[int]]
    rejected: tuple[Path, array[int]]
    hashes: array[int]
    digest: str
    columns: Mapping[str, ColumnType]


@dataclass(eq=False)
class Source:
    """Rows in file order. `record` None keeps every column as it is; without `key` a row's key is its content hash."""

    where: Where
    record: Record | None = None
    key: str | None = None
    accept: Accept | None = None
    facts: Facts = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[KeyPart | Key, dict[str, Any]]]:
        """Every accepted row with its key."""
        return ((_whole(key), row) for key, row in self._loaded.rows)

    def __len__(self) -> int:
        return len(self._loaded.rows)

    def row(self, index: int) -> tuple[KeyPart | Key, dict[str, Any]]:
        """The row at a place in file order, in constant time."""
        key, row = self._loaded.rows[index]
        return _whole(key), row

    @property
    def table(self) -> Table | None:
        """The table of a dataset that the rows come from; None for files."""
        return located(self.where).found() if self.where.kind == KIND else None

    def find(self, key: KeyPart) -> int | None:
        """The index of the row with this key."""
        return self._loaded.find(key)

    @cached_property
    def keys(self) -> tuple[KeyPart | Key, ...]:
        return tuple(key for key, _ in self.rows())

    @property
    def rejected(self) -> Pile:
        """`[key, row, place, reason]` of every row that fails the record's `where`."""
        return self._loaded.rejected

    def lend(self, folder: Path, name: str) -> Lent:
        """For `borrow` of the same source in other processes, as long as the folder is there."""
        loaded = self._loaded
        rows, rejected = loaded.rows.keep(folder / name), loaded.rejected.keep(folder / f"{name}.rejected")
        return Lent(rows, rejected, loaded.hashes, loaded.digest, loaded.columns)

    def borrow(self, lent: Lent) -> None:
        rows, rejected = Pile.opened(*lent.rows), Pile.opened(*lent.rejected)
        self._loaded = Loaded(rows, rejected, lent.hashes, lent.digest, lent.columns)

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What was left out of the source without being a mistake in it."""
        empty = self._loaded.empty
        if not empty:
            return ()
        files = "1 file" if len(empty) == 1 else f"{len(empty):,} files"
        return (
            Diagnostic(
                "W0601",
                f"{files} of `{self.where.argument}` hold no text, and give no row",
                self.where.span,
                notes=(*empty[:SHOWN], *([f"and {len(empty) - SHOWN:,} more"] if len(empty) > SHOWN else ())),
                help="recognise the text of scanned pages first (OCR), or read a glob that leaves these out",
            ),
        )

    @cached_property
    def digest(self) -> str:
        """Of the files' content, or of the rows where they are computed; never of the declaration."""
        if self.table is not None:
            return self.table.digest
        if self.where.kind in raw.COMPUTED:
            return self._loaded.digest
        named = [(self.where.shown(path), path) for path in raw.locate(self.where)]
        return digest([self.where.kind.encode(), files_digest(named, self.facts).encode()])

    @cached_property
    def columns(self) -> Mapping[str, ColumnType]:
        """The types of the columns as they stand in the file; of `python()`, as its rows have them."""
        if self.where.kind != "python":
            return columns_of(self.where)
        return infer(row for row, _ in raw.rows(self.where))

    @cached_property
    def _loaded(self) -> Loaded:
        loaded = load(self.where, self.record, self.key, self.accept)
        if self.where.kind == "python":
            self.facts[f"columns:{self.where.shown(self.where.file())}"] = loaded.columns
        return loaded


def _whole(key: Any) -> KeyPart | Key:
    """A key of several parts lies in the pile as a list."""
    return tuple(key) if isinstance(key, list) else key
