"""A model in; its names by place and by what they stand for, out: filled in as it is asked, by declaration."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from compiler.model import Model
from compiler.queries.occurrences import Occurrence, occurrences
from compiler.queries.subject import Key
from dsl import tree


@dataclass(slots=True)
class Index:
    """Of one analysis. A question about one place reads the names of one declaration."""

    model: Model
    _names: dict[tree.Node, tuple[Occurrence, ...]] = field(default_factory=dict)
    _uses: dict[Key, list[Occurrence]] = field(default_factory=dict)
    _starts: dict[str, list[int]] = field(default_factory=dict)

    def declaration(self, path: str, offset: int) -> tree.Declaration | None:
        """The one around the place; at an end, the one that ends there."""
        file = self.model.files.get(path)
        if file is None:
            return None
        starts = self._starts.setdefault(path, [item.span.start for item in file.declarations])
        at = bisect_right(starts, offset) - 1
        found = file.declarations[at] if at >= 0 else None
        return found if found is not None and offset <= found.span.end else None

    def names(self, declaration: tree.Declaration) -> tuple[Occurrence, ...]:
        found = self._names.get(declaration)
        if found is None:
            found = self._names[declaration] = occurrences(declaration, self.model)
        return found

    def at(self, path: str, offset: int) -> Occurrence | None:
        """The name around the place, or the one that ends there."""
        declaration = self.declaration(path, offset)
        names = self.names(declaration) if declaration is not None else ()
        at = bisect_right(names, offset, key=lambda found: found.span.start) - 1
        return names[at] if at >= 0 and offset <= names[at].span.end else None

    def of_file(self, path: str) -> Iterator[Occurrence]:
        """All names of a file, in the order of its text."""
        file = self.model.files.get(path)
        for declaration in file.declarations if file is not None else ():
            yield from self.names(declaration)

    def uses(self, key: Key) -> tuple[Occurrence, ...]:
        """All names of one thing, in every file of the analysis."""
        if not self._uses:
            for path in self.model.files:
                for found in self.of_file(path):
                    self._uses.setdefault(found.subject.key, []).append(found)
        return tuple(self._uses.get(key, ()))
