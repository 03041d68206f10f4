"""A query in; its rows, as a table for people, or CSV, JSON or JSON lines for scripts and trainers, out."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

import typer

from dsl.diagnostics.cells import text_width, visible, window
from runtime.cli.console import paint, plural, say, say_json, width
from runtime.cli.context import Context

NARROW = 6
"""Cells below which no column is cut."""


class Format(StrEnum):
    """How rows are printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"


def run(
    sql: str = typer.Argument(metavar="QUERY", help="One query in DuckDB's SQL; `-` reads it from stdin."),
    form: Format = typer.Option(Format.TABLE, "--format", help="How rows are printed."),
    as_json: bool = typer.Option(False, "--json", help="The same as --format json."),
    at: str = typer.Option(None, "--at", metavar="REF", help="The version of names without `@`; else this branch."),
    limit: int = typer.Option(
        50, "--limit", metavar="N", min=1, help="So many rows of a table at most; other formats have all."
    ),
) -> None:
    """Query any dataset at any version: name, name@ref, name.rejected, name.calls.

    Example: synth sql "select passage, count(*) from python_qa@main group by 1"
    """
    from runtime.query import query

    context = Context.here()
    text = sys.stdin.read() if sql == "-" else sql
    result = query(context.store, text, context.ref(at))
    chosen = Format.JSON if as_json else form
    if chosen in (Format.JSON, Format.JSONL):
        names = _unique(result.columns)
        records = (dict(zip(names, map(_json, row), strict=True)) for row in result.rows())
        say_json([*records]) if chosen is Format.JSON else _say_lines(records)
    elif chosen is Format.CSV:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(result.columns)
        writer.writerows([_csv(value) for value in row] for row in result.rows())
    else:
        for line in table(result.columns, result.rows(), limit, width()):
            say(line)


def _say_lines(records: Iterable[Mapping[str, Any]]) -> None:
    import orjson

    for record in records:
        sys.stdout.write(orjson.dumps(record).decode() + "\n")


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]], limit: int, room: int) -> list[str]:
    """Columns as wide as they need where there is room, else cut with `…`; numbers stand to the right.

    More columns than fit at all are written below each other, row by row. The last line counts.
    """
    shown = [[_cell(value) for value in row] for row in rows[:limit]]
    right = [all(isinstance(row[i], int | float | None) for row in rows[:limit]) for i in range(len(columns))]
    widths = _widths([list(columns), *shown], room)
    if not _fits(widths, room):
        return [*_records(columns, shown, room), _count(len(rows), limit)]
    lines = [paint(_line(columns, widths, right), "bold"), "  ".join("─" * wide for wide in widths)]
    lines += [_line(row, widths, right) for row in shown]
    return [*lines, _count(len(rows), limit)]


def _count(rows: int, limit: int) -> str:
    more = f", {limit:,} of them shown (--limit)" if rows > limit else ""
    return paint(f"{plural(rows, 'row')}{more}", "dim")


def _records(columns: Sequence[str], rows: Sequence[Sequence[str]], room: int) -> list[str]:
    names = max(map(text_width, columns))
    lines = []
    for number, row in enumerate(rows, start=1):
        lines.append(paint(f"row {number}", "bold"))
        for name, cell in zip(columns, row, strict=True):
            lines.append(f"  {name.ljust(names)}  {window(cell, 0, 0, max(20, room - names - 4))[0]}")
    return lines


def _fits(widths: Sequence[int], room: int) -> bool:
    return sum(widths) + 2 * (len(widths) - 1) <= room


def _widths(rows: Sequence[Sequence[str]], room: int) -> list[int]:
    """What each column needs; the widest give way, one cell at a time, until the line fits or all are narrow."""
    widths = [max(1, *(text_width(row[i]) for row in rows)) for i in range(len(rows[0]))]
    while not _fits(widths, room) and max(widths) > NARROW:
        widths[widths.index(max(widths))] -= 1
    return widths


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    parts = []
    for cell, wide, to_right in zip(cells, widths, right, strict=True):
        cut = window(cell, 0, 0, wide)[0]
        space = " " * (wide - text_width(cut))
        parts.append(space + cut if to_right else cut + space)
    return "  ".join(parts).rstrip()


def _cell(value: Any) -> str:
    """On one line, and nothing in it acts on the terminal."""
    text = "null" if value is None else f"{value:.6g}" if isinstance(value, float) else _csv(value)
    return visible(" ".join(str(text).split()))[0]


def _csv(value: Any) -> Any:
    import orjson

    if isinstance(value, dict | list):
        return orjson.dumps(_json(value), option=orjson.OPT_NON_STR_KEYS).decode()
    return value


def _json(value: Any) -> Any:
    """Values that JSON has no form for (dates, decimals, bytes) as texts."""
    if isinstance(value, dict):
        return {str(key): _json(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_json(inner) for inner in value]
    if isinstance(value, bytes):
        return value.hex()
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _unique(names: Sequence[str]) -> list[str]:
    """Two columns may have one name; a JSON object may not."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return found
