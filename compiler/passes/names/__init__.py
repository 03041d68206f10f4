"""Parsed files in; what every name in them stands for, out. Types come later: fields and methods are not looked at."""

from __future__ import annotations

from dataclasses import replace

from compiler.context import Context
from compiler.exports import Exports
from compiler.model import Kind, Model, Symbol
from compiler.passes.names.declarations import DeclarationNames
from compiler.passes.names.resolver import Resolver
from compiler.passes.names.top import TopLevel
from dsl import tree
from dsl.source import Span


def run(model: Model, context: Context) -> Model:
    symbols: dict[tree.Node, Symbol] = {}
    used: set[Symbol] = set()
    scopes = TopLevel(model, context, symbols).build()
    for path, file in model.files.items():
        names = DeclarationNames(Resolver(path, scopes[path].names, context, symbols, used, Exports(model.files, path)))
        names.run(file.declarations)
        if path == model.root and not file.broken:
            _warn_unused(file, names, context)
    return replace(model, scopes=scopes, symbols=symbols)


def _warn_unused(file: tree.File, names: DeclarationNames, context: Context) -> None:
    """In the spec itself: an imported file is a library, and so is one that makes no dataset.

    What a broken statement used cannot be known, so a file with one has nothing unused.
    """
    used = names.resolver.used
    for symbol in (*names.arguments, *names.owned):
        if symbol.kind in _WORTH_USING and symbol not in used:
            code, what = ("W0205", "the parameter") if symbol.kind is Kind.ARGUMENT else ("W0204", "nothing reads")
            tail = " is never used" if symbol.kind is Kind.ARGUMENT else ""
            context.report(code, f"{what} `{symbol.name}`{tail}", _place(symbol))
    if any(isinstance(declaration, tree.Dataset) for declaration in file.declarations):
        for declaration in file.declarations:
            _warn_unused_declaration(declaration, names.resolver, context)


def _warn_unused_declaration(declaration: tree.Declaration, resolver: Resolver, context: Context) -> None:
    if isinstance(declaration, tree.Import):
        for name in declaration.names:
            symbol = resolver.symbols[name]
            if symbol.kind is not Kind.UNKNOWN and symbol.kind not in _ENDS and symbol not in resolver.used:
                context.report("W0202", f"`{name.text}` is imported and never used", name.span)
        return
    declared = resolver.symbols.get(declaration)
    if declared is not None and declared.kind not in _ENDS and declared not in resolver.used:
        context.report("W0201", f"the {declared.kind.value} `{declared.name}` is never used", _place(declared))


def _place(symbol: Symbol) -> Span | None:
    name = getattr(symbol.node, "name", None)
    return name.span if isinstance(name, tree.Name) else None


_WORTH_USING = frozenset({Kind.ARGUMENT, Kind.DRAW, Kind.LET, Kind.GEN, Kind.RUN})
_ENDS = frozenset({Kind.DATASET, Kind.MIX, Kind.TEST})
