"""Files in; their rows as plain records, each with the place it comes from, out. Nothing is checked yet.

One function per format; a file that is not what its reader expects is a diagnostic (E0608) with its line.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from dsl.diagnostics import SynthError
from runtime.sources.place import Where

Raw = tuple[dict[str, Any], str]
"""A row and where it stands, as in `inputs/pages.jsonl:3`."""

BOM = b"\xef\xbb\xbf"
TAB = "\t"
NOT_UTF_8 = "it is not UTF-8"


def jsonl(where: Where) -> Iterator[Raw]:
    for path in where.files((".jsonl",)):
        shown = where.shown(path)
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    place = f"{shown}:{number}"
                    yield _record(where, _json(where, line.removeprefix(BOM), place), place), place


def json(where: Where) -> Iterator[Raw]:
    """A list of records, or one record."""
    for path in where.files((".json",)):
        found = _json(where, path.read_bytes().removeprefix(BOM), where.shown(path))
        for number, item in enumerate(found if isinstance(found, list) else [found], start=1):
            place = f"{where.shown(path)}, item {number}"
            yield _record(where, item, place), place


def _json(where: Where, data: bytes, place: str) -> Any:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        said = str(error).split(": line", 1)[0]
        if "surrogates" in said or "utf-8" in said.lower():
            raise unreadable(where, place, f"not JSON: {NOT_UTF_8}", "save the file as UTF-8") from None
        raise unreadable(where, place, f"not JSON: {said}") from None


def _record(where: Where, value: Any, place: str) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    kind = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}.get(type(value), "a number")
    raise unreadable(where, place, f"a row is a record, and this is {kind}")


def csv_(where: Where) -> Iterator[Raw]:
    """Comma, or tab in a `.tsv`; the first line names the columns. Every cell is text."""
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    for path in where.files((".csv", ".tsv")):
        with path.open(encoding="utf-8-sig", newline="") as text:
            yield from _cells(where, path, csv.reader(text, delimiter=_delimiter(path), strict=True))


def _cells(where: Where, path: Path, reader: Any) -> Iterator[Raw]:
    header: list[str] | None = None
    shown = where.shown(path)
    try:
        for cells in reader:
            place = f"{shown}:{reader.line_num}"
            if header is None:
                header = _header(where, cells, place)
            elif cells:
                if len(cells) != len(header):
                    raise unreadable(where, place, f"{len(cells)} cells, and {len(header)} columns")
                yield dict(zip(header, cells, strict=True)), place
    except csv.Error as error:
        raise unreadable(where, f"{shown}:{reader.line_num}", f"not CSV: {error}") from None
    except UnicodeDecodeError:
        raise unreadable(where, f"{shown}:{_first_bad(path)}", NOT_UTF_8, "save the file as UTF-8") from None
    if header is None:
        raise unreadable(where, shown, "it is empty, and its first line should name the columns")


def _header(where: Where, cells: list[str], place: str) -> list[str]:
    names = [cell.strip() for cell in cells]
    other = next((sign for sign in (";", "\t", "|") if len(names) == 1 and sign in names[0]), None)
    if other is not None:
        parted = f"its columns are parted by {'tabs' if other == TAB else f'`{other}`'}, and not by commas"
        raise unreadable(where, place, parted, "write commas; or tabs, in a file that ends in `.tsv`")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise unreadable(where, place, f"two columns are called `{twice}`" if twice else "two columns have no name")
    return names


def header(where: Where) -> list[str]:
    """What the first lines of CSV files call their columns, with or without rows below."""
    files = where.files((".csv", ".tsv"))
    return list(dict.fromkeys(name for path in files for name in _named(where, path)))


def _named(where: Where, path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as text:
        cells = next(csv.reader(text, delimiter=_delimiter(path), strict=True), [])
    return _header(where, cells, f"{where.shown(path)}:1")


def _delimiter(path: Path) -> str:
    return TAB if path.suffix == ".tsv" else ","


def _first_bad(path: Path) -> int:
    """The line with the first bytes that are not UTF-8: a reader decodes many lines at once."""
    with path.open("rb") as lines:
        return next(number for number, line in enumerate(lines, start=1) if not _decodes(line))


def _decodes(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def unreadable(where: Where, place: str, reason: str, mend: str | None = None) -> SynthError:
    return where.error("E0608", f"`{place}` cannot be read as {where.kind}: {reason}", help=mend)


def _document(where: Where) -> Iterator[Raw]:
    from runtime.sources import documents

    return documents.rows(where)


def _hf(where: Where) -> Iterator[Raw]:
    from runtime.sources import hf

    return hf.rows(where)


def _parquet(where: Where) -> Iterator[Raw]:
    from runtime.sources import parquet

    return parquet.rows(where)


def _sql(where: Where) -> Iterator[Raw]:
    from runtime.sources import sql

    return sql.rows(where)


def _dataset(where: Where) -> Iterator[Raw]:
    from runtime.sources import stored

    return stored.rows(where)


def _python(where: Where) -> Iterator[Raw]:
    from runtime.sources import python_file

    return python_file.rows(where)


READERS: Mapping[str, Callable[[Where], Iterator[Raw]]] = {
    "jsonl": jsonl,
    "json": json,
    "csv": csv_,
    "text": _document,
    "markdown": _document,
    "html": _document,
    "pdf": _document,
    "parquet": _parquet,
    "hf": _hf,
    "sql": _sql,
    "dataset": _dataset,
    "python": _python,
}
SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "jsonl": (".jsonl",),
    "json": (".json",),
    "csv": (".csv", ".tsv"),
    "parquet": (".parquet",),
    "text": (".txt",),
    "markdown": (".md", ".markdown"),
    "html": (".html", ".htm", ".xhtml"),
    "pdf": (".pdf",),
}
DOCUMENTS = ("text", "markdown", "html", "pdf")
"""Readers of texts, each file a row or several chunks."""
COMPUTED = ("sql", "python")
"""Readers whose rows are not a function of the files named: their digest is that of the rows."""


def locate(where: Where) -> tuple[Path, ...]:
    """The files that a source reads, looked for and not opened; none for a query, which names them itself."""
    if where.kind in SUFFIXES:
        return where.files(SUFFIXES[where.kind])
    if where.kind == "hf":
        from runtime.sources import hf

        return hf.files(where)
    return (where.file(),) if where.kind == "python" else ()


def rows(where: Where) -> Iterator[Raw]:
    """All rows of a source in file order."""
    if where.kind not in READERS:
        raise where.error("E0601", f"there is no reader `{where.kind}`", f"readers: {', '.join(READERS)}")
    return READERS[where.kind](where)


def empty(where: Where, row: Mapping[str, Any]) -> bool:
    """Whether the row stands for a document without text (a scanned PDF, a page that only scripts fill)."""
    unwanted = where.kind in ("html", "pdf") or where.options.chunk is not None
    return unwanted and row["text"] == ""
