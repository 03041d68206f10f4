"""A path or a source of rows in; its text or its columns out. The only way by which the compiler reaches files.

The compiler never opens a file: whoever calls it hands in a catalogue (the project's folder, an editor's buffers, a
test's dictionary). Paths use `/`, are relative to the project, and `std/…` is the library that ships with synth.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources
from typing import Literal, Protocol

from dsl.diagnostics import Diagnostic
from dsl.parser import Parsed, parse
from dsl.source import Source, Span

ColumnType = Literal["str", "int", "float", "bool", "list", "record", "null", "any"]
Columns = Mapping[str, ColumnType]


class Catalog(Protocol):
    """What cannot be read (not UTF-8, too large) raises SynthError; what is not there is None."""

    def read_source(self, path: str) -> Source | None:
        """The .synth file at `path`; None when there is none."""

    def read_text(self, path: str) -> str | None:
        """What `file()`, `lines()` and `fixture()` read; None when there is no such file."""

    def columns(self, kind: str, args: Mapping[str, object], span: Span) -> Columns | Diagnostic | None:
        """The columns of `kind(args)` as written at `span` (paths in `args` are relative to `span.path`'s folder).

        A diagnostic says why they cannot be had (no such file …); None: unknown for now, as for `python()`, which is
        never run by a check.
        """


@dataclass(frozen=True)
class MemoryCatalog:
    """A catalogue over dictionaries. `tables` maps a source's first argument, as written, to its columns."""

    files: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, Columns] = field(default_factory=dict)

    def read_source(self, path: str) -> Source | None:
        text = self.files.get(path)
        return Source(path, text) if text is not None else library(path)

    def read_text(self, path: str) -> str | None:
        return self.files.get(path)

    def columns(self, kind: str, args: Mapping[str, object], span: Span) -> Columns | Diagnostic | None:
        first = next(iter(args.values()), None)
        return self.tables.get(str(first))


def beside(path: str, relative: str) -> str:
    """`relative` as seen from the folder of the file `path`; `std/…` means the library wherever it is written."""
    if relative.startswith("std/"):
        return relative
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), relative))


@cache
def library(path: str) -> Source | None:
    """The file `std/…` of the library that ships with synth; None when it has no such file."""
    if path not in library_files():
        return None
    return Source(path, (resources.files("dsl") / path).read_text(encoding="utf-8"))


@lru_cache(maxsize=256)
def parsed_once(source: Source) -> Parsed:
    """Parsing depends on the text alone, and an editor checks the same files again and again."""
    return parse(source)


@cache
def library_files() -> tuple[str, ...]:
    folder = resources.files("dsl") / "std"
    if not folder.is_dir():
        return ()
    return tuple(sorted(f"std/{item.name}" for item in folder.iterdir() if item.name.endswith(".synth")))
