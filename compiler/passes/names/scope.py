"""Names in nested places: what each stands for, and what is declared only further down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from compiler.model import Symbol
from dsl import tree


@dataclass(slots=True)
class Scope:
    """`later` are the names that this place declares below where we are: an early use of one gets its own message.

    `lenient` places may see names that only types can tell (fields of an element, columns of a spread): what is not
    found there is left to the type checker. `columns` are names of an emit, which stand for nothing here.
    """

    parent: Scope | None = None
    names: dict[str, Symbol] = field(default_factory=dict)
    later: Mapping[str, tree.Name] = field(default_factory=dict)
    lenient: bool = False
    columns: frozenset[str] = frozenset()

    def find(self, name: str) -> Symbol | None:
        for scope in self._chain():
            if name in scope.names:
                return scope.names[name]
        return None

    def declared_later(self, name: str) -> tree.Name | None:
        return next((scope.later[name] for scope in self._chain() if name in scope.later), None)

    def is_column(self, name: str) -> bool:
        return any(name in scope.columns for scope in self._chain())

    @property
    def is_lenient(self) -> bool:
        return any(scope.lenient for scope in self._chain())

    def inner(self, *, lenient: bool = False) -> Scope:
        return Scope(self, lenient=lenient)

    def visible(self) -> dict[str, Symbol]:
        """What each name that could stand here stands for."""
        found: dict[str, Symbol] = {}
        for scope in self._chain():
            found = {**scope.names, **found}
        return found

    def all(self) -> set[str]:
        return {name for scope in self._chain() for name in scope.names}

    def _chain(self) -> Iterator[Scope]:
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent
