"""A place in a spec in; what a reader wants to know of it, as Markdown, out."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from compiler.queries.hover import Hover
from dsl.source import Span
from runtime.lsp import configuration
from runtime.lsp.feature import Feature
from runtime.lsp.markdown import fenced
from runtime.lsp.view import View


def hover(view: View, params: types.HoverParams) -> types.Hover | None:
    found = view.project.workspace.hover(view.path, view.offset(params.position))
    if found is None:
        return None
    text = "\n\n".join(_parts(view, found))
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text), view.range(found.span))


def _parts(view: View, found: Hover) -> Iterator[str]:
    yield fenced(found.title, "synth")
    if found.doc:
        yield found.doc
    yield from found.facts
    if found.place is not None and (where := _where(view, found.place)):
        yield where


def _where(view: View, place: Span) -> str:
    """A link to another file; in this one, a reader sees it or goes there."""
    location = view.location(place) if place.path != view.path else None
    if location is None:
        return ""
    line = location.range.start.line + 1
    return f"[{place.path}:{line}]({location.uri}#L{line})"


FEATURES = (Feature(types.TEXT_DOCUMENT_HOVER, hover, configuration=configuration.hover),)
