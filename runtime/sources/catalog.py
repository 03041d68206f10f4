"""A project's folder in; specs, texts and columns for the compiler out. Reads, and never runs anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path, PurePosixPath
from typing import cast

from compiler.catalog import Columns, library
from dsl.diagnostics import Diagnostic, SynthError
from dsl.source import Source, Span
from runtime.sources.columns import columns_of
from runtime.sources.digests import Facts
from runtime.sources.place import Options, Where
from runtime.sources.raw import READERS


@dataclass(frozen=True)
class ProjectCatalog:
    """The compiler's `Catalog` over files. `facts` remember the columns that `python()` had when it was last run."""

    root: Path
    facts: Facts = field(default_factory=dict)

    def read_source(self, path: str) -> Source | None:
        """`std/…` is the library; None when there is no file. Raises SynthError for what is not UTF-8 or too large."""
        from dsl.parser import read_source

        if path.startswith("std/"):
            return library(path)
        found = self._inside(path)
        return read_source(found, path) if found is not None and found.is_file() else None

    def read_text(self, path: str) -> str | None:
        found = self._inside(path)
        if found is None or not found.is_file():
            return None
        try:
            return found.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            where = Where("text", path, self.root, self.root)
            raise where.error("E0608", f"`{path}` cannot be read as text: it is not UTF-8") from None

    def columns(self, kind: str, args: Mapping[str, object], span: Span) -> Columns | Diagnostic | None:
        """A diagnostic for a source that cannot be read; None where the columns are not known before a build."""
        argument = next(iter(args.values()), None)
        if kind not in READERS or not isinstance(argument, str):
            return None
        where = where_of(kind, args, self.root, span)
        try:
            if kind == "python":
                return cast(Columns | None, self.facts.get(f"columns:{where.shown(where.file())}"))
            return columns_of(where)
        except SynthError as error:
            return error.diagnostics[0]

    def _inside(self, path: str) -> Path | None:
        """The file at a project path; None for one that leaves the project."""
        found = (self.root / PurePosixPath(path)).resolve()
        return found if found.is_relative_to(self.root.resolve()) else None


def where_of(kind: str, args: Mapping[str, object], root: Path, span: Span | None) -> Where:
    """A call in a spec: its paths are relative to the folder of the file that `span` lies in.

    The first of `args` is the path or query; further ones are the settings in the input's braces.
    """
    base = root / PurePosixPath(span.path).parent if span else root
    argument, *_ = args.values()
    given = {name: value for name, value in args.items() if name in _SETTINGS}
    return Where(kind, str(argument), root, base, span, Options(**given))  # type: ignore[arg-type]


_SETTINGS = frozenset(item.name for item in fields(Options))
