"""Diagnostics and their sources in; a SARIF 2.1.0 log out, as code scanning and editors read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dsl.diagnostics.catalogue import page
from dsl.diagnostics.model import Diagnostic, Fix, SourceOf
from dsl.source import Span

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(diagnostics: Sequence[Diagnostic], source_of: SourceOf) -> dict[str, Any]:
    """One run; its rules are the codes that were found. Columns count characters (`unicodeCodePoints`)."""
    codes = sorted({diagnostic.code for diagnostic in diagnostics})
    driver = {"name": "synth", "rules": [_rule(code) for code in codes]}
    results = [_result(diagnostic, codes.index(diagnostic.code), source_of) for diagnostic in diagnostics]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str) -> dict[str, Any]:
    about = page(code)
    if about is None:
        return {"id": code}
    return {
        "id": code,
        "shortDescription": {"text": about.title},
        "fullDescription": {"text": about.text},
        "help": {"text": f"synth explain {code}", "markdown": about.markdown},
    }


def _result(diagnostic: Diagnostic, rule: int, source_of: SourceOf) -> dict[str, Any]:
    said = [diagnostic.message, diagnostic.label, *diagnostic.notes, diagnostic.help or ""]
    found: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": diagnostic.severity.value,
        "message": {"text": "\n".join(filter(None, said))},
        "locations": [] if diagnostic.span is None else [_location(diagnostic.span, source_of)],
    }
    if diagnostic.related:
        also = [{**_location(r.span, source_of), "message": {"text": r.message}} for r in diagnostic.related]
        found["relatedLocations"] = [{"id": number, **place} for number, place in enumerate(also)]
    if diagnostic.fixes:
        found["fixes"] = [_fix(fix, source_of) for fix in diagnostic.fixes]
    return found


def _location(span: Span, source_of: SourceOf) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": span.path}}
    region = _region(span, source_of)
    return {"physicalLocation": {**place, "region": region} if region else place}


def _region(span: Span, source_of: SourceOf) -> dict[str, int] | None:
    source = source_of(span.path)
    if source is None:
        return None
    start, end = source.position(span.start), source.position(span.end)
    return {"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column}


def _fix(fix: Fix, source_of: SourceOf) -> dict[str, Any]:
    changes = [
        {
            "artifactLocation": {"uri": edit.span.path},
            "replacements": [
                {"deletedRegion": _region(edit.span, source_of) or {}, "insertedContent": {"text": edit.text}}
            ],
        }
        for edit in fix.edits
    ]
    return {"description": {"text": fix.title}, "artifactChanges": changes}
