"""Diagnostics and their sources in; plain JSON values for scripts and editors out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dsl.diagnostics.catalogue import page
from dsl.diagnostics.model import Diagnostic, Fix, SourceOf
from dsl.source import Source, Span


def diagnostics_json(diagnostics: Iterable[Diagnostic], source_of: SourceOf) -> list[dict[str, Any]]:
    return [diagnostic_json(diagnostic, source_of) for diagnostic in diagnostics]


def diagnostic_json(diagnostic: Diagnostic, source_of: SourceOf) -> dict[str, Any]:
    """One diagnostic with every key always present; lines and columns count from 1, ends are exclusive."""
    about = page(diagnostic.code)
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "title": about.title if about else None,
        "message": diagnostic.message,
        "label": diagnostic.label,
        "place": _place(diagnostic.span, source_of),
        "related": [{"message": r.message, "place": _place(r.span, source_of)} for r in diagnostic.related],
        "notes": list(diagnostic.notes),
        "help": diagnostic.help,
        "fixes": [_fix(fix, source_of) for fix in diagnostic.fixes],
    }


def _fix(fix: Fix, source_of: SourceOf) -> dict[str, Any]:
    edits = [{"place": _place(edit.span, source_of), "text": edit.text} for edit in fix.edits]
    return {"title": fix.title, "safe": fix.safe, "edits": edits}


def _place(span: Span | None, source_of: SourceOf) -> dict[str, Any] | None:
    if span is None:
        return None
    source = source_of(span.path)
    if source is None:
        return {"path": span.path, "start": None, "end": None}
    return {"path": span.path, "start": _point(source, span.start), "end": _point(source, span.end)}


def _point(source: Source, offset: int) -> dict[str, int]:
    at = source.position(offset)
    return {"line": at.line, "column": at.column, "offset": offset}
