"""A diagnostic in; the same as an editor shows it out: its place, the other places, its page, what would mend it."""

from __future__ import annotations

from collections.abc import Iterable

from lsprotocol import types
from pygls.uris import from_fs_path

from compiler.consequences import UNUSED
from dsl.diagnostics import Diagnostic, Severity
from dsl.diagnostics.catalogue import FOLDER
from runtime.lsp.view import START, View

SOURCE = "synth"


def shown(found: Iterable[Diagnostic], view: View) -> list[types.Diagnostic]:
    """Of those that lie in the view's own text, or nowhere: these stand at its first line."""
    return [_one(one, view) for one in found]


def _one(found: Diagnostic, view: View) -> types.Diagnostic:
    return types.Diagnostic(
        range=_place(found, view),
        message=message(found),
        severity=severity(found),
        code=found.code,
        code_description=page(found.code),
        source=SOURCE,
        tags=[types.DiagnosticTag.Unnecessary] if found.code in UNUSED else None,
        related_information=_related(found, view) or None,
    )


def _place(found: Diagnostic, view: View) -> types.Range:
    location = view.location(found.span) if found.span else None
    return location.range if location else START


def message(found: Diagnostic) -> str:
    """As on a terminal, without the place: that is underlined."""
    first = f"{found.message}: {found.label}" if found.label else found.message
    return "\n".join([first, *found.notes, *([f"help: {found.help}"] if found.help else [])])


def severity(found: Diagnostic) -> types.DiagnosticSeverity:
    return types.DiagnosticSeverity.Error if found.severity is Severity.ERROR else types.DiagnosticSeverity.Warning


def page(code: str) -> types.CodeDescription | None:
    file = FOLDER / f"{code}.md"
    return types.CodeDescription(str(from_fs_path(str(file)))) if file.is_file() else None


def _related(found: Diagnostic, view: View) -> list[types.DiagnosticRelatedInformation]:
    placed = ((view.location(related.span), related.message) for related in found.related)
    return [types.DiagnosticRelatedInformation(place, text) for place, text in placed if place is not None]
