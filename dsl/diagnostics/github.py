"""Diagnostics and their sources in; GitHub workflow commands out, which put each beside its line of a pull request."""

from __future__ import annotations

from collections.abc import Iterable

from dsl.diagnostics.catalogue import page
from dsl.diagnostics.model import Diagnostic, SourceOf


def github(diagnostics: Iterable[Diagnostic], source_of: SourceOf) -> str:
    """One line each: `::error file=specs/a.synth,line=3,col=5,endColumn=9,title=E0312: …::message`."""
    return "".join(f"{_command(diagnostic, source_of)}\n" for diagnostic in diagnostics)


def _command(diagnostic: Diagnostic, source_of: SourceOf) -> str:
    about = page(diagnostic.code)
    title = f"{diagnostic.code}: {about.title}" if about else diagnostic.code
    properties = ",".join(
        f"{key}={_property(value)}" for key, value in (*_place(diagnostic, source_of), ("title", title))
    )
    said = [diagnostic.message, diagnostic.label, *diagnostic.notes, diagnostic.help or ""]
    return f"::{diagnostic.severity.value} {properties}::{_data(chr(10).join(filter(None, said)))}"


def _place(diagnostic: Diagnostic, source_of: SourceOf) -> list[tuple[str, str]]:
    span = diagnostic.span
    if span is None:
        return []
    source = source_of(span.path)
    if source is None:
        return [("file", span.path)]
    start, end = source.position(span.start), source.position(span.end)
    lines = [("file", span.path), ("line", str(start.line)), ("endLine", str(end.line))]
    columns = [("col", str(start.column)), ("endColumn", str(end.column))]
    return [*lines, *columns] if start.line == end.line else lines


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
