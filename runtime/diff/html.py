"""A diff in; one page of HTML that needs nothing else out, line by line. Nothing a model wrote can act as markup.

The page holds no script and may load nothing: its policy says so to the browser as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

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

CELL = 4_000
"""So many characters of a cell of an added or removed row are shown."""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
STYLE = """
:root { color-scheme: light dark; --add: #1a7f3733; --del: #cf222e33; --line: #8884 }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
h1, h2, h3 { line-height: 1.25 } h1 small { font-weight: normal; opacity: .7 }
table { border-collapse: collapse; margin: .5rem 0 }
th, td { border: 1px solid var(--line); padding: .25rem .5rem; text-align: left; vertical-align: top }
td { white-space: pre-wrap; overflow-wrap: anywhere }
ins { background: var(--add); text-decoration: none } del { background: var(--del) }
pre { overflow-x: auto; border: 1px solid var(--line); padding: .5rem } pre ins, pre del { display: block }
summary { cursor: pointer; font-family: monospace } .added summary { background: var(--add) }
.removed summary { background: var(--del) } .counts { font-weight: bold }
"""


def render_html(diff: Diff, view: View | None = None) -> Iterator[str]:
    """The same order as on a terminal; rows fold open one by one."""
    view = view or View()
    title = f"{diff.a_name} → {diff.b_name}"
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    yield '<meta name="viewport" content="width=device-width">'
    yield f"<title>{_text(title)}</title><style>{STYLE}</style></head><body>"
    ids = f"{diff.a[:8] if diff.a else 'nothing'}..{diff.b[:8]}"
    yield f"<h1>{_text(title)} <small>{_text(ids)}</small></h1>"
    if not diff:
        yield "<p>Both hold the same data.</p>"
    for dataset in diff.datasets:
        yield from _dataset(dataset, view)
    yield "</body></html>"


def _dataset(dataset: DatasetDiff, view: View) -> Iterator[str]:
    state = f" ({dataset.state})" if dataset.state != "changed" else ""
    yield f"<section><h2>{_text(dataset.name)}{_text(state)}</h2>"
    yield from _list(map(cause_line, dataset.causes))
    if dataset.state == "changed":
        for source in dataset.sources:
            lines = "".join(map(_line, source.lines))
            yield f"<details><summary>{_text(source.path)}</summary><pre>{lines}</pre></details>"
    for table in dataset.tables:
        yield from _summary(table, view, heading=len(dataset.tables) > 1)
    moved = [measure for measure in dataset.measures if measure.before != measure.after]
    yield from _table(("measure", "before → after"), ((measure.name, measure_line(measure)) for measure in moved))
    reasons = [*map(reason_line, dataset.reasons), *fate_lines(dataset.fate)]
    if reasons:
        yield "<h3>Why rows are missing or new</h3>"
        yield from _list(reasons)
    for table in dataset.tables:
        yield from _rows(table, view)
    yield "</section>"


def _line(line: str) -> str:
    """A line of a spec's own diff."""
    tag = {"+": "ins", "-": "del"}.get(line[:1])
    return f"<{tag}>{_text(line)}</{tag}>" if tag else f"{_text(line)}\n"


def _summary(table: TableDiff, view: View, *, heading: bool) -> Iterator[str]:
    if heading:
        yield f"<h3>{_text(table.name)}</h3>"
    if table.state == "changed":
        yield from _list(f"{SIGNS[change.state]} {schema_line(change)}" for change in table.schema)
    yield f'<p class="counts">{_text(counts_line(table.counts))}</p>'
    columns = shown_columns(table, view) if table.state == "changed" else []
    rows = (
        (column.name, f"{column.changed:,} ({percent(column.share)})", ", ".join(column_notes(column)))
        for column in columns
    )
    yield from _table(("column", "rows changed", "drift"), rows)


def _rows(table: TableDiff, view: View) -> Iterator[str]:
    rows, more = shown_rows(table, view)
    yield from _list(map(attribution_line, table.attribution))
    if drawn := coverage(table, view):
        yield f"<p>{_text(str(drawn))}</p>"
    for row in rows:
        yield f'<details class="{row.state}"><summary>{SIGNS[row.state]} {_text(row.key)}</summary><table>'
        yield from (f"<tr><th>{_text(cell.path)}</th><td>{_cell(row, cell)}</td></tr>" for cell in row.cells)
        yield "</table></details>"
    if more:
        yield "<p>… and more rows.</p>"


def _cell(row: RowChange, cell: CellChange) -> str:
    if row.state != "changed":
        value = plain(cell.after if row.state == "added" else cell.before)
        return _text(value if len(value) <= CELL else f"{value[:CELL]} …")
    marks = cell.marks or (Mark("delete", plain(cell.before)), Mark("insert", plain(cell.after)))
    last = len(marks) - 1
    return "".join(_mark(mark, first=i == 0, last=i == last) for i, mark in enumerate(marks))


def _mark(mark: Mark, *, first: bool, last: bool) -> str:
    if mark.op == "equal":
        return _text(shortened(mark.text, first=first, last=last))
    tag = "del" if mark.op == "delete" else "ins"
    return f"<{tag}>{_text(mark.text)}</{tag}>"


def _list(lines: Iterable[str]) -> Iterator[str]:
    items = "".join(f"<li>{_text(line)}</li>" for line in lines)
    if items:
        yield f"<ul>{items}</ul>"


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    body = "".join(f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in row)}</tr>" for row in rows)
    if body:
        yield f"<table><tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr>{body}</table>"


def _text(text: str) -> str:
    """Markup as text, and what cannot be seen (control characters, changes of direction) as signs."""
    return escape("\n".join(visible(line)[0] for line in text.split("\n")))
