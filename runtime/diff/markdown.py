"""A diff in; Markdown for a pull request out, line by line. Nothing a model wrote can act as markup."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsl.diagnostics.cells import visible
from runtime.diff.model import DatasetDiff, Diff, RowChange, TableDiff
from runtime.diff.paint import shortened
from runtime.diff.text import attribution_line, measure_line, plain, schema_line
from runtime.diff.values import CellChange
from runtime.diff.view import (
    SIGNS,
    View,
    cause_line,
    column_notes,
    counts_line,
    coverage,
    fate_lines,
    percent,
    reason_line,
    shown_columns,
    shown_rows,
)
from runtime.diff.words import Mark

_ACTIVE = re.compile(r"[\\`*\[\]<>&#|@$]|~(?=~)|(?<=~)~|(?<!\w)_|_(?!\w)|:(?=//|\w+:)|(?<=www)\.")
"""Characters that Markdown, GitHub's additions to it (links, mentions, strikes, emoji, formulas) or HTML act on."""
CELL = 600


def render_markdown(diff: Diff, view: View | None = None) -> Iterator[str]:
    """The same order as on a terminal; rows fold open one by one."""
    view = view or View()
    yield f"## {escaped(diff.a_name)} → {escaped(diff.b_name)}"
    if not diff:
        yield from ("", "Both hold the same data.")
    for dataset in diff.datasets:
        yield from _dataset(dataset, view)


def _dataset(dataset: DatasetDiff, view: View) -> Iterator[str]:
    yield from ("", f"### {escaped(dataset.name)}" + (f" ({dataset.state})" if dataset.state != "changed" else ""))
    if dataset.causes:
        yield from ("", *(f"- {escaped(cause_line(cause))}" for cause in dataset.causes))
    yield from _sources(dataset)
    for table in dataset.tables:
        yield from _summary(table, view, heading=len(dataset.tables) > 1)
    moved = [measure for measure in dataset.measures if measure.before != measure.after]
    if moved:
        yield from ("", "| measure | before → after |", "| --- | --- |")
        yield from (f"| {escaped(measure.name)} | {measure_line(measure)} |" for measure in moved)
    reasons = [*map(reason_line, dataset.reasons), *fate_lines(dataset.fate)]
    if reasons:
        yield from ("", "Why rows are missing or new:", "", *(f"- {escaped(line)}" for line in reasons))
    for table in dataset.tables:
        yield from _rows(table, view)


def _sources(dataset: DatasetDiff) -> Iterator[str]:
    for source in dataset.sources if dataset.state == "changed" else ():
        fence = "`" * max(3, 1 + max((len(run) for line in source.lines for run in re.findall("`+", line)), default=0))
        yield from (
            "",
            f"{escaped(source.path)}",
            "",
            f"{fence}diff",
            *(visible(line)[0] for line in source.lines),
            fence,
        )


def _summary(table: TableDiff, view: View, *, heading: bool) -> Iterator[str]:
    if heading:
        yield from ("", f"#### {escaped(table.name)}")
    if table.schema and table.state == "changed":
        yield from ("", *(f"- {SIGNS[change.state]} {escaped(schema_line(change))}" for change in table.schema))
    yield from ("", f"**{counts_line(table.counts)}**")
    columns = shown_columns(table, view) if table.state == "changed" else []
    if columns:
        yield from ("", "| column | rows changed | drift |", "| --- | --- | --- |")
    for column in columns:
        notes = escaped(", ".join(column_notes(column)))
        yield f"| {escaped(column.name)} | {column.changed:,} ({percent(column.share)}) | {notes} |"


def _rows(table: TableDiff, view: View) -> Iterator[str]:
    rows, more = shown_rows(table, view)
    if table.attribution:
        yield ""
    yield from (f"- {escaped(attribution_line(found))}" for found in table.attribution)
    if drawn := coverage(table, view):
        yield from ("", str(drawn))
    for row in rows:
        yield from _row(row)
    if more:
        yield from ("", "… and more rows.")


def _row(row: RowChange) -> Iterator[str]:
    yield from ("", f"<details><summary>{SIGNS[row.state]} {escaped(row.key)}</summary>", "")
    yield from ("| column | |", "| --- | --- |")
    yield from (f"| {escaped(cell.path)} | {_cell(row, cell)} |" for cell in row.cells)
    yield from ("", "</details>")


def _cell(row: RowChange, cell: CellChange) -> str:
    if row.state != "changed":
        value = plain(cell.after if row.state == "added" else cell.before)
        return escaped(value if len(value) <= CELL else f"{value[:CELL]} …")
    marks = cell.marks or (Mark("delete", plain(cell.before)), Mark("insert", plain(cell.after)))
    last = len(marks) - 1
    return "".join(_mark(mark, first=i == 0, last=i == last) for i, mark in enumerate(marks))


def _mark(mark: Mark, *, first: bool, last: bool) -> str:
    if mark.op == "equal":
        return escaped(shortened(mark.text, first=first, last=last))
    tag = "del" if mark.op == "delete" else "ins"
    return f"<{tag}>{escaped(mark.text)}</{tag}>"


def escaped(text: str) -> str:
    """Active characters become entities, which hold inside HTML too; line ends become `<br>`.

    What cannot be seen (control characters, changes of direction) becomes a sign: an entity of it would still act.
    """
    lines = [visible(line)[0] for line in text.replace("\r\n", "\n").split("\n")]
    return "<br>".join(_ACTIVE.sub(lambda found: f"&#{ord(found[0])};", line) for line in lines)
