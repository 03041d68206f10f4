"""A spec, a path as it would write it and a name of that file in; the edit that imports the name, out."""

from __future__ import annotations

from compiler.catalog import beside
from dsl import tree
from dsl.diagnostics import Edit
from dsl.source import Source, Span


def importing(source: Source, file: tree.File, path: str, name: str) -> Edit:
    """Into the import of that file that is there; else on a line of its own, below the other imports."""
    imports = [one for one in file.declarations if isinstance(one, tree.Import)]
    for one in imports:
        if beside(source.path, one.path) == beside(source.path, path) and one.names:
            return _listed(one, name)
    editions = [one for one in file.declarations if isinstance(one, tree.Edition)]
    line = f'from "{path}" import {name}\n'
    if not imports and not editions:
        return _insert(source.path, 0, line)
    stop = source.text.find("\n", (imports or editions)[-1].span.end)
    at = len(source.text) if stop < 0 else stop + 1
    return _insert(source.path, at, ("" if stop >= 0 else "\n") + ("" if imports else "\n") + line)


def _listed(node: tree.Import, name: str) -> Edit:
    """In alphabetical order where the list is."""
    texts = [other.text for other in node.names]
    later = next((other for other in node.names if other.text > name), None) if texts == sorted(texts) else None
    if later is not None:
        return _insert(node.span.path, later.span.start, f"{name}, ")
    return _insert(node.span.path, node.names[-1].span.end, f", {name}")


def _insert(path: str, at: int, text: str) -> Edit:
    return Edit(Span(path, at, at), text)
