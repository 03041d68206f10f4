"""A place in a file in; the node, the name and the type that are there, and what they stand in, out."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.model import Symbol
from compiler.queries.index import Index
from compiler.queries.subject import Subject
from compiler.types import Type
from dsl import tree
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Here:
    """`node` is the innermost one around the place; `name` and `subject` are there when the place is in a name.

    `statement` is the innermost one around the place (in a test too), `dataset` the dataset that it stands in.
    """

    node: tree.Node
    declaration: tree.Declaration
    statement: tree.Statement | None
    dataset: tree.Dataset | None
    name: Span | None
    subject: Subject | None
    type: Type | None

    @property
    def symbol(self) -> Symbol | None:
        return self.subject.symbol if self.subject is not None else None


def here(index: Index, path: str, offset: int) -> Here | None:
    """None between declarations, and where nothing could be read."""
    declaration = index.declaration(path, offset)
    if declaration is None:
        return None
    around = list(_around(declaration, offset))
    found = index.at(path, offset)
    statement = next((node for node in reversed(around) if isinstance(node, tree.Statement)), None)
    dataset = declaration if isinstance(declaration, tree.Dataset) else None
    node = found.node if found is not None else around[-1]
    subject = found.subject if found is not None else None
    kind = subject.type if subject is not None else None
    return Here(
        node=node,
        declaration=declaration,
        statement=statement,
        dataset=dataset,
        name=found.span if found is not None else None,
        subject=subject,
        type=kind or _declared_type(index, subject) or index.model.types.get(node),
    )


def _declared_type(index: Index, subject: Subject | None) -> Type | None:
    """Of a name where it is declared, or of one whose use has no type of its own."""
    return index.model.types.get(subject.node) if subject is not None and subject.node is not None else None


def _around(node: tree.Node, offset: int) -> list[tree.Node]:
    """From `node` to the innermost one that the place is in."""
    found = [node]
    while True:
        inner = [child for child in tree.children(found[-1]) if child.span.start <= offset <= child.span.end]
        if not inner:
            return found
        found.append(next((child for child in inner if offset < child.span.end), inner[-1]))
