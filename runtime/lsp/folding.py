"""A spec in; what can be folded away, and what a selection grows by, out. Both hold in a spec with mistakes."""

from __future__ import annotations

from collections.abc import Mapping

from lsprotocol import types

from compiler.queries.folds import Fold
from runtime.lsp.feature import Feature
from runtime.lsp.view import View

MAX_SELECTIONS = 100
"""An answer is as deep as there are selections in each other, and messages are written level by level."""

_KINDS: Mapping[str, types.FoldingRangeKind] = {
    "comment": types.FoldingRangeKind.Comment,
    "imports": types.FoldingRangeKind.Imports,
}


def folds(view: View, params: types.FoldingRangeParams) -> list[types.FoldingRange]:
    return [_fold(view, one) for one in view.analysis.folds(view.path)]


def _fold(view: View, one: Fold) -> types.FoldingRange:
    place = view.range(one.span)
    return types.FoldingRange(
        start_line=place.start.line,
        start_character=place.start.character,
        end_line=place.end.line,
        end_character=place.end.character,
        kind=_KINDS.get(one.kind, types.FoldingRangeKind.Region),
    )


def selections(view: View, params: types.SelectionRangeParams) -> list[types.SelectionRange]:
    """One for each cursor: the innermost, in the next, and so on."""
    return [_selection(view, position) for position in params.positions]


def _selection(view: View, position: types.Position) -> types.SelectionRange:
    around: types.SelectionRange | None = None
    spans = view.analysis.selections(view.path, view.offset(position))[:MAX_SELECTIONS]
    for span in reversed(spans):
        around = types.SelectionRange(view.range(span), around)
    return around or types.SelectionRange(types.Range(position, position))


FEATURES = (
    Feature(types.TEXT_DOCUMENT_FOLDING_RANGE, folds),
    Feature(types.TEXT_DOCUMENT_SELECTION_RANGE, selections),
)
