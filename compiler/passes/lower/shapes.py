"""A gen's type and the conditions lifted into it in; its `Shape`, which the engine decodes under, out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from compiler import plan
from compiler.lifting import Lifted, lift
from compiler.passes.lower import expressions, records
from compiler.passes.lower.layout import Bracket, Doc, Leaf, call, literal, value
from compiler.passes.lower.schema import of_row, schema
from compiler.types import STR, CheckedText, Choice, Generated, Optional, Record, Type

if TYPE_CHECKING:
    from compiler.passes.lower.module import Module
    from compiler.passes.lower.scopes import Site


def named(step: plan.Gen, module: Module, site: Site) -> Doc:
    """What a call names: the module's constant, or a shape made for the row where its schema is a value of it."""
    if not of_row(step.answer):
        return Leaf(module.shapes[step.name])
    found = schema(step.answer, module.evaluator, lambda node: expressions.source(node, site))
    check = _check(step, _called(step.answer), module)
    given = found if isinstance(found, dict) or not isinstance(found, Bracket) else found.items[0]
    return call("Shape.of", value(given), **({"check": Leaf(check)} if check else {}))


def _called(kind: Type) -> Type:
    while isinstance(kind, Generated | Optional):
        kind = kind.base
    return kind


def shape(step: plan.Gen, module: Module) -> Doc:
    """`Shape.text(…)`, `Shape.choice([…])` or `Shape.json({…}, check=…)`."""
    kind = _called(step.answer)
    if kind == STR:
        lifted = [found for node in step.lifted if (found := lift(node, module.evaluator)) is not None]
        return _text(lifted)
    if isinstance(kind, CheckedText):
        return call("Shape.text", language=Leaf(literal(kind.language)))
    if isinstance(kind, Choice):
        return call("Shape.choice", value(list(kind.values)))
    check = _check(step, kind, module)
    named = {"check": Leaf(check)} if check else {}
    return call("Shape.json", value(schema(kind, module.evaluator)), **named)


def _text(lifted: Sequence[Lifted]) -> Doc:
    """The narrowest condition wins: a closed choice, then a pattern, then a length. The others stay checks."""
    choices = [set(found.choices) for found in lifted if found.kind == "choice"]
    if choices:
        first = next(found.choices for found in lifted if found.kind == "choice")
        return call("Shape.choice", value([item for item in first if all(item in allowed for allowed in choices)]))
    for kind in ("regex", "length"):
        for found in lifted:
            if found.kind == kind:
                return call("Shape.text", regex=Leaf(literal(found.regex)))
    return call("Shape.text")


def _check(step: plan.Gen, kind: Type, module: Module) -> str | None:
    """The function that looks at an answer again: a record's own, or one made for a list of them."""
    if not records.needs_check(kind):
        return None
    if isinstance(kind, Record):
        return module.check(kind)
    if step.name in module.list_checks:
        return module.list_checks[step.name]
    name = module.list_checks[step.name] = module.names.claim(f"check_{step.name}")
    lines = records.nested(kind, "it", step.name, module)
    module.helpers.append("\n".join([f"def {name}(it):", *(f"    {line}" for line in lines), "    return None", ""]))
    return name
