"""A name put into a spec where someone types, in; what the passes knew when they came to it, out.

Completion asks the passes themselves what a name could stand for: it analyses the spec with a name at the place that
nothing declares, and the passes note here what they would have looked among.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compiler.types import Type
from dsl import tree

if TYPE_CHECKING:
    from compiler.model import Symbol
    from compiler.passes.types.checker import Element


FILLED = "_"
"""What stands where a value lacks: the scope there is that of the name beside it."""


@dataclass(slots=True)
class Probe:
    """`name` is the one that was put in.

    names    what is in scope there, the nearest of each name
    wanted   what the place of each expression asks for, where it asks for something
    element  of each expression inside a list's method: what `it` is
    """

    name: str
    names: Mapping[str, Symbol] | None = None
    wanted: dict[tree.Node, Type] = field(default_factory=dict)
    element: dict[tree.Node, Element] = field(default_factory=dict)

    def seen(self, name: str, names: Mapping[str, Symbol]) -> None:
        if name == self.name or (name == FILLED and self.names is None):
            self.names = names

    def asked(self, node: tree.Node, wanted: Type | None, element: Element | None) -> None:
        if wanted is not None:
            self.wanted[node] = wanted
        if element is not None:
            self.element[node] = element
