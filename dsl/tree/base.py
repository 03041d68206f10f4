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
    for attribute in _attributes(type(node)):
        value = getattr(node, attribute)
        for element in value if isinstance(value, tuple) else (value,):
            if isinstance(element, Node):
                yield element


_ATTRIBUTES: dict[type[Node], tuple[str, ...]] = {}


def _attributes(kind: type[Node]) -> tuple[str, ...]:
    """The names of a node's own fields; looking them up anew costs more than visiting them."""
    if kind not in _ATTRIBUTES:
        _ATTRIBUTES[kind] = tuple(item.name for item in fields(kind) if item.name != "span")
    return _ATTRIBUTES[kind]


def walk(node: Node) -> Iterator[Node]:
    """`node` and all nodes below it, parents first."""
    yield node
    for child in children(node):
        yield from walk(child)


@dataclass(frozen=True, eq=False, kw_only=True, slots=True)
class Name(Node):
    """An identifier where something is declared, assigned or referred to."""

    text: str
