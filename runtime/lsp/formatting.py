"""A request to lay a text out in; the edits that do it, out. A spec that does not parse is left as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lsprotocol import types

from dsl.diagnostics import Edit, SynthError
from dsl.format import format_edits, format_range
from dsl.source import Span
from runtime.lsp.edits import text_edits
from runtime.lsp.feature import Feature
from runtime.lsp.view import View

Edits = list[types.TextEdit]


def whole(view: View, params: types.DocumentFormattingParams) -> Edits | None:
    """Only lines that are not in the style, so that a cursor elsewhere stays where it is."""
    return _tried(view, lambda: format_edits(view.source))


def part(view: View, params: types.DocumentRangeFormattingParams) -> Edits | None:
    return _tried(view, lambda: format_range(view.source, view.span(params.range)))


def typed(view: View, params: types.DocumentOnTypeFormattingParams) -> Edits | None:
    """Behind a `}`: what it closes."""
    offset = view.offset(params.position)
    around = [span for span in view.analysis.selections(view.path, offset) if span.end == offset]
    span = around[-1] if around else Span(view.path, offset, offset)
    return _tried(view, lambda: format_range(view.source, span))


def _tried(view: View, make: Callable[[], Iterable[Edit]]) -> Edits | None:
    try:
        return text_edits(view, make())
    except SynthError:
        return None


FEATURES = (
    Feature(types.TEXT_DOCUMENT_FORMATTING, whole),
    Feature(types.TEXT_DOCUMENT_RANGE_FORMATTING, part),
    Feature(types.TEXT_DOCUMENT_ON_TYPE_FORMATTING, typed, types.DocumentOnTypeFormattingOptions("}")),
)
