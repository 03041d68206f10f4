"""The caller's parameters (`-p n=100`) in; unknown names reported, everything that has a value evaluated early, out."""

from __future__ import annotations

from compiler.model import Kind, Scope
from compiler.passes.types.checker import Checker
from dsl.diagnostics import did_you_mean


def check_params(c: Checker) -> None:
    """Params and consts first: ranges, weights and conditions elsewhere are judged by their values."""
    names = c.model.scopes.get(c.model.root, Scope({})).names
    declared = [symbol.name for symbol in names.values() if symbol.kind is Kind.PARAM]
    for name, value in c.context.params.items():
        if name not in declared:
            c.report(
                "E0720",
                f"the spec has no parameter `{name}`",
                value.span,
                label=did_you_mean(name, declared),
                notes=(f"parameters: {', '.join(declared)}",) if declared else ("it declares none",),
            )
    for file in c.model.files.values():
        for declaration in file.declarations:
            symbol = c.symbols.get(declaration)
            if symbol is not None and symbol.kind in (Kind.PARAM, Kind.CONST):
                c.of(symbol)
