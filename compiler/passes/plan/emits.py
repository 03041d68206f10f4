"""An `emit` in; its step out: the columns, and the tables that it can fill."""

from __future__ import annotations

from compiler import plan
from compiler.passes.plan.steps import Common, Steps, builds
from compiler.types import Choice, Record, Type
from dsl import tree


@builds(tree.Emit)
def emit(steps: Steps, node: tree.Emit, common: Common) -> plan.Step:
    table = node.name.text if node.name else steps.dataset.name.text
    return plan.Emit(
        **common,
        table=table,
        tables=_tables(steps, table, node.split),
        kind=node.kind.text if node.kind else None,
        columns=tuple(column for entry in node.columns for column in _columns(steps, entry)),
        split=node.split,
        fors=node.fors,
        atomic=node.atomic is not None,
    )


def _tables(steps: Steps, table: str, split: tree.Expr | None) -> tuple[str, ...]:
    """One for each value of the closed choice that the rows are split by."""
    kind = _inner(steps.type_of(split)) if split is not None else None
    return tuple(f"{table}/{value}" for value in kind.values) if isinstance(kind, Choice) else (table,)


def _columns(steps: Steps, entry: tree.Setting | tree.Spread | tree.Entry) -> list[plan.Column]:
    """One column, or those of a spread record."""
    if isinstance(entry, tree.Spread):
        kind = _inner(steps.type_of(entry.value))
        fields = kind.fields if isinstance(kind, Record) else ()
        return [plan.Column(name=item.name, type=item.type, value=None, spread=entry.value) for item in fields]
    name = entry.name.text if isinstance(entry, tree.Setting) else entry.key
    return [plan.Column(name=name, type=steps.type_of(entry.value), value=entry.value)]


def _inner(kind: Type) -> Type:
    """The record or choice itself, without the marks of null and of where it comes from."""
    while not isinstance(kind, Record | Choice) and hasattr(kind, "base"):
        kind = kind.base
    return kind
