"""Names of other files in; the items that offer them, each with the import that it needs, out."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import replace

from compiler.catalog import beside, library_files, parsed_once
from compiler.exports import KINDS, name_of
from compiler.importing import importing
from compiler.model import Kind, Symbol
from compiler.queries.completion.asked import Asked
from compiler.queries.completion.describe import symbol_item
from compiler.queries.completion.model import Item, Rank
from dsl import tree
from dsl.diagnostics import SynthError


def exported(asked: Asked, path: str) -> list[Symbol]:
    """What a file declares; nothing where it cannot be read."""
    file = asked.model.files.get(path)
    if file is None:
        try:
            source = asked.catalog.read_source(path)
        except SynthError:
            source = None
        file = parsed_once(source).file if source is not None else None
    found = [(name_of(one), one) for one in file.declarations] if file is not None else []
    return [Symbol(name.text, KINDS[type(node)], path, node) for name, node in found if name is not None]


def imported_items(asked: Asked, kinds: Iterable[Kind]) -> Iterator[Item]:
    """What other specs of the project and the library have, that the file does not know yet."""
    wanted, known = frozenset(kinds), asked.scope
    for path in (*sorted(asked.names.specs()), *library_files()):
        for symbol in exported(asked, path) if path != asked.path else ():
            if symbol.kind in wanted and symbol.name not in known:
                written = import_path(asked.path, path)
                item = symbol_item(asked.model, symbol, asked.path, Rank.ELSEWHERE)
                edit = importing(asked.source, asked.model.files[asked.path], written, symbol.name)
                yield replace(item, detail=f'{item.detail} from "{written}"', edits=(edit,))


def import_path(importer: str, path: str) -> str:
    """As it is written in the importer."""
    return path if path.startswith("std/") else posixpath.relpath(path, posixpath.dirname(importer) or ".")


def path_items(asked: Asked) -> Iterator[Item]:
    """What may be imported: the project's specs and the library."""
    for path in asked.names.specs():
        if path != asked.path:
            yield Item(import_path(asked.path, path), "file", "a spec", rank=Rank.FILE)
    for path in library_files():
        yield Item(path, "file", "the library", rank=Rank.BUILT_IN)


def file_items(asked: Asked) -> Iterator[Item]:
    """The project's other files, as seen from the folder of the spec."""
    for path in asked.names.files():
        yield Item(import_path(asked.path, path), "file", rank=Rank.FILE)


def import_items(asked: Asked, node: tree.Import) -> Iterator[Item]:
    given = {name.text for name in node.names}
    for symbol in exported(asked, beside(asked.path, node.path)):
        if symbol.name not in given:
            item = symbol_item(asked.model, symbol, asked.path, Rank.FITTING)
            yield replace(item, insert=symbol.name, snippet=False)
