"""An expression or a type in; the names in it, out."""

from __future__ import annotations

from compiler.functions import REGISTRY
from compiler.model import Kind
from compiler.prelude import OF_FILES
from compiler.queries.finder import Finder, on, path, unquoted
from compiler.queries.subject import Subject, field_of, member, of_symbol, of_type, typed
from compiler.types import Choice, List, Record
from dsl import tree
from dsl.source import Span


@on(tree.Ref)
def _ref(f: Finder, node: tree.Ref) -> None:
    span = f.inside(node.span, node.name)
    owner = f.model.owners.get(node)
    if owner is not None:
        f.add(span, of_type(owner, node.name), node)
    f.symbol(node, span, node)


@on(tree.Attr)
def _attr(f: Finder, node: tree.Attr) -> None:
    kind = f.model.types.get(node.base)
    symbol = f.model.symbols.get(node.base) if isinstance(node.base, tree.Ref) else None
    subject: Subject | None = None
    if kind is None:
        return
    if symbol is not None and symbol.kind is Kind.ENUM and isinstance(kind, List) and isinstance(kind.element, Choice):
        subject = member(kind.element, node.name.text)
    elif symbol is not None and symbol.kind is Kind.CARRY and node.name.text == "previous":
        subject = Subject("property", "previous", type=kind)
    elif symbol is not None and symbol.kind is Kind.TABLE:
        subject = field_of(kind, node.name.text)
    subject = subject or of_type(kind, node.name.text)
    if subject is not None:
        f.add(node.name.span, typed(subject, f.model.types.get(node)), node)


@on(tree.Constant)
def _constant(f: Finder, node: tree.Constant) -> None:
    """A text that is a member of an enum."""
    kind = f.model.owners.get(node)
    if isinstance(kind, Choice) and isinstance(node.value, str):
        f.add(Span(node.span.path, node.span.start + 1, node.span.end - 1), member(kind, node.value), node)


@on(tree.Call)
def _call(f: Finder, node: tree.Call) -> None:
    """Named arguments, and the paths of files that functions read."""
    callee = node.callee
    symbol = f.model.symbols.get(callee) if isinstance(callee, tree.Ref) else None
    for arg in node.args:
        if arg.name is None:
            continue
        f.add(arg.name.span, _parameter(f, callee, arg.name.text), arg)
    if symbol is not None and symbol.kind is Kind.FUNCTION and symbol.name in OF_FILES:
        path(f, node, "fixtures/" if symbol.name == "fixture" else "")


def _parameter(f: Finder, callee: tree.Expr, name: str) -> Subject | None:
    """The parameter that a named argument is for: a declared one, or one of a built-in function."""
    if isinstance(callee, tree.Attr):
        kind = f.model.types.get(callee) or f.model.types.get(callee.base)
        found = of_type(kind, callee.name.text) if kind is not None else None
        entry = found.entry if found is not None else None
    else:
        symbol = f.model.symbols.get(callee)
        for param in getattr(symbol.node, "params", ()) if symbol is not None else ():
            if param.name.text == name:
                declared = f.model.symbols.get(param)
                return of_symbol(declared) if declared is not None else None
        found = of_symbol(symbol) if symbol is not None else None
        entry = found.entry if found is not None else None
    parameter = entry.signature.param(name) if entry is not None else None
    return Subject("parameter", name, type=parameter.type, entry=entry) if parameter is not None else None


@on(tree.Filtered)
def _filtered(f: Finder, node: tree.Filtered) -> None:
    """`x | join(", ")`: a method of x, a function that takes x first, or a word of templates."""
    name = node.filter.text
    kind = f.model.types.get(node.value)
    found = of_type(kind, name) if kind is not None else None
    entry = found.entry if found is not None and found.entry is not None else REGISTRY.get(name)
    what = "filter" if entry is None else "method" if entry.receiver is not None else "function"
    f.add(node.filter.span, Subject(what, name, entry=entry), node)
    for arg in node.args:
        param = entry.signature.param(arg.name.text) if entry is not None and arg.name is not None else None
        if param is not None and arg.name is not None:
            f.add(arg.name.span, Subject("parameter", param.name, type=param.type, entry=entry), arg)


@on(tree.ObjectExpr)
def _object(f: Finder, node: tree.ObjectExpr) -> None:
    kind = f.model.types.get(node)
    if isinstance(kind, Record):
        for entry in node.entries:
            f.add(unquoted(entry), field_of(kind, entry.key), entry)


@on(tree.TypeName)
def _type_name(f: Finder, node: tree.TypeName) -> None:
    f.symbol(node, f.inside(node.span, node.name), node)
