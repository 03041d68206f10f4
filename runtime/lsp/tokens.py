"""A spec in; its names by what they mean, as an editor colours them, out: whole, of a range, or what has changed."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

from lsprotocol import types

from compiler.queries.semantic import KINDS, MODIFIERS, SemanticToken
from runtime.lsp.feature import Feature
from runtime.lsp.view import View

LEGEND = types.SemanticTokensLegend(list(KINDS), list(MODIFIERS))
_numbers = count(1)


def whole(view: View, params: types.SemanticTokensParams) -> types.SemanticTokens:
    return _remembered(view, encoded(view, view.project.workspace.semantic(view.path)))


def part(view: View, params: types.SemanticTokensRangeParams) -> types.SemanticTokens:
    place = view.span(params.range)
    found = view.project.workspace.semantic(view.path)
    return types.SemanticTokens(
        encoded(view, (one for one in found if one.span.start < place.end and place.start < one.span.end))
    )


def changes(view: View, params: types.SemanticTokensDeltaParams) -> types.SemanticTokens | types.SemanticTokensDelta:
    """One edit, from the first token that differs to the last. Whole where the editor's own are not known any more."""
    before = view.project.colours.get(view.document.uri)
    now = _remembered(view, encoded(view, view.project.workspace.semantic(view.path)))
    if before is None or before.result_id != params.previous_result_id:
        return now
    return types.SemanticTokensDelta(_edits(list(before.data), list(now.data)), now.result_id)


def _edits(old: list[int], new: list[int]) -> list[types.SemanticTokensEdit]:
    if old == new:
        return []
    shorter = min(len(old), len(new))
    start = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    behind = next((at for at in range(shorter - start) if old[-1 - at] != new[-1 - at]), shorter - start)
    return [types.SemanticTokensEdit(start, len(old) - behind - start, new[start : len(new) - behind])]


def _remembered(view: View, data: list[int]) -> types.SemanticTokens:
    found = types.SemanticTokens(data, result_id=str(next(_numbers)))
    view.project.colours[view.document.uri] = found
    return found


def encoded(view: View, tokens: Iterable[SemanticToken]) -> list[int]:
    """Five numbers each, its place relative to the one before."""
    data: list[int] = []
    line = column = 0
    for token in tokens:
        at = view.lines.position(token.span.start)
        data += (
            at.line - line,
            at.character - column if at.line == line else at.character,
            view.lines.units(token.span.start, token.span.end),
            KINDS.index(token.kind),
            sum(1 << MODIFIERS.index(name) for name in token.modifiers),
        )
        line, column = at.line, at.character
    return data


FEATURES = (
    Feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, whole, LEGEND),
    Feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, part, LEGEND),
    Feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL_DELTA, changes, LEGEND),
)
