"""A stretch of a file in; what an editor may show between its words, out: types, names of arguments, how many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from compiler.model import Kind, Model
from compiler.passes.types.declared import params_of
from compiler.passes.types.relations import bare, solid
from compiler.queries.fanout import axis_count, choices, number
from compiler.queries.subject import function_of
from compiler.types import ANY, Choice, List, SourceOf, Type
from dsl import tree
from dsl.source import Span

_LITERAL = (tree.Constant, tree.Quantity, tree.ListExpr, tree.ObjectExpr, tree.Range, tree.Unary)
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Hint:
    """`text` is shown at `offset`: behind what it is about, or before it for the name of a parameter."""

    offset: int
    text: str
    kind: Literal["type", "parameter", "count"]


def hints(model: Model, path: str, span: Span) -> tuple[Hint, ...]:
    """Those inside `span`, in the order of their places. Nothing is said that the text says already."""
    file = model.files.get(path)
    found: list[Hint] = []
    for declaration in file.declarations if file is not None else ():
        if declaration.span.end >= span.start and declaration.span.start <= span.end:
            found += (hint for node in tree.walk(declaration) for hint in _of(model, node))
    return tuple(sorted((one for one in found if span.start <= one.offset <= span.end), key=lambda one: one.offset))


def _of(model: Model, node: tree.Node) -> Iterator[Hint]:
    if isinstance(node, tree.Let) and node.type is None:
        yield from _type(node.name, model.types.get(node))
    elif isinstance(node, tree.Draw):
        yield from _type(node.name, model.types.get(node))
        yield from _count("of", _choices(model, node), node.distribution)
    elif isinstance(node, tree.Each):
        yield from _type(node.name, model.types.get(node))
        yield from _count("×", axis_count(model, node), node.over)
    elif isinstance(node, tree.Gen):
        yield from _samples(model, node)
    elif isinstance(node, tree.ForClause):
        for target in node.targets:
            yield from _type(target, model.types.get(target))
        yield from _count("×", _length(model.types.get(node.iterable)), node.iterable)
    elif isinstance(node, tree.TemplateFor):
        yield from _type(node.target, model.types.get(node))
    elif isinstance(node, tree.Call):
        yield from _arguments(model, node)


def _type(name: tree.Name, kind: Type | None) -> Iterator[Hint]:
    shown = str(bare(kind)) if kind is not None and kind != ANY else ""
    if isinstance(kind, SourceOf):
        shown = str(kind.row)
    if shown and len(shown) <= _LONGEST:
        yield Hint(name.span.end, f": {shown}", "type")


def _count(word: str, count: int | None, node: tree.Node) -> Iterator[Hint]:
    if count is not None:
        yield Hint(node.span.end, f" {word} {count:,}", "count")


def _choices(model: Model, node: tree.Draw) -> int | None:
    """How many there are to draw from; the criteria of a pool count as well."""
    drawn = node.distribution
    inner = drawn.callee.base if isinstance(drawn, tree.Call) and isinstance(drawn.callee, tree.Attr) else drawn
    symbol = model.symbols.get(inner.callee if isinstance(inner, tree.Call) else inner)
    if symbol is not None and isinstance(symbol.node, tree.Criteria):
        return len(symbol.node.criteria)
    kind = solid(model.types.get(inner, ANY))
    if symbol is not None and symbol.kind is Kind.ENUM and isinstance(kind, List) and isinstance(kind.element, Choice):
        return len(kind.element.values)
    return choices(model, node) if isinstance(inner, tree.Ref) else None


def _samples(model: Model, node: tree.Gen) -> Iterator[Hint]:
    if node.times is not None and not isinstance(node.times, tree.Constant):
        yield from _count("×", number(model, node.times), node.times)


def _length(kind: Type | None) -> int | None:
    found = solid(kind) if kind is not None else None
    return found.length if isinstance(found, List) else None


def _arguments(model: Model, node: tree.Call) -> Iterator[Hint]:
    """Names for what stands by its place: of prompts and judges where it is called otherwise, else of bare literals."""
    names, declared = _parameters(model, node)
    if len(names) < 2:
        return
    for arg, name in zip(node.args, names, strict=False):
        if arg.name is None and (isinstance(arg.value, _LITERAL) or (declared and _last(arg.value) != name)):
            yield Hint(arg.span.start, f"{name} = ", "parameter")


def _parameters(model: Model, node: tree.Call) -> tuple[list[str], bool]:
    symbol = model.symbols.get(node.callee)
    if symbol is not None and symbol.kind in (Kind.PROMPT, Kind.JUDGE, Kind.CRITERIA):
        return [param.name.text for param in params_of(symbol.node)], True
    function = function_of(model, node)
    params = function.signature.params if function is not None else ()
    return [param.name for param in params if not param.many], False


def _last(node: tree.Expr) -> str:
    if isinstance(node, tree.Attr):
        return node.name.text
    return node.name if isinstance(node, tree.Ref) else ""
