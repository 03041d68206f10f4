"""What a diff of two commits found: causes, schema, counts, columns, measures, reasons, and rows on demand.

Frozen data; every rendering (text, JSON, Markdown, a notebook) reads it and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from runtime.diff.values import ABSENT, CellChange, cell_changes
from runtime.store.port import CommitId
from runtime.tables.manifest import ColumnStats

Json = Any
State = Literal["added", "removed", "changed", "same"]
RowState = Literal["added", "removed", "changed"]
Predicate = Callable[[Mapping[str, Json]], bool]
"""Says of a row (its columns, and `key` as printed) whether it is wanted."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that differs in what made the two versions: `prompt reply` changed, `seed` 0 → 1.

    `kind` is merge, prompt, step, setting, key, model, determinism, sampling, seed, param, limit, input or decisions;
    when none of these differs, then spec, program, description or unknown. `before` and `after` are short values, None
    where there is none.
    """

    kind: str
    name: str
    state: State
    before: str | None = None
    after: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SourceChange:
    """A source file of the spec that differs: its unified diff, without the two file lines."""

    path: str
    state: State
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """A column that came, went, or has another type. `before` and `after` are types as printed."""

    column: str
    state: State
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class RowCounts:
    """Rows of one table: `before` = removed + changed + same, `after` = added + changed + same."""

    added: int
    removed: int
    changed: int
    same: int

    @property
    def before(self) -> int:
        return self.removed + self.changed + self.same

    @property
    def after(self) -> int:
        return self.added + self.changed + self.same


@dataclass(frozen=True, slots=True)
class Drift:
    """The share of one value of a column with few values, before and after (0.0 to 1.0)."""

    value: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class ColumnDiff:
    """One column: in how many of the rows that both versions have it differs, and its statistics on each side.

    `of` counts those rows. `before` is None for a column that came, `after` for one that went. `measured` says what the
    statistics' numbers are of: "length" (text, lists), "value" (numbers), or "" for neither.
    """

    name: str
    type: str
    changed: int
    of: int
    measured: Literal["length", "value", ""]
    before: ColumnStats | None
    after: ColumnStats | None
    rows_before: int
    rows_after: int
    drift: tuple[Drift, ...] = ()

    @property
    def share(self) -> float:
        return self.changed / self.of if self.of else 0.0

    @property
    def nulls(self) -> tuple[float, float]:
        """The share of nulls before and after."""
        return _share(self.before, self.rows_before), _share(self.after, self.rows_after)


def _share(stats: ColumnStats | None, rows: int) -> float:
    return stats.nulls / rows if stats and rows else 0.0


@dataclass(frozen=True, slots=True)
class MeasureChange:
    """A measure or count of the build; None where a version does not have it."""

    name: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class ReasonChange:
    """How many candidates a reason dropped before and after; which rows went, and came back, because of it.

    `went` counts rows of A that this reason drops in B; `came` counts rows of B that it dropped in A. `examples` are
    printed keys, of `went` first.
    """

    reason: str
    before: int
    after: int
    went: int
    came: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fate:
    """Rows that went or came and were not dropped on the other side: no candidate had their key there."""

    went: int = 0
    came: int = 0


@dataclass(frozen=True, slots=True)
class Attribution:
    """Rows of one state that have one value in common: "97% of the changed rows have topic = refund".

    `rows` of `of` have it; `base` is that value's share of the whole table.
    """

    state: RowState
    column: str
    value: str
    rows: int
    of: int
    base: float


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row that differs. `before` is None for an added row, `after` for a removed one; both without the key.

    `id` are the key's sortable bytes; the hashes are hex, of the row's whole content. `reason` is why the new version
    drops a row that went, or the old one dropped a row that came; `flags` are the statements that mark it for a person.
    """

    table: str
    key: str
    state: RowState
    before: Mapping[str, Json] | None
    after: Mapping[str, Json] | None
    columns: tuple[str, ...]
    id: bytes = b""
    hash_before: str | None = None
    hash_after: str | None = None
    reason: str | None = None
    flags: tuple[str, ...] = ()

    @property
    def cells(self) -> tuple[CellChange, ...]:
        """The places that differ, in column order; for an added or removed row every column.

        A column that only one version has differs in the rows where it is not null.
        """
        before, after = self.before or {}, self.after or {}
        pairs = [(name, before.get(name, ABSENT), after.get(name, ABSENT)) for name in self.columns]
        if self.state == "changed":
            pairs = [pair for pair in pairs if not (ABSENT in pair[1:] and None in pair[1:])]
        return tuple(change for pair in pairs for change in cell_changes(*pair))


