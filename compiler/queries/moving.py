"""Files and folders that move, and an analysis of a spec in; the edits by which its paths lead where they led, out."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from compiler.catalog import beside
from dsl.diagnostics import Edit

if TYPE_CHECKING:
    from compiler.analysis import Analysis

Moves = Mapping[str, str]
"""Old paths of the project and their new ones; of a folder, all that is in it moves with it."""


def moving(analysis: Analysis, path: str, moves: Moves) -> Iterator[Edit]:
    """Of the file at `path`, which may be one that moves: then its paths are seen from another folder."""
    source = analysis.model.sources.get(path)
    home = posixpath.dirname(moved(path, moves)) or "."
    for found in analysis.index.of_file(path) if source is not None else ():
        if found.subject.what != "file" or found.subject.name.startswith("std/") or source is None:
            continue
        written, target = source.slice(found.span).strip('"'), found.subject.name
        root = "" if beside(path, written) == target else "fixtures/"
        new = posixpath.relpath(moved(target, moves), posixpath.join(home, root))
        if new != posixpath.normpath(written) and not posixpath.isabs(written):
            yield Edit(found.span, f'"{new}"')


def moved(path: str, moves: Moves) -> str:
    for old, new in moves.items():
        if path == old:
            return new
        if path.startswith(f"{old}/"):
            return new + path[len(old) :]
    return path
