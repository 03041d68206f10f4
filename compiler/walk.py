"""A node in; the names and nodes below it out, fast: the field names of each class are looked up once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from dsl import tree

_LEAVES = frozenset({tree.Constant, tree.Quantity, tree.Name, tree.Doc, tree.TypeLiteral, tree.TemplateText})


_NAMES: dict[type[tree.Node], tuple[str, ...]] = {}


def names_of(kind: type[tree.Node]) -> tuple[str, ...]:
    """Its fields that are no places."""
    found = _NAMES.get(kind)
    if found is None:
        found = _NAMES[kind] = tuple(item.name for item in fields(kind) if not item.name.endswith("span"))
    return found


def children(node: tree.Node) -> Iterator[tree.Node]:
    """The nodes directly below that can hold names, in source order of the fields."""
    for name in names_of(type(node)):
        value = getattr(node, name)
        if isinstance(value, tree.Node):
            if type(value) not in _LEAVES:
                yield value
        elif type(value) is tuple:
            for element in value:
                if isinstance(element, tree.Node) and type(element) not in _LEAVES:
                    yield element


def refs(*nodes: tree.Node | None) -> Iterator[tree.Ref]:
    """Every name used as a value in `nodes`."""
    stack = [node for node in reversed(nodes) if node is not None]
    while stack:
        node = stack.pop()
        if type(node) is tree.Ref:
            yield node
        else:
            stack += reversed(list(children(node)))
