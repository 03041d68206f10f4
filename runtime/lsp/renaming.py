"""A name and what it is to be called in; the edits of all files that it takes, out, or why it cannot be.

What would change rows is not done without being seen: an editor that can asks about these edits, one by one; where it
cannot, the rename is refused and says what it would have changed.
"""

from __future__ import annotations

import re

from lsprotocol import types

from compiler.queries.renaming import Renaming
from compiler.queries.renaming import prepare as prepared
from dsl.diagnostics import Diagnostic
from runtime.config.project import FILE
from runtime.lsp.desk import Refused
from runtime.lsp.diagnostics import message
from runtime.lsp.edits import workspace_edit
from runtime.lsp.feature import Feature, Told
from runtime.lsp.view import View

_ASKED = "changes"


def prepare(view: View, params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
    """None where there is no name, and for names that are not the project's own."""
    found = prepared(view.analysis, view.path, view.offset(params.position))
    if isinstance(found, Diagnostic):
        return None
    return types.PrepareRenamePlaceholder(view.range(found), view.source.slice(found))


def rename(view: View, params: types.RenameParams) -> types.WorkspaceEdit | Told:
    found = view.project.workspace.rename(view.path, view.offset(params.position), params.new_name)
    if isinstance(found, Diagnostic):
        raise Refused(f"{found.code}: {message(found)}")
    if found.changes and not view.client.annotations:
        raise Refused(f"this would change rows: {'; '.join(found.changes)}")
    edit = _asking(view, found) if found.changes else workspace_edit(view, found.edits)
    notes = found.notes if _is_configured(view, params) else ()
    return Told(edit, "; ".join(notes)) if notes else edit


def _is_configured(view: View, params: types.RenameParams) -> bool:
    """Whether the configuration mentions the name: its tables are not renamed with it."""
    name = prepare(view, types.PrepareRenameParams(params.text_document, params.position))
    source = view.project.source(FILE)
    return name is not None and source is not None and name.placeholder in re.findall(r"\w+", source.text)


def _asking(view: View, found: Renaming) -> types.WorkspaceEdit:
    """Every edit waits for the person's yes, with what it would change said beside it."""
    edits = workspace_edit(view, found.edits).changes or {}
    label = types.ChangeAnnotation("This changes rows", needs_confirmation=True, description="; ".join(found.changes))
    return types.WorkspaceEdit(
        document_changes=[
            types.TextDocumentEdit(
                types.OptionalVersionedTextDocumentIdentifier(uri, None),
                [types.AnnotatedTextEdit(_ASKED, edit.range, edit.new_text) for edit in own],
            )
            for uri, own in edits.items()
        ],
        change_annotations={_ASKED: label},
    )


FEATURES = (
    Feature(types.TEXT_DOCUMENT_PREPARE_RENAME, prepare),
    Feature(types.TEXT_DOCUMENT_RENAME, rename, types.RenameOptions(prepare_provider=True)),
)
