"""What a reader asked to see of a diff in; the rows to show, and the phrases every rendering uses, out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from dsl.diagnostics import Diagnostic, SynthError, did_you_mean
from runtime.diff.model import (
    Cause,
    ColumnDiff,
    Diff,
    Fate,
    Predicate,
    ReasonChange,
    RowChange,
    RowCounts,
    RowState,
    TableDiff,
)

SIGNS = {"added": "+", "removed": "-", "changed": "~", "same": "="}
DRIFTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """`stat`: no rows. `columns`: these alone, and rows where one of them differs. `limit` rows of each table."""

    stat: bool = False
    columns: tuple[str, ...] | None = None
    only: RowState | None = None
    where: Predicate | None = None
    sample: int | None = None
    offset: int = 0
    limit: int | None = 10
    reason: str | None = None
    flag: str | None = None


def shown_rows(table: TableDiff, view: View) -> tuple[list[RowChange], bool]:
    """The rows to show of a table, and whether there are more of them."""
    if view.stat or (view.limit is not None and view.limit <= 0):
        return [], False
    wanted = None if view.limit is None else view.limit + 1
    rows = table.rows(view.only, **_question(view), sample=view.sample, offset=view.offset, limit=wanted)
    found = list(islice(rows, wanted))
    return found[: view.limit], view.limit is not None and len(found) > view.limit


def _question(view: View) -> dict[str, Any]:
    return {"columns": view.columns, "where": view.where, "reason": view.reason, "flag": view.flag}


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many rows a sample holds, of how many that it was drawn from."""

    shown: int
    of: int
    state: RowState | None

    def __str__(self) -> str:
        """`20 of 391 changed rows, drawn by key`"""
        kind = f"{self.state} rows" if self.state else "rows that differ"
        return f"{self.shown:,} of {self.of:,} {kind}, drawn by key"


def coverage(table: TableDiff, view: View) -> Coverage | None:
    """None where no sample is drawn."""
    if view.sample is None or view.stat:
        return None
    total = table.count(view.only, **_question(view))
    return Coverage(min(view.sample, total), total, view.only)


def shown_columns(table: TableDiff, view: View) -> list[ColumnDiff]:
    """Columns that differ in a row or in their statistics."""
    moved = [column for column in table.columns if column.changed or column_notes(column)]
    return [column for column in moved if view.columns is None or column.name in view.columns]


def check_columns(diff: Diff, view: View) -> None:
    """E1035 when a column was asked for that no compared table has."""
    tables = [table for dataset in diff.datasets for table in dataset.tables]
    known = {column.name for table in tables for column in table.columns}
    unknown = [name for name in view.columns or () if name not in known]
    if tables and unknown:
        raise SynthError(*(_no_column(name, sorted(known)) for name in unknown))


def _no_column(name: str, known: list[str]) -> Diagnostic:
    return Diagnostic(
        code="E1035",
        message=f"neither version has a column `{name}`",
        notes=(f"columns: {', '.join(known)}",),
        help=did_you_mean(name, known) or None,
    )


def counts_line(counts: RowCounts) -> str:
    """`+812 −40 ~391 =48,757`"""
    return f"+{counts.added:,} −{counts.removed:,} ~{counts.changed:,} ={counts.same:,}"


def cause_line(cause: Cause) -> str:
    """What changed, in words: "prompt reply changed", "seed 0 → 1", "step filter 2 added: filter not …"."""
    if cause.kind == "merge":
        return cause.detail
    name = cause.name if cause.name.startswith(cause.kind) or cause.kind in _BARE else f"{cause.kind} {cause.name}"
    if cause.kind in _VALUED and (cause.before is not None or cause.after is not None):
        return f"{name} {_value(cause.before)} → {_value(cause.after)}"
    if cause.state != "changed":
        return f"{name} {cause.state}" + (f": {cause.detail}" if cause.detail else "")
    if cause.kind == "step" and cause.after is not None:
        return f"{name} is now: {cause.after}"
    if cause.kind == "input":
        same = cause.before == cause.after
        return f"{name} changed: " + (f"other content, {cause.after}" if same else f"{cause.before} → {cause.after}")
    return f"{name} changed" + (f": {cause.detail}" if cause.detail else "")


_BARE = ("step", "seed", "limit", "key", "setting", "spec", "program", "unknown", "description")
_VALUED = ("setting", "sampling", "seed", "param", "model", "determinism", "limit", "key")
_UNSET = "unset"


def _value(value: str | None) -> str:
    return _UNSET if value is None else value


def column_notes(column: ColumnDiff) -> tuple[str, ...]:
    """How a column's statistics moved: nulls, mean length or value, shares of its values."""
    if column.before is None or column.after is None:
        return ("new" if column.before is None else "gone",)
    notes = []
    old, new = column.nulls
    if old != new:
        notes.append(f"nulls {percent(old)} → {percent(new)}")
    if column.measured and column.before.mean != column.after.mean:
        notes.append(f"{column.measured} {number(column.before.mean)} → {number(column.after.mean)}")
    drifts = [(drift.value, percent(drift.before), percent(drift.after)) for drift in column.drift[:DRIFTS]]
    return (*notes, *(f"{value} {before} → {after}" for value, before, after in drifts if before != after))


def reason_line(reason: ReasonChange) -> str:
    """`−31 now dropped by filter not repetitive(answer) (2 → 33 in all)`"""
    went = [f"−{reason.went:,} now dropped"] if reason.went else []
    came = [f"+{reason.came:,} no longer dropped"] if reason.came else []
    lead = ", ".join((*went, *came)) or "dropped"
    return f"{lead} by {reason.reason} ({reason.before:,} → {reason.after:,} in all)"


def fate_lines(fate: Fate) -> list[str]:
    """Rows that no filter explains."""
    lines = []
    if fate.went:
        lines.append(f"−{fate.went:,} not among the candidates any more")
    if fate.came:
        lines.append(f"+{fate.came:,} not among the candidates before")
    return lines


def percent(share: float) -> str:
    """As few digits as tell it from 0% and 100%."""
    if share in (0.0, 1.0):
        return f"{share:.0%}"
    if 0.1 <= share < 0.995:
        return f"{share:.0%}"
    if 0.0005 <= share < 0.9995:
        return f"{share:.1%}"
    return "<0.1%" if share < 0.5 else ">99.9%"


def number(value: float | None) -> str:
    if value is None:
        return "none"
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:.3g}"
