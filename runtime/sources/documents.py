"""A folder of documents in (text, Markdown, HTML, PDF); a row for each, or for each of its chunks, out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path

from compiler.catalog import ColumnType
from runtime.sources.chunks import chunks
from runtime.sources.document import Document
from runtime.sources.place import Where
from runtime.sources.raw import SUFFIXES, Raw

Parse = Callable[[Where, Path], Document]
_CHUNK: Mapping[str, ColumnType] = {"id": "str", "document": "str", "chunk": "int"}
_OF: Mapping[str, tuple[Mapping[str, ColumnType], Mapping[str, ColumnType]]] = {
    "text": ({}, {}),
    "markdown": ({"title": "str"}, {"heading": "str"}),
    "html": ({"title": "str"}, {"heading": "str"}),
    "pdf": ({"title": "str", "pages": "int"}, {"page": "int"}),
}
"""Columns besides `id`, `path` and `text`: of a document, and of its chunks as well."""


def columns(where: Where) -> dict[str, ColumnType]:
    """Known without opening a file."""
    where.files(SUFFIXES[where.kind])
    whole, part = _OF[where.kind]
    if where.options.chunk is None:
        return {"id": "str", "path": "str", **whole, "text": "str"}
    return {**_CHUNK, "path": "str", **whole, **part, "text": "str"}


def rows(where: Where) -> Iterator[Raw]:
    """A document without any text is one row with an empty `text`, which the loading leaves out and tells."""
    parse: Parse = import_module(f"runtime.sources.{where.kind}").parse
    stem = where.stem()
    for path in where.files(SUFFIXES[where.kind]):
        found = parse(where, path)
        name = path.relative_to(stem).with_suffix("").as_posix()
        whole = {"path": where.shown(path), **_further(where.kind, found)}
        if where.options.chunk is None:
            yield {"id": name, **whole, "text": found.text}, where.shown(path)
        else:
            yield from _parts(where, name, whole, found)


def _further(kind: str, found: Document) -> dict[str, object]:
    values: dict[str, object] = {"title": found.title, "pages": len(found.pages)}
    return {name: values[name] for name in _OF[kind][0]}


def _parts(where: Where, name: str, whole: dict[str, object], found: Document) -> Iterator[Raw]:
    assert where.options.chunk is not None
    sections = found.sections()
    starts = [start for start, _ in sections]
    bounds = chunks(found.text, where.options.chunk, where.options.overlap, starts, found.begin)
    number = 0
    for number, (start, end) in enumerate(bounds, start=1):
        section = bisect_right(starts, start)
        values = {
            "heading": sections[section - 1][1] if section else "",
            "page": max(bisect_right(found.pages, start), 1),
        }
        part = {"id": f"{name}#{number}", "document": name, "chunk": number, **whole}
        further = {key: values[key] for key in _OF[where.kind][1]}
        yield {**part, **further, "text": found.text[start:end]}, f"{whole['path']}, chunk {number}"
    if not number:
        yield {"id": name, **whole, "text": ""}, str(whole["path"])
