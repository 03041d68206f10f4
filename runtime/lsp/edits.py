"""Edits of specs in; the same as the protocol has them, by file, out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from lsprotocol import types

from dsl.diagnostics import Edit
from runtime.lsp.view import View


def workspace_edit(view: View, edits: Iterable[Edit]) -> types.WorkspaceEdit:
    """Of any files of the project; what would have to be made in a file that cannot be read is left out."""
    changes: dict[str, list[types.TextEdit]] = defaultdict(list)
    for edit in edits:
        place = view.location(edit.span)
        if place is not None:
            changes[place.uri].append(types.TextEdit(place.range, edit.text))
    return types.WorkspaceEdit(changes=dict(changes))


def text_edits(view: View, edits: Iterable[Edit]) -> list[types.TextEdit]:
    """Of the view's own text alone."""
    return [types.TextEdit(view.range(edit.span), edit.text) for edit in edits if edit.span.path == view.path]
