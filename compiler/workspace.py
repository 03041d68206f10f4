"""Files as an editor holds them in, keystroke by keystroke; the analysis of each after every one of them, out.

And of the project as a whole: who imports a file, and where, in any of its specs, a name stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from compiler.analysis import Analysis, Overlay, Stage, analyse, further
from compiler.catalog import Catalog, beside, parsed_once
from compiler.model import Model
from compiler.queries.between import Between
from dsl import tree
from dsl.diagnostics import Diagnostic, Edit, SynthError
from dsl.incremental import Rereader
from dsl.parser import Parsed
from dsl.source import Source, Span

if TYPE_CHECKING:
    from compiler.queries.hover import Hover
    from compiler.queries.renaming import Renaming
    from compiler.queries.search import Found
    from compiler.queries.semantic import SemanticToken


class Workspace:
    """A project that is being edited: open files by their unsaved texts, all others by the catalogue.

    Of an open file only the declarations that an edit touches are read again; an `Analysis` stays what it was when it
    was made, whatever is typed afterwards. It is given again as long as no file that it read has another text;
    `refresh` forgets all of them, for when data has changed that is no text of a spec.

    While a statement is half typed and cannot be read, what is asked about a place outside of what was typed since is
    answered by the last analysis in which all could be read, at the places where things stand now.

    `specs` lists the paths of all specs of the project: importers are looked for among them, and the open files.
    """

    def __init__(self, catalog: Catalog, specs: Callable[[], Iterable[str]] = tuple) -> None:
        self._catalog = catalog
        self._specs = specs
        self._texts: dict[str, str] = {}
        self._readers: dict[str, Rereader] = {}
        self._made: dict[tuple[str, Stage], Analysis] = {}
        self._whole: dict[str, Analysis] = {}
        self._params: Mapping[str, tree.Expr] = {}

    # --- one file ---

    def edit(self, path: str, text: str, *, upto: Stage = "types") -> Analysis:
        """The file at `path` (relative to the project) now has this text; what is known about it, and what is wrong."""
        self._texts[path] = text
        self._readers.setdefault(path, Rereader())
        return self.analyse(path, upto=upto)

    def analyse(self, path: str, *, upto: Stage = "types") -> Analysis:
        """Any file of the project, seen through the open ones."""
        known = self._made.get((path, upto))
        if known is not None and self._is_current(known):
            return known
        if upto in ("load", "names", "types"):
            found = analyse(path, self._catalog, self._params, upto=upto, texts=dict(self._texts), parse=self._parse)
        else:
            found = further(self.analyse(path), upto)
        self._made[path, upto] = found
        file = found.model.files.get(path)
        if upto == "types" and file is not None and not file.broken:
            self._whole[path] = found
        return found

    def close(self, path: str) -> None:
        """The file is what the catalogue says again."""
        for known in (self._texts, self._readers, self._whole):
            known.pop(path, None)

    def configure(self, params: Mapping[str, tree.Expr]) -> None:
        """What the project's profile sets."""
        self._params = params
        self.refresh()

    def refresh(self) -> None:
        """Files have changed that no edit told of."""
        self._made.clear()

    def source(self, path: str) -> Source | None:
        """The file as it is now; None where it is not there or cannot be read."""
        try:
            return Overlay(self._catalog, self._texts).read_source(path)
        except SynthError:
            return None

    def _is_current(self, analysis: Analysis) -> bool:
        """Whether every file that it read, or looked for, has the text that it had then."""
        read = analysis.model.sources
        wanted = {analysis.model.root, *(path for file in analysis.model.files.values() for path in imported(file))}
        return all(self.source(path) == read.get(path) for path in {*wanted, *read})

    def _parse(self, source: Source) -> Parsed:
        reader = self._readers.get(source.path)
        return reader.parse(source) if reader is not None else parsed_once(source)

    # --- a place in a file that may be half typed ---

    def definition(self, path: str, offset: int) -> Span | None:
        """Where what is named at a place is declared."""
        found = self.analyse(path).definition(path, offset)
        before = self._before(path) if found is None else None
        at = before.between.back(offset) if before is not None else None
        if before is None or at is None:
            return found
        there = before.analysis.definition(path, at)
        return before.forth(there) if there is not None else None

    def hover(self, path: str, offset: int) -> Hover | None:
        """What a reader wants to know of a place."""
        found = self.analyse(path).hover(path, offset)
        before = self._before(path) if found is None else None
        at = before.between.back(offset) if before is not None else None
        known = before.analysis.hover(path, at) if before is not None and at is not None else None
        span = before.forth(known.span) if before is not None and known is not None else None
        if before is None or known is None or span is None:
            return found
        return replace(known, span=span, place=before.forth(known.place) if known.place is not None else None)

    def semantic(self, path: str) -> tuple[SemanticToken, ...]:
        """The names that are known; of what cannot be read, and what depends on it, those that were before."""
        analysis = self.analyse(path)
        now, before = analysis.semantic(path), self._before(path)
        if before is None:
            return now
        old = ((token, before.forth(token.span)) for token in before.analysis.semantic(path))
        taken = {token.span for token in now}
        kept = [replace(token, span=span) for token, span in old if span is not None and span not in taken]
        return tuple(sorted((*now, *kept), key=lambda token: token.span))

    def _before(self, path: str) -> Before | None:
        """The last analysis in which all of the file could be read, where that is not the one of now."""
        whole, now = self._whole.get(path), self.source(path)
        old = whole.source(path) if whole is not None else None
        if whole is None or old is None or now is None or old == now or not self.analyse(path).model.files[path].broken:
            return None
        return Before(path, whole, Between.of(old.text, now.text))

    # --- the project ---

    def paths(self) -> tuple[str, ...]:
        """All specs: those of the project, and the open files."""
        return tuple(sorted({*self._specs(), *self._texts}))

    def importers(self, path: str) -> tuple[str, ...]:
        """The specs that see the file at `path`: through their imports, and through those of what they import."""
        named = {spec: imported(file) for spec in self.paths() if (file := self._file(spec)) is not None}
        found, size = {path}, 0
        while size < len(found):
            size = len(found)
            found |= {spec for spec, others in named.items() if found & others}
        return tuple(sorted(found - {path}))

    def references(self, path: str, offset: int, declaration: bool = True) -> tuple[Span, ...]:
        """All places in the project that name the same thing."""
        from compiler.queries.references import named as uses

        found = self.analyse(path).index.at(path, offset)
        if found is None:
            return ()
        key = found.subject.key
        analyses = self._seeing(path, found.subject.place)
        return tuple(sorted({use for one in analyses for use in uses(one.index, key, declaration=declaration)}))

    def rename(self, path: str, offset: int, new: str) -> Renaming | Diagnostic:
        """The edits that rename what is named at a place in every spec of the project, or why that cannot be."""
        from compiler.queries.renaming import rename

        found = self.analyse(path).index.at(path, offset)
        seeing = self._seeing(path, found.subject.place if found is not None else None)
        return rename(seeing, path, offset, new, self._params)

    def moving(self, moves: Mapping[str, str]) -> tuple[Edit, ...]:
        """The edits by which imports and the paths of data still lead to files that move, and out of those that do."""
        from compiler.queries.moving import moving

        return tuple(edit for spec in self.paths() for edit in moving(self.analyse(spec), spec, moves))

    def symbols(self, query: str) -> tuple[Found, ...]:
        """The names of all specs that somebody could mean who types `query`, the likeliest first."""
        from compiler.queries.search import search
        from compiler.queries.symbols import symbols

        files = {path: file for path in self.paths() if (file := self._file(path)) is not None}
        return search({path: symbols(Model(path, {path: file}), path) for path, file in files.items()}, query)

    def _seeing(self, path: str, place: Span | None) -> tuple[Analysis, ...]:
        """The analysis of the file, and those of all specs that see where the thing is declared."""
        home = place.path if place is not None else path
        others = (spec for spec in (home, *self.importers(home)) if spec != path and not spec.startswith("std/"))
        return tuple(self.analyse(spec) for spec in (path, *others))

    def _file(self, path: str) -> tree.File | None:
        source = self.source(path)
        return self._parse(source).file if source is not None else None


@dataclass(frozen=True, slots=True)
class Before:
    """What was known of a file before the typing that left it half a text."""

    path: str
    analysis: Analysis
    between: Between

    def forth(self, span: Span) -> Span | None:
        return self.between.forth(span) if span.path == self.path else span


def imported(file: tree.File) -> frozenset[str]:
    """The paths of the files that a file imports from."""
    found = (item for item in file.declarations if isinstance(item, tree.Import))
    return frozenset(beside(item.span.path, item.path) for item in found)
