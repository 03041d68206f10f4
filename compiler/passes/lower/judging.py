"""A call of a judge in; the Python call that asks it for this row out. And the same for a judge's own cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compiler import plan
from compiler.functions import REGISTRY, Each, Function, paired
from compiler.model import Kind, Symbol
from compiler.passes.lower import calls, expressions
from compiler.passes.lower.identifiers import mangle
from compiler.passes.lower.layout import Bracket, Doc, Lambda, Leaf, Prefixed, call, literal, statement, text, value
from compiler.passes.lower.precedence import ATOM, Code
from dsl import tree

if TYPE_CHECKING:
    from compiler.passes.lower.module import Module
    from compiler.passes.lower.scopes import Site

METHODS = {"bool": "row.judge", "points": "row.points", "scale": "row.scale", "score": "row.score"}
DECIDED_EARLY = ("any", "all", "none")


def judge(node: tree.Call, symbol: Symbol, site: Site) -> Code:
    assert isinstance(symbol.node, tree.Judge)
    given = calls.keyword_arguments(symbol.node.params, node.args, site)
    return Code(_asked(site.module.judge(symbol.node), given, site.module))


def consistency(node: tree.Call, site: Site) -> Code:
    """`by` is a judge of a sample and a claim; which it is asked about is for the run to say."""
    given = {param.name: arg.value for arg, param in paired(REGISTRY["consistency"].signature.params, node.args)}
    claims, across = expressions.code(given["claims"], site), expressions.code(given["across"], site)
    by = site.model.symbols[given["by"]].node
    assert isinstance(by, tree.Judge)
    sample, claim, *rest = by.params
    names = [mangle(param.name.text) for param in (sample, claim)]
    pairs: list[Doc] = [Prefixed(f"{name}=", Leaf(name)) for name in names]
    asked = _asked(site.module.judge(by), [*pairs, *calls.keyword_arguments(rest, (), site)], site.module)
    doc = call("row.consistency", claims.doc, across.doc, Lambda(", ".join(names), asked))
    return Code(doc, ATOM, claims.nullable or across.nullable)


def asks_each(node: tree.Call, entry: Function, site: Site) -> bool:
    """Whether a list's method asks a judge about every element: `any` and its like end at the first that decides."""
    over = [arg.value for arg, param in paired(entry.signature.params, node.args) if isinstance(param.type, Each)]
    asked = (site.model.symbols.get(part) for value in over for part in tree.walk(value) if isinstance(part, tree.Ref))
    return entry.name not in DECIDED_EARLY and any(found is not None and found.kind is Kind.JUDGE for found in asked)


def at_once(method: Code) -> Code:
    """`fn.list_where(drafts, …)` as `row.at_once(fn.list_where, drafts, …)`, which asks about all elements at once."""
    assert isinstance(method.doc, Bracket)
    name = Leaf(method.doc.open.removesuffix("("))
    return Code(Bracket("row.at_once(", (name, *method.doc.items), ")"), method.level, method.nullable)


def _asked(found: plan.JudgePlan, given: list[Doc], module: Module) -> Doc:
    function = Leaf(module.functions[found.node])
    items = (text(found.name), function, text(found.role), Bracket("dict(", tuple(given), ")"))
    return call(METHODS[found.kind], *items, **_options(found))


def _options(found: plan.JudgePlan) -> dict[str, Doc]:
    if found.kind == "bool":
        return {"threshold": value(found.threshold)}
    if found.kind == "points":
        pairs = tuple(Bracket("(", (text(question), value(worth)), ")") for question, worth in found.points)
        return {"points": Bracket("[", pairs, "]")}
    return {"low": value(found.low), "high": value(found.high)} if found.kind == "scale" else {}


def gold(module: Module) -> str:
    """How each judge that has cases of its own is asked about one of them; nothing where none has."""
    tested = [found for found in module.dataset.judges if found.gold is not None]
    if not tested:
        return ""
    items = tuple(Prefixed(f"{literal(found.name)}: ", Lambda("row, case", _case(found, module))) for found in tested)
    return statement("GOLD = ", Bracket("{", items, "}")) + "\n"


def _case(found: plan.JudgePlan, module: Module) -> Doc:
    from compiler.passes.lower.scopes import Site

    """The parameters stand in the case's columns; one with a default may be lacking."""
    site, given = Site(module.model, module), list[Doc]()
    for param in found.node.params:
        name, column = param.name.text, Leaf(f"case[{literal(param.name.text)}]")
        default = param.default and call("fn.default", column, expressions.source(param.default, site))
        given.append(Prefixed(f"{mangle(name)}=", default or column))
    return _asked(found, given, module)
