"""A node in; the names and nodes below it out, fast: nothing is visited that cannot hold a name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dsl import tree

_LEAVES = frozenset({tree.Constant, tree.Quantity, tree.Name, tree.Doc, tree.TypeLiteral, tree.TemplateText})


def children(node: tree.Node) -> Iterator[tree.Node]:
    """The nodes directly below that can hold names, in source order of the fields."""
    for name in tree.attributes(type(node)):
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


def statements(body: Iterable[tree.Statement]) -> Iterator[tree.Statement]:
    """All statements, those inside loops after the loop itself."""
    for statement in body:
        yield statement
        if isinstance(statement, tree.Loop):
            yield from statements(statement.body)
