"""A checked model in; two digests of every declaration and every statement of a dataset out.

`data` changes when a row can change. `description` changes with anything a person reads: docs, comments, wording.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from compiler.context import Context
from compiler.digest import Digester, pack
from compiler.model import Fingerprint, Model
from dsl import tree


def run(model: Model, context: Context) -> Model:
    digester = Digester(model)
    seed = "" if context.seed is None else str(context.seed)
    found: dict[tree.Node, Fingerprint] = {}
    for path, file in model.files.items():
        for declaration in file.declarations:
            for node in _nodes(declaration):
                data = digester.of(node)
                if isinstance(node, tree.Dataset):
                    data = pack("dataset", data, seed)
                found[node] = Fingerprint(data.hex(), pack("described", data, _wording(model, path, node)).hex())
    return replace(model, fingerprints=found)


def _nodes(declaration: tree.Declaration) -> Iterator[tree.Node]:
    yield declaration
    if isinstance(declaration, tree.Dataset):
        yield from _statements(declaration.body)


def _statements(body: tuple[tree.Statement, ...]) -> Iterator[tree.Statement]:
    for statement in body:
        yield statement
        if isinstance(statement, tree.Loop):
            yield from _statements(statement.body)


def _wording(model: Model, path: str, node: tree.Node) -> str:
    """The node as it was written, its docs included; for a dataset also the file's own docs and comments."""
    source = model.sources[path]
    if isinstance(node, tree.Dataset):
        return source.text
    doc = getattr(node, "doc", None)
    return (doc.text if doc is not None else "") + "\n" + source.slice(node.span)
