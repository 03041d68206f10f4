"""Files that a person is about to move in the editor in; the edits by which all specs still find them, out."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types
from pygls.uris import to_fs_path

from runtime.lsp.positions import Lines
from runtime.lsp.projects import OpenProject

WATCHED = types.FileOperationRegistrationOptions(
    [types.FileOperationFilter(types.FileOperationPattern("**/*"), scheme="file")]
)


def moving(project: OpenProject, files: list[types.FileRename], encoding: str) -> dict[str, list[types.TextEdit]]:
    """By the URIs that the files have before the move. What leaves the project is not followed."""
    pairs = [(_path(project, file.old_uri), _path(project, file.new_uri)) for file in files]
    found: dict[str, list[types.TextEdit]] = {}
    for edit in project.workspace.moving({old: new for old, new in pairs if old and new}):
        source = project.source(edit.span.path)
        if source is not None:
            place = Lines(source.text, encoding).range(edit.span.start, edit.span.end)
            found.setdefault(project.uri(edit.span.path), []).append(types.TextEdit(place, edit.text))
    return found


def _path(project: OpenProject, uri: str) -> str:
    """Empty for what is outside of the project."""
    file = to_fs_path(uri)
    path = project.project.path(Path(file).resolve()) if file else ""
    return "" if Path(path).is_absolute() else path
