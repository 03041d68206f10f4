"""A checked call in; the Python call of the same meaning out: functions, methods, prompts, judges, criteria, draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from compiler.functions import REGISTRY, RESULTS, Each, Function, Parameter, find_method, paired
from compiler.model import Kind, Symbol
from compiler.passes.lower import expressions, judging
from compiler.passes.lower import precedence as p
from compiler.passes.lower.identifiers import mangle
from compiler.passes.lower.layout import Bracket, Chain, Doc, Lambda, Prefixed, call, flat, text
from compiler.passes.lower.precedence import Code
from compiler.types import ANY, Optional, Pool, SourceOf, Type
from dsl import tree

if TYPE_CHECKING:
    from compiler.passes.lower.scopes import Site

Bound = tuple[str, tree.Expr | None]


def call_code(node: tree.Call, site: Site) -> Code:
    if isinstance(node.callee, tree.Attr):
        return _method(node, node.callee, site)
    if not isinstance(node.callee, tree.Ref):
        raise TypeError("only names and methods can be called")
    symbol = site.model.symbols.get(node.callee)
    if symbol is not None and symbol.kind is Kind.PROMPT:
        return _prompt(node, symbol, site)
    if symbol is not None and symbol.kind is Kind.JUDGE:
        return judging.judge(node, symbol, site)
    if symbol is not None and symbol.kind is Kind.CRITERIA:
        return _criteria(node, symbol, site)
    if symbol is not None and symbol.kind is Kind.MEASURE:
        return measure(node, RESULTS[symbol.name], site)
    if node.callee.name == "consistency":
        return judging.consistency(node, site)
    return _function(node, REGISTRY[node.callee.name], site)


# --- built-in functions and methods ---


def _function(node: tree.Call, entry: Function, site: Site) -> Code:
    items = arguments(entry.signature.params, node.args, site)
    return library_call(entry, items)


def library_call(entry: Function, items: Sequence[Code]) -> Code:
    """Null in, null out; and some functions may have no answer."""
    nullable = isinstance(entry.signature.result, Optional) or any(item.nullable for item in items)
    return Code(Bracket(f"fn.{entry.code}(", tuple(item.doc for item in items), ")"), p.ATOM, nullable)


def _method(node: tree.Call, callee: tree.Attr, site: Site) -> Code:
    kind = site.type_of(callee.base)
    plain = expressions.base_type(kind)
    if callee.name.text == "pick":
        return _pick(node, callee.base, plain, site)
    entry = find_method(plain, callee.name.text)
    if entry is None:
        raise LookupError(f"{plain} has no method {callee.name.text}")
    items = arguments(entry.signature.params, node.args, site, callee.base)
    found = library_call(entry, [site.as_text(callee.base), *items])
    return judging.at_once(found) if judging.asks_each(node, entry, site) else found


def bare_method(node: tree.Attr, site: Site) -> Code | None:
    """`drafts.any`: a method without brackets."""
    entry = find_method(expressions.base_type(site.type_of(node.base)), node.name.text)
    return library_call(entry, [site.as_text(node.base)]) if entry is not None else None


def arguments(
    params: Sequence[Parameter], args: Sequence[tree.Arg], site: Site, over: tree.Expr | None = None
) -> list[Code]:
    """The arguments in the order they were written, by position or by name. A lambda is never null.

    Where a parameter takes null, as the first of `default` does, null does not go through.
    """
    items: list[Code] = []
    for arg, param in paired(params, args):
        printed = site.argument(arg.value, param.type, over)
        doc = Prefixed(f"{param.name}=", printed.doc) if arg.name is not None else printed.doc
        items.append(Code(doc, nullable=printed.nullable and not isinstance(param.type, Optional)))
    return items


# --- measures of the whole result ---


def measure(node: tree.Call, entry: Function, site: Site) -> Code:
    """`distinct(question)`: a parameter over each row is a whole column of the result."""
    items: list[Doc] = []
    for arg, param in paired(entry.signature.params, node.args):
        over_rows = isinstance(param.type, Each)
        printed = _column(arg.value, site) if over_rows else expressions.source(arg.value, site)
        items.append(Prefixed(f"{param.name}=", printed) if arg.name is not None else printed)
    nullable = isinstance(entry.signature.result, Optional)
    return Code(Bracket(f"measure.{entry.code}(", tuple(items), ")"), p.ATOM, nullable)


def _column(node: tree.Expr, site: Site) -> Doc:
    """A column by its name, or the value of an expression in every row."""
    table = _table(node, site)
    which = {"table": text(table)} if table else {}
    if isinstance(node, tree.Ref):
        return call("result.column", text(node.name), **which)
    if isinstance(node, tree.Attr) and table and isinstance(node.base, tree.Ref):
        return call("result.column", text(node.name.text), **which)
    return call("result.each", Lambda("it", expressions.source(node, site.each_row())), **which)


def _table(node: tree.Expr, site: Site) -> str | None:
    """The emit whose rows an expression looks at: a named one, or an unnamed one of many rows for a candidate."""
    for part in tree.walk(node):
        symbol = site.model.symbols.get(part)
        if symbol is not None and symbol.kind is Kind.TABLE:
            return symbol.name
        if symbol is not None and symbol.kind is Kind.COLUMN and site.module.dataset.makes_many:
            return site.module.dataset.name
    return None


# --- what the spec declares ---


def bound(params: Sequence[tree.Parameter], args: Sequence[tree.Arg]) -> list[Bound]:
    """Each parameter with the expression it is given, or its default."""
    named = {arg.name.text: arg.value for arg in args if arg.name is not None}
    placed = [arg.value for arg in args if arg.name is None]
    given = {param.name.text: value for param, value in zip(params, placed, strict=False)} | named
    return [(param.name.text, given.get(param.name.text, param.default)) for param in params]


def keyword_arguments(params: Sequence[tree.Parameter], args: Sequence[tree.Arg], site: Site) -> list[Doc]:
    """`passage=passage, text=reader["text"]`: names as the printed function has them."""
    by_name = {param.name.text: param for param in params}
    items: list[Doc] = []
    for name, node in bound(params, args):
        if node is not None:
            wanted = site.model.types.get(by_name[name], ANY)
            items.append(Prefixed(f"{mangle(name)}=", site.argument(node, wanted).doc))
    return items


def _prompt(node: tree.Call, symbol: Symbol, site: Site) -> Code:
    """A prompt called outside `gen`: its rendered messages."""
    assert isinstance(symbol.node, tree.Prompt)
    items = keyword_arguments(symbol.node.params, node.args, site)
    return Code(Bracket(f"{site.module.prompt_constant(symbol)}.conversation(", tuple(items), ")"))


def _criteria(node: tree.Call, symbol: Symbol, site: Site) -> Code:
    assert isinstance(symbol.node, tree.Criteria)
    items = [item.body for item in keyword_arguments(symbol.node.params, node.args, site) if isinstance(item, Prefixed)]
    return Code(Bracket(f"{site.module.function(symbol)}(", tuple(items), ")"))


# --- draws ---


def _pick(node: tree.Call, base: tree.Expr, plain: Type, site: Site) -> Code:
    """`.pick(k)` and `.pick(lo..hi)` of a pool of criteria, a source or a list."""
    ends = _ends(node.args[0].value, site)
    printed = expressions.code(base, site)
    if isinstance(plain, Pool):
        return Code(Bracket(f"{flat(printed.at_least(p.ATOM))}.pick(", ends, ")"))
    return Code(call("dist.pick", printed.doc, *ends))


def _ends(node: tree.Expr, site: Site) -> tuple[Doc, Doc]:
    if isinstance(node, tree.Range):
        assert node.high is not None
        return expressions.source(node.low, site), expressions.source(node.high, site)
    once = expressions.source(node, site)
    return once, once


def distribution(node: tree.Expr, site: Site) -> Doc:
    """What stands right of `~`, as a `dist.…` expression."""
    if isinstance(node, tree.Conditional):
        condition = expressions.code(node.condition, site).at_least(p.OR)
        then, otherwise = distribution(node.then, site), distribution(node.otherwise, site)
        return Chain((("", then), ("if", condition), ("else", otherwise)))
    if isinstance(node, tree.Call) and isinstance(node.callee, tree.Ref) and node.callee.name in DISTRIBUTIONS:
        return _random_number(node, node.callee.name, site)
    if isinstance(node, tree.Weighted) or _is_pick(node):
        return expressions.source(node, site)
    if isinstance(expressions.base_type(site.type_of(node)), SourceOf):
        return call("dist.one", expressions.source(node, site))
    return call("dist.choose", expressions.source(node, site))


def _is_pick(node: tree.Expr) -> bool:
    return isinstance(node, tree.Call) and isinstance(node.callee, tree.Attr) and node.callee.name.text == "pick"


DISTRIBUTIONS = {"int": "dist.integers", "uniform": "dist.uniform", "normal": "dist.normal"}


def _random_number(node: tree.Call, name: str, site: Site) -> Doc:
    if name == "normal":
        return call(DISTRIBUTIONS[name], *(expressions.source(arg.value, site) for arg in node.args))
    return call(DISTRIBUTIONS[name], *_ends(node.args[0].value, site))
