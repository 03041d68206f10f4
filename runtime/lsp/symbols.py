"""A spec in; its outline out. A word in; the declarations of all open projects that it may mean, out."""

from __future__ import annotations

from collections.abc import Mapping

from lsprotocol import types

from compiler.queries.symbols import Outline
from runtime.lsp.feature import Feature
from runtime.lsp.positions import Lines
from runtime.lsp.projects import OpenProject
from runtime.lsp.view import View

_K = types.SymbolKind
KINDS: Mapping[str, types.SymbolKind] = {
    "param": _K.Constant,
    "const": _K.Constant,
    "enum": _K.Enum,
    "member": _K.EnumMember,
    "record": _K.Struct,
    "field": _K.Field,
    "input": _K.Array,
    "personas": _K.Array,
    "criteria": _K.Array,
    "model": _K.Module,
    "prompt": _K.Function,
    "judge": _K.Function,
    "argument": _K.Variable,
    "dataset": _K.Class,
    "mix": _K.Class,
    "test": _K.Event,
    "gen": _K.Method,
    "run": _K.Method,
    "emit": _K.Interface,
    "column": _K.Property,
}


def outline(view: View, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
    return [_symbol(view, item) for item in view.analysis.symbols(view.path)]


def _symbol(view: View, item: Outline) -> types.DocumentSymbol:
    return types.DocumentSymbol(
        name=item.name or item.kind,  # a symbol without a name is refused
        kind=KINDS.get(item.kind, _K.Variable),
        detail=f"{item.kind} {item.detail}".strip(),
        range=view.range(item.span),
        selection_range=view.range(item.name_span),
        children=[_symbol(view, child) for child in item.children],
    )


def everywhere(project: OpenProject, query: str, encoding: str) -> list[types.WorkspaceSymbol]:
    """Of all specs of a project, as the editor holds them."""
    found: list[types.WorkspaceSymbol] = []
    for item in project.workspace.symbols(query):
        source = project.source(item.span.path)
        if source is not None:
            place = Lines(source.text, encoding).range(item.span.start, item.span.end)
            location = types.Location(project.uri(item.span.path), place)
            kind = KINDS.get(item.kind, _K.Variable)
            found.append(types.WorkspaceSymbol(location, item.name, kind, container_name=item.inside or None))
    return found


FEATURES = (Feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, outline, nothing=()),)
