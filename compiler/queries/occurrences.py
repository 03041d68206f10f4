"""A declaration and the model in; every name in it and what that stands for, by place, out."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.model import Model
from compiler.queries import in_declarations, in_statements, in_values  # noqa: F401 - each registers its handlers
from compiler.queries.finder import HANDLERS, Finder, Occurrence
from dsl import tree


def occurrences(declaration: tree.Declaration, model: Model) -> tuple[Occurrence, ...]:
    """In the order of the text. Names that nothing is known about are left out."""
    finder = Finder(model)
    stack: list[tree.Node] = [declaration]
    while stack:
        node = stack.pop()
        handler = HANDLERS.get(type(node))
        if handler is not None:
            handler(finder, node)
        stack += _below(node)
    return tuple(sorted(finder.found.values(), key=lambda found: found.span.start))


_SILENT = frozenset({tree.Name, tree.Doc, tree.Quantity, tree.TypeLiteral, tree.TemplateText})
"""What nothing stands below, and no name of its own."""


def _below(node: tree.Node) -> Iterator[tree.Node]:
    for name in tree.attributes(type(node)):
        value = getattr(node, name)
        if type(value) is tuple:
            yield from (element for element in value if type(element) not in _SILENT)
        elif isinstance(value, tree.Node) and type(value) not in _SILENT:
            yield value


__all__ = ["Occurrence", "occurrences"]
