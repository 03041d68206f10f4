"""A stretch of a spec in; what an editor may show between its words, out: types, names of arguments, how many."""

from __future__ import annotations

from lsprotocol import types

from compiler.queries.hints import Hint
from runtime.lsp.feature import Feature
from runtime.lsp.view import View


def hints(view: View, params: types.InlayHintParams) -> list[types.InlayHint]:
    return [_hint(view, one) for one in view.analysis.hints(view.path, view.span(params.range))]


def _hint(view: View, one: Hint) -> types.InlayHint:
    before = one.kind == "parameter"
    return types.InlayHint(
        position=view.lines.position(one.offset),
        label=one.text,
        kind=types.InlayHintKind.Parameter if before else types.InlayHintKind.Type,
        padding_left=one.kind == "count",
        padding_right=before,
    )


FEATURES = (Feature(types.TEXT_DOCUMENT_INLAY_HINT, hints),)
