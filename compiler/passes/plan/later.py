"""A checked statement in; the name of what this edition cannot execute yet, if anything, out.

All of the language is checked today. What is executed later says so once, when a plan is made, and never half-runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from compiler.functions import REGISTRY
from compiler.model import Kind, Model
from compiler.types import ANY, JsonOf, Type, Verdict
from dsl import tree

WHOLE: Mapping[type[tree.Statement], str] = {
    tree.Loop: "`loop`",
    tree.Run: "`run`",
    tree.Select: "`select`",
    tree.Decontaminate: "`decontaminate`",
}


def feature(node: tree.Statement, model: Model) -> str | None:
    """What stands in the statement's way, in the user's words; None when it can run."""
    whole = WHOLE.get(type(node))
    if whole is not None:
        return whole
    special = _SPECIAL.get(type(node))
    found = special(node, model) if special is not None else None
    return found or next(_in_expressions(node, model), None)


def _gen(node: tree.Statement, model: Model) -> str | None:
    assert isinstance(node, tree.Gen)
    if node.times is not None:
        return "`gen … times`"
    if node.fors:
        return "`gen … for`"
    kind = model.types.get(node, ANY)
    return "`json(schema)` as a gen's type" if _mentions(kind, JsonOf) else None


def _mentions(kind: Type, wanted: type[Type]) -> bool:
    if isinstance(kind, wanted):
        return True
    inner = getattr(kind, "base", None) or getattr(kind, "element", None)
    fields = getattr(kind, "fields", ())
    return (inner is not None and _mentions(inner, wanted)) or any(_mentions(item.type, wanted) for item in fields)


def _emit(node: tree.Statement, model: Model) -> str | None:
    assert isinstance(node, tree.Emit)
    if node.fors:
        return "`emit … for`"
    return "`split by`" if node.split is not None else None


def _dedup(node: tree.Statement, model: Model) -> str | None:
    assert isinstance(node, tree.Dedup)
    method = method_name(node.method)
    return f"`dedup … by {method}`" if method not in ("exact", "minhash") else None


def _set(node: tree.Statement, model: Model) -> str | None:
    assert isinstance(node, tree.Set)
    return "`target … per`" if node.per is not None else None


def method_name(node: tree.Expr) -> str:
    """The word after `by`: `exact`, or the `minhash` of `minhash(0.8)`."""
    callee = node.callee if isinstance(node, tree.Call) else node
    return callee.name if isinstance(callee, tree.Ref) else ""


_SPECIAL: Mapping[type[tree.Statement], Callable[[tree.Statement, Model], str | None]] = {
    tree.Gen: _gen,
    tree.Emit: _emit,
    tree.Dedup: _dedup,
    tree.Set: _set,
}


def _in_expressions(node: tree.Statement, model: Model) -> Iterator[str]:
    for part in tree.walk(node):
        symbol = model.symbols.get(part) if isinstance(part, tree.Ref) else None
        if symbol is None:
            continue
        if symbol.kind is Kind.FUNCTION and symbol.name in REGISTRY and not REGISTRY[symbol.name].available:
            yield f"`{symbol.name}()`"
        if symbol.kind is Kind.ALIGNED:
            yield "a list aligned with another"
        if symbol.kind in (Kind.DATASET, Kind.MIX):
            yield "a dataset as a source"
        if (
            symbol.kind is Kind.PERSONAS
            and isinstance(symbol.node, tree.Personas)
            and _reads_dataset(symbol.node, model)
        ):
            yield "a dataset as a source"
        if symbol.kind is Kind.JUDGE and isinstance(symbol.node, tree.Judge):
            yield from judge_features(symbol.node, model)


def _reads_dataset(node: tree.Personas, model: Model) -> bool:
    symbol = model.symbols.get(node.source)
    return symbol is not None and symbol.kind in (Kind.DATASET, Kind.MIX)


def judge_features(node: tree.Judge, model: Model) -> Iterator[str]:
    kind = model.types.get(node)
    if isinstance(kind, Verdict) and kind.kind != "bool":
        yield f"a judge of {'`points`' if kind.kind == 'points' else 'a scale'}"
    if any(setting.name.text == "gold" for setting in node.settings):
        yield "a judge's `gold` cases"
