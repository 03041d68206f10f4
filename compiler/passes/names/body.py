"""A dataset's statements in; the names that they declare, use as model roles or call columns, out."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.walk import statements
from dsl import tree


def declared(body: Iterable[tree.Statement]) -> dict[str, tree.Name]:
    """The names a dataset gives values to, wherever: to tell "not yet" from "never"."""
    found: dict[str, tree.Name] = {}
    for statement in statements(body):
        if isinstance(statement, tree.Each | tree.Draw | tree.Let | tree.Gen | tree.Run | tree.Loop):
            found.setdefault(statement.name.text, statement.name)
        if isinstance(statement, tree.Loop):
            for carry in statement.carries:
                found.setdefault(carry.name.text, carry.name)
    return found


def columns_of(node: tree.Node | None) -> frozenset[str]:
    """What the emits of a dataset call their columns, as far as they say so themselves."""
    body = statements(node.body) if isinstance(node, tree.Dataset) else ()
    columns = (column for emit in body if isinstance(emit, tree.Emit) for column in emit.columns)
    return frozenset(
        column.name.text if isinstance(column, tree.Setting) else column.key
        for column in columns
        if isinstance(column, tree.Setting | tree.Entry)
    )


def roles_of(node: tree.Gen) -> Iterable[str]:
    """The name after `with`, and those of the lists that it goes through: where these are drawn, roles are drawn."""
    yield node.role.text
    for clause in node.fors:
        if any(target.text == node.role.text for target in clause.targets):
            yield from (ref.name for ref in tree.walk(clause.iterable) if isinstance(ref, tree.Ref))
