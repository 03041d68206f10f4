"""A request to lay a text out in; the edits that do it, out. A spec that does not parse is left as it is."""

from __future__ import annotations

from lsprotocol import types

from dsl.diagnostics import SynthError
from dsl.format import format_source
from runtime.lsp.feature import Feature
from runtime.lsp.view import View

Edits = list[types.TextEdit]


def whole(view: View, params: types.DocumentFormattingParams) -> Edits | None:
    """Only the lines that change, so that a cursor elsewhere stays where it is."""
    if not view.is_spec:
        return None
    try:
        return changed_lines(view, format_source(view.source))
    except SynthError:
        return None


def changed_lines(view: View, text: str) -> Edits:
    before, after = view.document.text, text
    if before == after:
        return []
    start = _same_lines(before, after)
    end = _same_lines_behind(before[start:], after[start:])
    place = view.lines.range(start, len(before) - end)
    return [types.TextEdit(place, after[start : len(after) - end])]


def _same_lines(one: str, other: str) -> int:
    """How many characters of whole lines two texts begin alike with."""
    same = 0
    for left, right in zip(one.splitlines(keepends=True), other.splitlines(keepends=True), strict=False):
        if left != right:
            break
        same += len(left)
    return same


def _same_lines_behind(one: str, other: str) -> int:
    same = 0
    pairs = zip(reversed(one.splitlines(keepends=True)), reversed(other.splitlines(keepends=True)), strict=False)
    for left, right in pairs:
        if left != right:
            break
        same += len(left)
    return same


FEATURES = (Feature(types.TEXT_DOCUMENT_FORMATTING, whole),)
