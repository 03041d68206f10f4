"""A diff in; what a terminal shows of it (80 columns, colours only when asked) out, line by line."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from runtime.diff.model import Attribution, DatasetDiff, Diff, MeasureChange, RowChange, SchemaChange, TableDiff
from runtime.diff.paint import Painter, Piece, Style
from runtime.diff.values import ABSENT, CellChange
from runtime.diff.view import (
    SIGNS,
    View,
    cause_line,
    column_notes,
    counts_line,
    coverage,
    fate_lines,
    number,
    percent,
    reason_line,
    shown_columns,
    shown_rows,
)

STYLES: dict[str, Style] = {"added": "insert", "removed": "delete", "changed": "change", "same": ""}
NAME = 20
CELL = 240
"""So many characters of a cell of an added or removed row are shown."""


def render_text(diff: Diff, view: View | None = None, *, width: int = 80, colour: bool = False) -> Iterator[str]:
    """Lines without their ends: causes, schema, counts, columns, measures, reasons, attribution, rows."""
    painter, view = Painter(width, colour), view or View()
    if not diff:
        yield painter.paint("", f"{diff.a_name} and {diff.b_name} hold the same data")
        return
    for number_, dataset in enumerate(diff.datasets):
        if number_:
            yield ""
        yield from _dataset(painter, diff, dataset, view)


def _dataset(painter: Painter, diff: Diff, dataset: DatasetDiff, view: View) -> Iterator[str]:
    short = diff.a[:8] if diff.a else "nothing"
    title = f"diff {diff.a_name}..{diff.b_name} {dataset.name}"
    yield painter.paint("head", title) + painter.paint("dim", f"  ({short}..{diff.b[:8]})")
    if dataset.state == "same":
        yield "no difference"
        return
    if dataset.state != "changed":
        yield f"dataset {dataset.state}"
    yield from _causes(painter, dataset)
    several = len(dataset.tables) > 1
    for table in dataset.tables:
        yield from _summary(painter, table, view, heading=several)
    yield from _measures(painter, dataset.measures)
    yield from _reasons(painter, dataset)
    for table in dataset.tables:
        yield from _rows(painter, table, view, heading=several)


def _causes(painter: Painter, dataset: DatasetDiff) -> Iterator[str]:
    if dataset.causes:
        yield from ("", "Cause")
    for cause in dataset.causes:
        yield from _entry(painter, cause.state, cause_line(cause))
    if dataset.state != "changed":
        return
    for source in dataset.sources:
        yield from ("", painter.paint("head", source.path))
        for line in source.lines:
            style: Style = "insert" if line.startswith("+") else "delete" if line.startswith("-") else ""
            style = "dim" if line.startswith("@@") else style
            yield from painter.wrap([Piece(style, line)], "  ", "      ")


def _entry(painter: Painter, state: str, text: str) -> list[str]:
    return painter.wrap([Piece(STYLES[state], SIGNS[state]), Piece("", f" {text}")], "  ", "      ")


def _summary(painter: Painter, table: TableDiff, view: View, *, heading: bool) -> Iterator[str]:
    if heading:
        state = f" ({table.state})" if table.state in ("added", "removed") else ""
        yield from ("", painter.paint("head", f"table {table.name}{state}"))
    if table.schema and table.state == "changed":
        yield from ("", "Schema")
        for change in table.schema:
            yield from _entry(painter, change.state, schema_line(change))
    yield from ("", counts_line(table.counts))
    if table.state == "changed":
        yield from _columns(painter, table, view)


def schema_line(change: SchemaChange) -> str:
    types = [type_ for type_ in (change.before, change.after) if type_ is not None]
    return f"{change.column}: {' → '.join(types)}"


def _columns(painter: Painter, table: TableDiff, view: View) -> Iterator[str]:
    columns = shown_columns(table, view)
    if not columns:
        return
    names = min(max(len(column.name) for column in columns), NAME)
    yield from ("", "Columns")
    for column in columns:
        lead = f"  {column.name:<{names}}  {_changed(column.changed, column.share):<16}"
        notes = ", ".join(column_notes(column))
        yield from painter.wrap([Piece("", notes)], lead, "      ")


def _changed(rows: int, share: float) -> str:
    return f"{rows:,} ({percent(share)})" if rows else "–"


def _measures(painter: Painter, measures: tuple[MeasureChange, ...]) -> Iterator[str]:
    moved = [measure for measure in measures if measure.before != measure.after]
    if not moved:
        return
    names = max(len(measure.name) for measure in moved)
    yield from ("", "Measures")
    for measure in moved:
        yield from painter.wrap([Piece("", f"  {measure.name:<{names}}  {measure_line(measure)}")], rest="      ")


def measure_line(measure: MeasureChange) -> str:
    return f"{number(measure.before)} → {number(measure.after)}"


def _reasons(painter: Painter, dataset: DatasetDiff) -> Iterator[str]:
    lines = [reason_line(reason) for reason in dataset.reasons]
    examples = [reason.examples for reason in dataset.reasons]
    fates = fate_lines(dataset.fate)
    if not lines and not fates:
        return
    yield from ("", "Why rows are missing or new")
    for line, keys in zip(lines, examples, strict=True):
        shown = f"{line}: {', '.join(keys)}" if keys else line
        yield from painter.wrap([Piece("", shown)], "  ", "      ")
    yield from (f"  {line}" for line in fates)


def _rows(painter: Painter, table: TableDiff, view: View, *, heading: bool) -> Iterator[str]:
    rows, more = shown_rows(table, view)
    lines = [attribution_line(found) for found in table.attribution]
    if heading and (rows or lines):
        yield from ("", painter.paint("head", f"table {table.name}"))
    if lines:
        yield ""
    for line in lines:
        yield from painter.wrap([Piece("", line)], rest="    ")
    if drawn := coverage(table, view):
        yield from ("", str(drawn))
    for row in rows:
        yield ""
        yield from _row(painter, row)
    if more:
        yield from ("", "… more rows: --limit N")


def attribution_line(found: Attribution) -> str:
    share, base = percent(found.rows / found.of), percent(found.base)
    return f"{share} of the {found.state} rows have {found.column} = {found.value} (of all rows: {base})"


def _row(painter: Painter, row: RowChange) -> Iterator[str]:
    style = STYLES[row.state]
    yield from painter.wrap([Piece(style, f"{SIGNS[row.state]} {row.key}")], rest="    ")
    cells = row.cells
    names = min(max((len(cell.path) for cell in cells), default=0), NAME)
    for cell in cells:
        yield from painter.wrap(_cell(painter, row, cell), f"    {cell.path:<{names}}  ", "        ")


def _cell(painter: Painter, row: RowChange, cell: CellChange) -> list[Piece]:
    if row.state != "changed":
        value = plain(cell.after if row.state == "added" else cell.before)
        return [Piece("", value if len(value) <= CELL else f"{value[:CELL].rstrip()} …")]
    marks = cell.marks
    if marks is not None:
        return painter.marked(marks)
    old, new = plain(cell.before), plain(cell.after)
    return [Piece("delete", old), Piece("", " → "), Piece("insert", new)]


def plain(value: object) -> str:
    """A value on one line: text as it is, the rest as JSON; what is not there at all as `–`."""
    if value is ABSENT:
        return "–"
    return value if isinstance(value, str) else orjson.dumps(value).decode()