@dataclass(frozen=True, slots=True)
class RowQuery:
    """Which rows are wanted. `columns`: rows where one of these differs, and only these. `sample`: any so many, drawn
    by their keys, so that the same rows come every time. `reason` and `flag`: the text of a statement, or a part of it
    where no statement reads so; "" is any."""

    only: RowState | None = None
    columns: tuple[str, ...] | None = None
    where: Predicate | None = None
    sample: int | None = None
    offset: int = 0
    limit: int | None = None
    reason: str | None = None
    flag: str | None = None


class RowSource(Protocol):
    """Fetches the rows of one table that differ, page by page."""

    def rows(self, query: RowQuery) -> Iterator[RowChange]: ...

    def count(self, query: RowQuery) -> int: ...


@dataclass(frozen=True, slots=True)
class TableDiff:
    """One table of a dataset. `source` reads rows from shards when `rows` is called, not before."""

    name: str
    state: State
    counts: RowCounts
    schema: tuple[SchemaChange, ...]
    columns: tuple[ColumnDiff, ...]
    attribution: tuple[Attribution, ...]
    source: RowSource = field(repr=False, compare=False)

    def rows(
        self,
        only: RowState | None = None,
        *,
        columns: tuple[str, ...] | None = None,
        where: Predicate | None = None,
        sample: int | None = None,
        offset: int = 0,
        limit: int | None = None,
        reason: str | None = None,
        flag: str | None = None,
    ) -> Iterator[RowChange]:
        """Rows that differ, by key. A predicate keeps a row when it holds on either side."""
        return self.source.rows(RowQuery(only, columns, where, sample, offset, limit, reason, flag))

    def count(
        self,
        only: RowState | None = None,
        *,
        columns: tuple[str, ...] | None = None,
        where: Predicate | None = None,
        sample: int | None = None,
        reason: str | None = None,
        flag: str | None = None,
    ) -> int:
        """How many rows `rows` would give. The same predicate object asks its question once for all pages."""
        return self.source.count(RowQuery(only, columns, where, sample, 0, None, reason, flag))


@dataclass(frozen=True, slots=True)
class DatasetDiff:
    """One dataset. `reasons` are those whose counts differ or that rows went or came by; `fate` is about the others."""

    name: str
    state: State
    causes: tuple[Cause, ...] = ()
    sources: tuple[SourceChange, ...] = ()
    tables: tuple[TableDiff, ...] = ()
    measures: tuple[MeasureChange, ...] = ()
    reasons: tuple[ReasonChange, ...] = ()
    fate: Fate = Fate()

    def table(self, name: str | None = None) -> TableDiff:
        """The table `name`; without a name the dataset's own, or its only one. KeyError when there is none."""
        wanted = self.name if name is None else name
        found = {table.name: table for table in self.tables}
        if name is None and wanted not in found and len(found) == 1:
            return next(iter(found.values()))
        return found[wanted]


@dataclass(frozen=True, slots=True)
class Diff:
    """Two commits compared: the datasets that differ, by name. `a` is None when compared with nothing at all."""

    a: CommitId | None
    b: CommitId
    a_name: str
    b_name: str
    datasets: tuple[DatasetDiff, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything differs: what `--exit-code` asks."""
        return any(dataset.state != "same" for dataset in self.datasets)

    def rows(self, only: RowState | None = None, **wanted: Any) -> Iterator[RowChange]:
        """Rows that differ in any table, dataset by dataset; takes what `TableDiff.rows` takes, for each table."""
        for dataset in self.datasets:
            for table in dataset.tables:
                yield from table.rows(only, **wanted)
