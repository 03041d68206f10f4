"""A syntax tree in; the place where it nests deeper than later passes, which recurse, can follow, out."""

from __future__ import annotations

from dsl.source import Span
from dsl.tree import Node, children

MAX_DEPTH = 100


def too_deep(root: Node) -> Span | None:
    """The place of a node below more than `MAX_DEPTH` others, None if there is none. Needs no stack of its own."""
    level: list[Node] = [root]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in children(node)]
        if not level:
            return None
    return level[0].span
