"""Files as an editor holds them in, keystroke by keystroke; the analysis of each after every one of them, out."""

from __future__ import annotations

from compiler.analysis import Analysis, Stage, analyse
from compiler.catalog import Catalog
from compiler.passes.load import parsed_once
from dsl.incremental import Rereader
from dsl.parser import Parsed
from dsl.source import Source


class Workspace:
    """A project that is being edited: open files by their unsaved texts, all others by the catalogue.

    Of an open file only the declarations that an edit touches are read again; an `Analysis` stays what it was when it
    was made, whatever is typed afterwards.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._texts: dict[str, str] = {}
        self._readers: dict[str, Rereader] = {}

    def edit(self, path: str, text: str, *, upto: Stage = "types") -> Analysis:
        """The file at `path` (relative to the project) now has this text; what is known about it, and what is wrong."""
        self._texts[path] = text
        self._readers.setdefault(path, Rereader())
        return self.analyse(path, upto=upto)

    def analyse(self, path: str, *, upto: Stage = "types") -> Analysis:
        """Any file of the project, seen through the open ones."""
        return analyse(path, self._catalog, upto=upto, texts=self._texts, parse=self._parse)

    def close(self, path: str) -> None:
        """The file is what the catalogue says again."""
        self._texts.pop(path, None)
        self._readers.pop(path, None)

    def _parse(self, source: Source) -> Parsed:
        reader = self._readers.get(source.path)
        return reader.parse(source) if reader is not None else parsed_once(source)
