"""Spans in; the node every other node is, the names in it, and the way through a tree, out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields

from dsl.source import Span


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Node:
    span: Span = field(repr=False)


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below `node`, in source order of its fields."""
    for attribute in attributes(type(node)):
        value = getattr(node, attribute)
        for element in value if isinstance(value, tuple) else (value,):
            if isinstance(element, Node):
                yield element


_ATTRIBUTES: dict[type[Node], tuple[str, ...]] = {}


def attributes(kind: type[Node]) -> tuple[str, ...]:
    """The names of a node's fields that are no places; looking them up anew costs more than visiting them."""
    found = _ATTRIBUTES.get(kind)
    if found is None:
        found = _ATTRIBUTES[kind] = tuple(item.name for item in fields(kind) if not item.name.endswith("span"))
    return found


def walk(node: Node) -> Iterator[Node]:
    """`node` and all nodes below it, parents first; without a generator for each level."""
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        stack += reversed(tuple(children(node)))


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Name(Node):
    """An identifier where something is declared, assigned or referred to."""

    text: str
