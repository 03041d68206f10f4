"""A place in a spec in; where what it names is declared and where else it is named, and files that are linked, out."""

from __future__ import annotations

from collections.abc import Iterable

from lsprotocol import types

from dsl.source import Span
from runtime.lsp import configuration
from runtime.lsp.feature import Feature
from runtime.lsp.view import View


def definition(view: View, params: types.DefinitionParams) -> types.Location | None:
    """In whatever file, the library that ships with synth included."""
    found = view.project.workspace.definition(view.path, view.offset(params.position))
    return view.location(found) if found is not None else None


def references(view: View, params: types.ReferenceParams) -> list[types.Location]:
    """In all specs of the project, as the editor holds them."""
    offset, declaration = view.offset(params.position), params.context.include_declaration
    return list(_placed(view, view.project.workspace.references(view.path, offset, declaration)))


def highlights(view: View, params: types.DocumentHighlightParams) -> list[types.DocumentHighlight]:
    """In this text alone. Where it is declared counts as where it is written."""
    offset = view.offset(params.position)
    declared = view.analysis.definition(view.path, offset)
    kinds = types.DocumentHighlightKind
    return [
        types.DocumentHighlight(view.range(span), kinds.Write if span == declared else kinds.Read)
        for span in view.analysis.references(view.path, offset, declaration=True)
        if span.path == view.path
    ]


def links(view: View, params: types.DocumentLinkParams) -> list[types.DocumentLink]:
    """Imports, and files that are read, as far as they are there."""
    root = view.project.root
    return [
        types.DocumentLink(view.range(found.span), target=view.project.uri(found.subject.name))
        for found in view.analysis.index.of_file(view.path)
        if found.subject.what == "file"
        and (found.subject.name.startswith("std/") or (root / found.subject.name).is_file())
    ]


def _placed(view: View, spans: Iterable[Span]) -> Iterable[types.Location]:
    return (place for place in map(view.location, spans) if place is not None)


FEATURES = (
    Feature(types.TEXT_DOCUMENT_DEFINITION, definition, configuration=configuration.definition),
    Feature(types.TEXT_DOCUMENT_REFERENCES, references),
    Feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, highlights),
    Feature(types.TEXT_DOCUMENT_DOCUMENT_LINK, links),
)
