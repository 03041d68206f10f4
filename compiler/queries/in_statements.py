"""A statement in; the names that it declares and uses itself, out."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.prelude import TOOLS
from compiler.queries.finder import Finder, named, on, unquoted
from compiler.queries.subject import Subject, field_of
from dsl import tree
from dsl.source import Span


@on(tree.Set)
def _set(f: Finder, node: tree.Set) -> None:
    f.add(node.name.span, Subject("setting", node.name.text, node=node), node)


@on(tree.Gen)
def _gen(f: Finder, node: tree.Gen) -> None:
    named(f, node)
    f.symbol(node.role, node.role.span, node)


@on(tree.Run)
def _run(f: Finder, node: tree.Run) -> None:
    named(f, node)
    callee = node.tool.callee if isinstance(node.tool, tree.Call) else None
    if isinstance(callee, tree.Ref) and callee.name in TOOLS:
        f.add(callee.span, Subject("tool", callee.name), node)


@on(tree.ForClause)
def _for(f: Finder, node: tree.ForClause) -> None:
    for target in node.targets:
        f.symbol(target, target.span, node)


@on(tree.TemplateFor)
def _template_for(f: Finder, node: tree.TemplateFor) -> None:
    f.symbol(node.target, node.target.span, node)


@on(tree.Require)
def _require(f: Finder, node: tree.Require) -> None:
    origin = node.otherwise.origin if node.otherwise is not None else None
    if origin is not None:
        f.symbol(origin, origin.span, node)


@on(tree.Emit)
def _emit(f: Finder, node: tree.Emit) -> None:
    if node.atomic is not None:
        f.add(node.atomic.span, Subject("setting", "atomic", node=node), node)
    if node.kind is not None:
        f.add(node.kind.span, Subject("kind of emit", node.kind.text), node)
    if node.name is not None:
        f.add(node.name.span, Subject("table", node.name.text, node.name.span, node=node), node)
    for name, span, column in _columns(node):
        f.add(span, Subject("column", name, _whole(column), node=column, type=f.model.types.get(column.value)), column)


def _columns(node: tree.Emit) -> Iterator[tuple[str, Span, tree.Setting | tree.Entry]]:
    for column in node.columns:
        if isinstance(column, tree.Setting):
            yield column.name.text, column.name.span, column
        elif isinstance(column, tree.Entry):
            yield column.key, unquoted(column), column


def _whole(column: tree.Setting | tree.Entry) -> Span:
    return column.name.span if isinstance(column, tree.Setting) else unquoted(column)


@on(tree.Dedup, tree.Decontaminate, tree.Select)
def _filter(f: Finder, node: tree.Dedup | tree.Decontaminate | tree.Select) -> None:
    """`against rows.text`, `by minhash(0.8)`: columns of a source, and the statement's own word."""
    if isinstance(node, tree.Decontaminate) and isinstance(node.against, tree.Attr):
        kind = f.model.types.get(node.against.base)
        source = f.model.symbols.get(node.against.base)
        kind = kind or (f.model.types.get(source.node) if source is not None and source.node is not None else None)
        f.add(node.against.name.span, field_of(kind, node.against.name.text) if kind else None, node)
    method = node.method.callee if isinstance(node.method, tree.Call) else node.method
    if isinstance(method, tree.Ref):
        f.add(method.span, Subject("way to compare", method.name, node=node), node)
