"""The files that were read and one of them in; what it could import, from them and from the library, out."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from compiler.catalog import library, library_files, parsed_once
from compiler.model import Kind
from dsl import tree
from dsl.diagnostics import Guess, nearest

KINDS: dict[type[tree.Declaration], Kind] = {
    tree.Param: Kind.PARAM,
    tree.Const: Kind.CONST,
    tree.Enum: Kind.ENUM,
    tree.Record: Kind.RECORD,
    tree.Input: Kind.INPUT,
    tree.Personas: Kind.PERSONAS,
    tree.Criteria: Kind.CRITERIA,
    tree.Model: Kind.MODEL,
    tree.Prompt: Kind.PROMPT,
    tree.Judge: Kind.JUDGE,
    tree.Dataset: Kind.DATASET,
    tree.Mix: Kind.MIX,
}
ALIKE = 0.8
"""A name that the file does not see has to be nearer than one that it sees."""
CALLED = frozenset({Kind.PROMPT, Kind.JUDGE, Kind.CRITERIA})
WRITTEN_AS_TYPES = frozenset({Kind.ENUM, Kind.RECORD})
READ = frozenset(KINDS.values()) - {Kind.MIX}


def name_of(declaration: tree.Declaration) -> tree.Name | None:
    """The name a declaration gives to its file; editions, imports and tests give none."""
    return declaration.name if type(declaration) in KINDS else None  # type: ignore[attr-defined]


class Exports:
    """What the file at `importer` could import; `files` are those that were read, by path."""

    def __init__(self, files: Mapping[str, tree.File], importer: str) -> None:
        self.files = files
        self.importer = importer

    def declaring(self, name: str, kinds: Iterable[Kind] = READ) -> Iterator[str]:
        """Where the name can be had from, as the importer would write it: the project's own files first."""
        wanted = frozenset(kinds)
        return (path for path, names in self._all() if names.get(name) in wanted)

    def guess(self, name: str, kinds: Iterable[Kind]) -> Guess | None:
        """The nearest name of those kinds that some file declares, with the file; None where none is near."""
        wanted = frozenset(kinds)
        known: dict[str, str] = {}
        for path, names in self._all():
            for one, kind in names.items():
                if kind in wanted:
                    known.setdefault(one, path)
        found = nearest(name, known, cutoff=ALIKE)
        return Guess.of(name, found, known[found]) if found is not None else None

    def _all(self) -> Iterator[tuple[str, Mapping[str, Kind]]]:
        folder = posixpath.dirname(self.importer) or "."
        for path, file in self.files.items():
            if path != self.importer and not path.startswith("std/"):
                yield posixpath.relpath(path, folder), _names(file)
        yield from ((path, _of_library(path)) for path in library_files() if path != self.importer)


@cache
def _of_library(path: str) -> Mapping[str, Kind]:
    source = library(path)
    return {} if source is None else _names(parsed_once(source).file)


def _names(file: tree.File) -> dict[str, Kind]:
    declared = ((name_of(one), one) for one in file.declarations)
    return {name.text: KINDS[type(one)] for name, one in declared if name is not None}
